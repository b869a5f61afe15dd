/**
 * Runs every command that proves a claim of the documentation, and writes their pages. Fails if one of them does. Names of commands
 * as arguments run only those. Two commands run side by side, then those that measure time, one after the other.
 */
import { npm, npmBeside } from '../support/npm.mjs';

interface Outcome {
  readonly name: string;
  readonly holds: boolean;
  readonly minutes: number;
}

const lanes = 2;

/** What each command proves. The longest comes first, so that both lanes end at about the same time. */
const proofs: Readonly<Record<string, string>> = {
  mutation: 'specs detect changes of session and http',
  compare: 'doc/comparison.md',
  soak: 'no alarm and no sign-out in a long run',
  'test:servers': 'doc/servers.md',
  'soak:server': 'no alarm with many processes on one store',
  'test:bundlers': 'the package works in every supported bundler',
  defects: 'no defect of the predecessor is left',
  compatibility: 'every row is as in aurelia-authentication 3.8.3, or documented',
  'refresh-verdicts': 'recorded refresh responses are classified as specified',
  'failure-modes': 'every failure mode has a test or a reason',
};

/** What each command proves that measures time, and needs the machine for itself. */
const measurements: Readonly<Record<string, string>> = {
  bench: 'doc/performance.md',
  'bench:server': 'cost of a refresh at the server',
  'bench:guards': 'cost of a check at the server',
  'bench:refusals': 'refusals take the same time',
};

const claims = { ...proofs, ...measurements };
const chosen = process.argv.slice(2);
const unknown = chosen.filter(name => !(name in claims));
if (unknown.length > 0) {
  throw new Error(`There is no proof ${unknown.join(', ')}. There are: ${Object.keys(claims).join(', ')}.`);
}
const startMs = performance.now();
const outcomes: Outcome[] = [];
const waiting = Object.keys(proofs).filter(isChosen);
await Promise.all(Array.from({ length: lanes }, lane));
for (const name of Object.keys(measurements).filter(isChosen)) {
  heading(name);
  outcomes.push(await timed(name, async () => npm(['run', '--silent', name])));
}

console.log('\nproof             minutes  claim');
for (const { name, holds, minutes } of outcomes) {
  console.log(`${name.padEnd(17)} ${minutes.toFixed(1).padStart(7)}  ${holds ? '' : 'DOES NOT HOLD: '}${claims[name]}`);
}
console.log(`together          ${((performance.now() - startMs) / 60_000).toFixed(1).padStart(7)}`);
process.exitCode = outcomes.every(({ holds }) => holds) ? 0 : 1;

function isChosen(name: string): boolean {
  return chosen.length === 0 || chosen.includes(name);
}

/** Runs commands until none is left. Prints what each of them printed when it has ended. */
async function lane(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const command = name;
    outcomes.push(
      await timed(command, async () => {
        const { succeeded, output } = await npmBeside(['run', '--silent', command]);
        heading(command);
        console.log(output);
        return succeeded;
      }),
    );
  }
}

async function timed(name: string, run: () => Promise<boolean>): Promise<Outcome> {
  const startMs = performance.now();
  const holds = await run();
  return { name, holds, minutes: (performance.now() - startMs) / 60_000 };
}

function heading(name: string): void {
  console.log(`\n── ${name}: ${claims[name]}`);
}
