/**
 * For each store: a thousand rounds in which four processes present one refresh token a hundred times at once, with and without grace
 * period, and then a server that is killed under load. PostgreSQL is killed under load, too, and a master of a Redis Cluster loses its
 * data. `STORES=SQLite,Redis` selects stores.
 */
import { isDeepStrictEqual } from 'node:util';
import { redisStore } from '../../../src/server.js';
import { companion } from '../../server/support/companion.js';
import { postgresIsInstalled, startPostgres } from '../../server/support/postgres-server.js';
import { type Round, startPresentations } from '../../server/support/presentations.js';
import { startRedisCluster } from '../../server/support/redis-cluster.js';
import { SessionServer } from '../../server/support/session-server.js';
import { type DatabaseName, type SharedDatabase, sharedDatabases } from '../../server/support/shared-databases.js';
import { disturbed, type Experience } from '../../server/support/users-under-load.js';

const rounds = Number(process.env['ROUNDS'] ?? 1000);
const kills = Number(process.env['KILLS'] ?? 20);
const names = (process.env['STORES']?.split(',') ?? Object.keys(sharedDatabases)) as DatabaseName[];
const expected: readonly [graceSeconds: number | undefined, round: Round][] = [
  [undefined, { rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 }],
  [10, { rotated: 1, grace: 99, reuse: 0, rejected: 0, successors: 1 }],
  [0, { rotated: 1, grace: 0, reuse: 1, rejected: 99, successors: 1 }],
];
const load = { kills, users: 20, requests: 500 };
let failed = 0;

for (const name of names) {
  const start = sharedDatabases[name];
  if (start === undefined) {
    console.log(`${name} was not found: it was not tested.`);
    continue;
  }
  const database = await start();
  await present(name, database);
  const server = await SessionServer.start(database.address);
  report(`${name}: server killed ${kills} times`, await disturbed(server, () => server.killAndRestart(), load));
  await server.stop();
  await database.stop();
}
if (names.includes('PostgreSQL') && postgresIsInstalled) await killPostgres();
if (names.includes('Redis') && sharedDatabases.Redis) await wipeMaster();
process.exit(failed === 0 ? 0 : 1);

async function present(name: string, database: SharedDatabase): Promise<void> {
  const processes = await startPresentations(database, 4);
  for (const [graceSeconds, round] of expected) {
    const begun = performance.now();
    let asExpected = 0;
    for (let count = 0; count < rounds; count++) {
      const seen = await processes.round(25, graceSeconds);
      if (isDeepStrictEqual(seen, round)) asExpected += 1;
      else console.error(`${name}, grace ${graceSeconds ?? 'unlimited'} s, round ${count}:`, seen);
    }
    const perSecond = (rounds * 100_000) / (performance.now() - begun);
    console.log(
      `${name}, grace ${graceSeconds ?? 'unlimited'} s: ${asExpected} of ${rounds} rounds as expected, ${perSecond.toFixed(0)} presentations a second`,
    );
    failed += rounds - asExpected;
  }
  processes.stop();
}

async function killPostgres(): Promise<void> {
  const postgres = await startPostgres();
  const server = await SessionServer.start(`postgres://127.0.0.1:${postgres.port}`);
  report(`PostgreSQL killed ${kills} times`, await disturbed(server, () => postgres.killAndRestart(), load));
  await server.stop();
  await postgres.stop();
}

/** Every user has sessions on one master. Those on the wiped master are gone; none may be missed by "log out everywhere". */
async function wipeMaster(): Promise<void> {
  const { cluster, wipeMaster: wipe, stop } = await startRedisCluster();
  const { tokens } = companion({ store: redisStore(cluster, { timeoutMs: 60_000 }), clock: Date.now });
  const users = Array.from({ length: 300 }, (_, user) => `user ${user}`);
  const issued = [];
  for (const sub of users) issued.push(await tokens.issue({ sub }), await tokens.issue({ sub }));
  await wipe();
  const refreshed = await Promise.all(
    issued.map(({ refresh_token }) => tokens.refresh({ refreshToken: refresh_token }).catch(() => undefined)),
  );
  const kept = refreshed.filter(response => response !== undefined);
  for (const sub of users) await tokens.revokeAllForUser(sub);
  let missed = 0;
  for (const { refresh_token } of [...issued, ...kept]) {
    missed += await tokens.refresh({ refreshToken: refresh_token }).then(
      () => 1,
      () => 0,
    );
  }
  console.log(
    `Redis Cluster, one of three masters wiped: ${kept.length} of ${issued.length} sessions kept, ${missed} missed by "log out everywhere"`,
  );
  if (kept.length === 0) failed += 1;
  failed += missed;
  await stop();
}

function report(title: string, { acknowledged, repeated, lost, missed }: Experience): void {
  console.log(
    `${title}: ${acknowledged} confirmed requests, ${repeated} repeated, ${lost} sessions lost, ${missed} missed by "log out everywhere"`,
  );
  failed += lost + missed;
}
