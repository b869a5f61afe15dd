/**
 * Many rotations in real tabs, for as long as it takes: `npm run soak`.
 *
 * - `--rounds=1000`: expiries that ten tabs meet at once, at a server that forgives no second use of a refresh token
 * - `--rotations=10000`: refreshes while answers are lost and tabs are closed, at a server that forgives for ten seconds
 * - `--patient`: after a failure, waits for the session's own next attempt instead of asking again a second later
 * - `--seed=1`: of the faults
 */
import { parseArgs } from 'node:util';
import { chaos } from './chaos.js';
import { expiries } from './expiries.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    rotations: { type: 'string', default: '10000' },
    patient: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const reports = [
  await expiries({ rounds: Number(values.rounds) }),
  await chaos({ rotations: Number(values.rotations), impatient: !values.patient, seed: Number(values.seed) }),
];
for (const { title, counts, faultless } of reports) {
  console.log(`\n${title}${faultless ? '' : ': NOT AS IT SHOULD BE'}`);
  for (const [what, count] of Object.entries(counts)) console.log(`${what.padEnd(44)} ${count}`);
}
process.exitCode = reports.every(({ faultless }) => faultless) ? 0 : 1;
