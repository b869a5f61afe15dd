/**
 * The cost of a login after many logins of the same account: `npm run bench:logins`. Measures the logins of one account as they come,
 * and then in turn the first login of an account, a login of an account that has just reached its maximum number of sessions, and a
 * login after many. From the maximum on, each login ends a session, which the first login does not. Fails if the last two differ by
 * more than a fifth. `STORES=memory,Redis` selects stores.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { memoryStore, type SessionStore, tokenIssuer } from '../../../src/server.js';
import { audience, day, secret } from '../../server/support/companion.js';
import { type DatabaseName, sharedDatabases, storeAt } from '../../server/support/shared-databases.js';

const logins = Number(process.env['LOGINS'] ?? 100_000);
const measured = 1_000;
const maxSessionsPerUser = 100;
/** Accounts that have just reached the maximum. */
const recent = 50;
const names = process.env['STORES']?.split(',') ?? ['memory', 'Redis', 'SQLite', 'PostgreSQL'];
let failed = 0;

for (const name of names) {
  const start = sharedDatabases[name as DatabaseName];
  if (name === 'memory') await measure(name, memoryStore({ maxSessions: 3 * logins }));
  else if (start === undefined) console.log(`${name} was not found: it was not measured.`);
  else {
    const database = await start();
    await measure(name, await storeAt(database.address));
    await database.stop();
  }
}
process.exit(failed === 0 ? 0 : 1);

async function measure(name: string, store: SessionStore): Promise<void> {
  const tokens = tokenIssuer({
    issuer: audience,
    audience,
    secret,
    refreshToken: { idleLifetimeSeconds: day, absoluteLifetimeSeconds: day },
    maxSessionsPerUser,
    store,
  });
  const cost = async (sub: string): Promise<number> => {
    await turn();
    const begun = performance.now();
    await tokens.issue({ sub });
    return performance.now() - begun;
  };
  const logIn = async (sub: string, times: number): Promise<void> => {
    for (let login = 0; login < times; login++) await tokens.issue({ sub });
  };
  // The first logins of the process wait for the compiler.
  for (let user = 0; user < 2 * measured; user++) await tokens.issue({ sub: `earlier ${user}` });
  const ownCosts: number[] = [];
  for (let login = 0; login < logins; login++) ownCosts.push(await cost('ada'));
  for (let user = 0; user < recent; user++) await logIn(`recent ${user}`, maxSessionsPerUser);
  const costs: Record<'first' | 'atMaximum' | 'last', number[]> = { first: [], atMaximum: [], last: [] };
  for (let login = 0; login < measured; login++) {
    costs.first.push(await cost(`user ${login}`));
    costs.atMaximum.push(await cost(`recent ${login % recent}`));
    costs.last.push(await cost('ada'));
  }
  const { first, atMaximum, last } = costs;
  const ratio = median(last) / median(atMaximum);
  if (ratio > 1.2 || ratio < 0.8) failed += 1;
  const own = [
    [0, maxSessionsPerUser],
    [maxSessionsPerUser, maxSessionsPerUser + measured],
    [logins - measured, logins],
  ] as const;
  console.log(
    `${name}, in turn: first login${microseconds(first)}, login ${maxSessionsPerUser + 1}${microseconds(atMaximum)}, ` +
      `login ${logins}${microseconds(last)}; last to first ${(median(last) / median(first)).toFixed(2)}, ` +
      `to login ${maxSessionsPerUser + 1} ${ratio.toFixed(2)}`,
  );
  const windows = own.map(([from, to]) => `logins ${from + 1} to ${to}${microseconds(ownCosts.slice(from, to))}`);
  console.log(`${name}, one account: ${windows.join(', ')}`);
}

function microseconds(durations: readonly number[]): string {
  return `${(median(durations) * 1000).toFixed(0)} µs`.padStart(9);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
