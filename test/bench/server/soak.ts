/**
 * A thousand rounds in which four processes present one refresh token a hundred times at once, with and without grace
 * period.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Round, startPresentations } from '../../server/support/presentations.js';
import { startRedis } from '../../server/support/redis-server.js';

const rounds = Number(process.env['ROUNDS'] ?? 1000);
const expected: readonly [graceSeconds: number | undefined, round: Round][] = [
  [undefined, { rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 }],
  [10, { rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 }],
  [0, { rotated: 1, grace: 0, reuse: 1, rejected: 99, successors: 1 }],
];

const redis = await startRedis();
const processes = await startPresentations(redis, 4);
let failed = 0;
for (const [graceSeconds, round] of expected) {
  const begun = performance.now();
  let asExpected = 0;
  for (let count = 0; count < rounds; count++) {
    const seen = await processes.round(25, graceSeconds);
    if (isDeepStrictEqual(seen, round)) asExpected += 1;
    else console.error(`grace ${graceSeconds ?? 'unlimited'} s, round ${count}:`, seen);
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `grace ${graceSeconds ?? 'unlimited'} s: ${asExpected} of ${rounds} rounds as expected, ${((rounds * 100) / seconds).toFixed(0)} presentations a second`,
  );
  failed += rounds - asExpected;
}
processes.stop();
await redis.stop();
process.exit(failed === 0 ? 0 : 1);
