import express from 'express';
import { memoryStore, OAuthError, redisStore, requireToken, type SessionStore } from '../../src/express.js';
import { type Companion, companion } from '../server/support/companion.js';
import { listen, request } from '../server/support/http-server.js';
import { type RedisClient, type RunningRedis, redisIsInstalled, startRedis } from '../server/support/redis-server.js';

/** A store whose every record passes by. */
function recorded(store: SessionStore): { store: SessionStore; strings(): string[] } {
  const seen: unknown[] = [];
  const keep = <T>(result: T): T => {
    seen.push(result);
    return result;
  };
  return {
    store: {
      ...store,
      create: async record => keep(await store.create(record)),
      rotate: async (id, presented) => keep(await store.rotate(id, presented)),
    },
    strings: () => stringsIn(seen),
  };
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

async function everythingIn(client: RedisClient): Promise<string[]> {
  const strings: string[] = [];
  for (const key of await client.keys('*')) {
    strings.push(key, ...key.split(/[{}:]/));
    if ((await client.type(key)) === 'hash') strings.push(...stringsIn(await client.hGetAll(key)));
    else strings.push(...(await client.zRange(key, 0, -1)));
  }
  return strings;
}

async function expectUseless(strings: readonly string[], { tokens }: Companion): Promise<void> {
  const app = express().get('/', requireToken(tokens), (_req, res) => void res.json({}));
  const server = await listen(app);
  expect(strings.length).toBeGreaterThan(10);
  for (const string of new Set(strings)) {
    const rejected = await tokens.refresh({ refreshToken: string }).catch((error: unknown) => error);
    expect(rejected instanceof OAuthError && rejected.code)
      .withContext(string)
      .toBe('invalid_grant');
    const headers = {
      authorization: `Bearer ${encodeURIComponent(string)}`,
      cookie: `__Host-refresh_token=${encodeURIComponent(string)}`,
    };
    expect((await request(server.origin, { headers })).status)
      .withContext(string)
      .not.toBe(200);
  }
  await server.close();
}

async function someSessions({ tokens }: Companion): Promise<string[]> {
  const handedOut: string[] = [];
  for (const sub of ['ada', 'bob']) {
    const first = await tokens.issue({ sub, clientId: 'app', scope: 'read', meta: { device: 'phone' } });
    const second = await tokens.refresh({ refreshToken: first.refresh_token, clientId: 'app' });
    handedOut.push(...[first, second].flatMap(tokens => [tokens.access_token, tokens.refresh_token]));
  }
  return handedOut;
}

describe('a stolen copy of the store', () => {
  let redis: RunningRedis | undefined;
  beforeEach(() => {
    redis = undefined;
  });
  afterEach(() => redis?.stop());

  it('[S-06] of a memory store contains no valid token', async () => {
    const { store, strings } = recorded(memoryStore());
    const parts = companion({ store });
    const handedOut = await someSessions(parts);
    for (const token of handedOut) expect(strings()).not.toContain(token);
    await expectUseless(strings(), parts);
  });

  it('[S-06] of a Redis store contains no valid token', async () => {
    if (!redisIsInstalled) return pending('redis-server was not found');
    redis = await startRedis();
    const client = await redis.connect();
    const parts = companion({ store: redisStore(client) });
    const handedOut = await someSessions(parts);
    const strings = await everythingIn(client);
    for (const token of handedOut) expect(strings.join('\n')).not.toContain(token);
    await expectUseless(strings, parts);
  });

  it('[S-06] contains no valid token together with the events', async () => {
    const parts = companion();
    const handedOut = await someSessions(parts);
    for (const token of handedOut) expect(JSON.stringify(parts.events)).not.toContain(token);
    await expectUseless(stringsIn(parts.events), parts);
  });
});
