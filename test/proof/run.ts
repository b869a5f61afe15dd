/**
 * Runs every command that proves a claim of the documentation, one after the other, and writes their pages. Fails if one of them
 * does. Names of commands as arguments run only those.
 */
import { npm } from '../support/npm.mjs';

/** The commands, and what each proves. */
const proofs: Readonly<Record<string, string>> = {
  'refresh-verdicts': 'recorded refresh responses are classified as specified',
  'failure-modes': 'every failure mode has a test or a reason',
  defects: 'no defect of the predecessor is left',
  compatibility: 'every row is as in aurelia-authentication 3.8.3, or documented',
  'test:bundlers': 'the package works in every supported bundler',
  'test:servers': 'doc/servers.md',
  compare: 'doc/comparison.md',
  bench: 'doc/performance.md',
  'bench:server': 'cost of a refresh at the server',
  'bench:guards': 'cost of a check at the server',
  'bench:refusals': 'refusals take the same time',
  mutation: 'specs detect changes of session and http',
  soak: 'no alarm and no sign-out in a long run',
  'soak:server': 'no alarm with many processes on one store',
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter(name => !(name in proofs));
if (unknown.length > 0) {
  throw new Error(`There is no proof ${unknown.join(', ')}. There are: ${Object.keys(proofs).join(', ')}.`);
}
const outcomes = Object.entries(proofs)
  .filter(([name]) => chosen.length === 0 || chosen.includes(name))
  .map(([name, claim]) => {
    console.log(`\n── ${name}: ${claim}`);
    const startMs = performance.now();
    const holds = npm(['run', '--silent', name]);
    return { name, claim, holds, minutes: (performance.now() - startMs) / 60_000 };
  });

console.log('\nproof             minutes  claim');
for (const { name, claim, holds, minutes } of outcomes) {
  console.log(`${name.padEnd(17)} ${minutes.toFixed(1).padStart(7)}  ${holds ? '' : 'DOES NOT HOLD: '}${claim}`);
}
process.exitCode = outcomes.every(({ holds }) => holds) ? 0 : 1;
