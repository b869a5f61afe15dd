import { compare, folded } from './compare.js';

/** Prints which expectations of an application aurelia-authentication 3.8.3 and this library meet. */
const rows = folded(await compare('aurelia-authentication', 'aurelia-auth-refresh'));
console.log('      3.8.3  here   expected');
for (const { id, says, holds } of rows) {
  const [before, now] = holds.map(held => (held ? 'yes' : 'no').padEnd(5));
  console.log(`${id.padEnd(4)}  ${before}  ${now}  ${says}`);
}
for (const [kind, named] of [
  ['A', 'what both should do'],
  ['B', 'what is to be expected'],
] as const) {
  const some = rows.filter(({ id }) => id.startsWith(kind));
  const [before, now] = [0, 1].map(library => some.filter(({ holds }) => holds[library]).length);
  console.log(`${named}: ${before} of ${some.length} in aurelia-authentication 3.8.3, ${now} here`);
}
process.exitCode = rows.every(({ holds }) => holds[1]) ? 0 : 1;
