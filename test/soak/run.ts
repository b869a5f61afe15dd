/**
 * Many rotations in real tabs, and many event orders in the model: `npm run soak`.
 *
 * - `--runs=100000`: event orders of the model
 * - `--rounds=1000`: expiries that ten tabs meet at once, at a server without grace period; a fifth of them in Firefox and WebKit
 * - `--engines=chromium,firefox,webkit`: engines in which they do; the other parts run in Chromium or in no browser
 * - `--rotations=10000`: refreshes while responses are lost and tabs are closed, at a server with a grace period of
 * ten seconds
 * - `--patient`: after a failure, waits for the session's own next attempt instead of calling `updateToken()` after a
 * second
 * - `--seed=1`: seed of the failures
 */
import { parseArgs } from 'node:util';
import { engines } from '../support/engines.js';
import { chaos } from './chaos.js';
import { expiries } from './expiries.js';
import { orders } from './orders.js';
import type { SoakReport } from './soak-report.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '1000' },
    engines: { type: 'string', default: engines.join() },
    rotations: { type: 'string', default: '10000' },
    patient: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const chosen = engines.filter(engine => values.engines.split(',').includes(engine));
let faultless = true;
report(await orders({ runs: Number(values.runs) }));
for (const engine of chosen) {
  const rounds = Number(values.rounds) / (engine === 'chromium' ? 1 : 5);
  report(await expiries({ engine, rounds: Math.ceil(rounds) }));
}
report(await chaos({ rotations: Number(values.rotations), impatient: !values.patient, seed: Number(values.seed) }));
process.exitCode = faultless ? 0 : 1;

function report(of: SoakReport): void {
  faultless &&= of.faultless;
  console.log(`\n${of.title}${of.faultless ? '' : ': NOT AS IT SHOULD BE'}`);
  for (const [what, count] of Object.entries(of.counts)) console.log(`${what.padEnd(44)} ${count}`);
}
