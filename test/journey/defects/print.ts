import { compare } from './compare.js';

/** Prints what aurelia-authentication 3.8.3 does of what an application may expect, beside what this library does. */
const comparisons = await compare('aurelia-authentication', 'aurelia-auth-refresh');
console.log('      3.8.3  here   expected');
for (const { id, says, holds } of comparisons) {
  const [before, now] = holds.map(held => (held ? 'yes' : 'no').padEnd(5));
  console.log(`${id.padEnd(4)}  ${before}  ${now}  ${says}`);
}
const [before, now] = [0, 1].map(library => comparisons.filter(({ holds }) => holds[library]).length);
console.log(`${before} of ${comparisons.length} hold in aurelia-authentication 3.8.3, ${now} here`);
process.exitCode = now === comparisons.length ? 0 : 1;
