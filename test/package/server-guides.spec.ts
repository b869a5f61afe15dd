import { freePort } from '../server/support/http-server.js';
import { postgresIsInstalled, startPostgres } from '../server/support/postgres-server.js';
import { redisIsInstalled, startRedis } from '../server/support/redis-server.js';
import { betterSqlite3 } from '../support/databases.mjs';
import { FollowedGuide, type Language } from './support/followed-guide.js';

/** Follows a guide in JavaScript and in TypeScript at once, and returns the steps of each. */
async function followed(path: string, env: Record<string, string> = {}): Promise<Record<Language, readonly string[]>> {
  const steps = async (language: Language): Promise<readonly string[]> => {
    const guide = await FollowedGuide.start(language, { ...env, PORT: String(await freePort()) });
    try {
      await guide.follow(path);
      if (language === 'ts') expect(await guide.complaints()).toBe('');
      return guide.steps;
    } finally {
      await guide.stop();
    }
  };
  const [js, ts] = await Promise.all([steps('js'), steps('ts')]);
  return { js, ts };
}

describe('the server guides, followed in an empty folder in JavaScript and TypeScript', () => {
  for (const [path, count] of [
    ['doc/guides/server.md', 22],
    ['doc/guides/token-server.md', 12],
  ] as const) {
    it(`work: ${path}`, async () => {
      if (!betterSqlite3()) return pending('better-sqlite3 cannot be loaded');
      for (const steps of Object.values(await followed(path))) {
        expect(steps.length).toBeGreaterThanOrEqual(count);
        expect(steps).toContain('start the server');
      }
    }, 120_000);
  }

  it('work: doc/guides/server-stores.md', async () => {
    if (!redisIsInstalled || !postgresIsInstalled || !betterSqlite3()) return pending('a database was not found');
    const redis = await startRedis();
    const postgres = await startPostgres('fsync=off');
    try {
      const { js, ts } = await followed('doc/guides/server-stores.md', {
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        DATABASE_URL: `postgres://test@127.0.0.1:${postgres.port}/postgres`,
      });
      expect(js).toContain('node --test');
      for (const name of ['store', 'sqlite', 'postgres']) expect(ts).toContain(`save ${name}`);
    } finally {
      await Promise.all([redis.stop(), postgres.stop()]);
    }
  }, 120_000);
});
