import { userTag } from '../../../src/server/session-id.js';
import { OAuthError, type RedisCommands, redisStore, type SessionStore } from '../../../src/server.js';
import { type Companion, companion, day } from '../support/companion.js';
import {
  advanceRedis,
  type RedisClient,
  type RunningRedis,
  redisIsInstalled,
  startRedis,
} from '../support/redis-server.js';

const timeoutMs = 300_000;
const keyOf = (name: string): string => `auth:{${userTag('ada')}}:${name}`;
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'granted',
    (error: unknown) => (error instanceof OAuthError ? error.code : String(error)),
  );

describe('a Redis store that lost data', () => {
  let redis: RunningRedis;
  let client: RedisClient;
  let parts: Companion;

  beforeAll(async () => {
    if (!redisIsInstalled) return;
    redis = await startRedis();
    client = await redis.connect();
  });
  afterAll(() => redis?.stop());
  beforeEach(async () => {
    if (!redisIsInstalled) return pending('redis-server was not found');
    await client.flushAll();
    parts = companion({ store: redisStore(client, { timeoutMs }) });
  });

  it('ends all sessions of a user whose index was lost', async () => {
    const { tokens } = parts;
    const first = await tokens.issue({ sub: 'ada' });
    const second = await tokens.issue({ sub: 'ada' });
    await client.del(keyOf('sessions'));
    const third = await tokens.issue({ sub: 'ada' });
    expect(await tokens.revokeAllForUser('ada')).toBe(1);
    for (const { refresh_token, access_token } of [first, second, third]) {
      expect(await tokens.isRevoked(await tokens.verify(access_token))).toBeTrue();
      expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
    }
    const later = await tokens.issue({ sub: 'ada' });
    expect(await outcome(tokens.refresh({ refreshToken: later.refresh_token }))).toBe('granted');
  });

  it('lists a session again after its next refresh when the index was lost', async () => {
    const { tokens } = parts;
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    await client.del(keyOf('sessions'));
    expect(await tokens.sessions('ada')).toEqual([]);
    await tokens.refresh({ refreshToken: refresh_token });
    expect((await tokens.sessions('ada')).length).toBe(1);
    expect(await tokens.revokeAllForUser('ada')).toBe(1);
  });

  it('keeps the excepted session when the index was lost', async () => {
    const { tokens } = parts;
    const kept = await tokens.issue({ sub: 'ada' });
    const other = await tokens.issue({ sub: 'ada' });
    await client.del(keyOf('sessions'));
    await tokens.revokeAllForUser('ada', { except: tokens.sessionId(kept.refresh_token)! });
    expect(await outcome(tokens.refresh({ refreshToken: other.refresh_token }))).toBe('invalid_grant');
    expect(await outcome(tokens.refresh({ refreshToken: kept.refresh_token }))).toBe('granted');
  });

  it('accepts the newest refresh token after a backup was restored, and no older one from then on', async () => {
    const { tokens } = parts;
    const { refresh_token: first } = await tokens.issue({ sub: 'ada' });
    const key = keyOf(`session:${tokens.sessionId(first)}`);
    const backup = await client.hGetAll(key);
    const { refresh_token: second } = await tokens.refresh({ refreshToken: first });
    const { refresh_token: third } = await tokens.refresh({ refreshToken: second });
    const { refresh_token: fourth } = await tokens.refresh({ refreshToken: third });
    await client.hSet(key, backup);
    expect((await tokens.refresh({ refreshToken: fourth })).access_token).toEqual(jasmine.any(String));
    expect(parts.events.at(-1)?.type).toBe('fast_forwarded');
    for (const older of [first, second, third]) {
      expect(await outcome(tokens.refresh({ refreshToken: older }))).toBe('invalid_grant');
    }
  });

  it('has no limit on the number of sessions of a user', async () => {
    const store = redisStore(client, { timeoutMs });
    const { tokens } = companion({ store, maxSessionsPerUser: 20_000 });
    for (let batch = 0; batch < 18; batch++) {
      await Promise.all(Array.from({ length: 500 }, () => tokens.issue({ sub: 'ada' })));
    }
    expect((await tokens.sessions('ada')).length).toBe(9_000);
    expect(await tokens.revokeAllForUser('ada')).toBe(9_000);
    expect(await tokens.sessions('ada')).toEqual([]);
    expect(await client.zCard(keyOf('sessions'))).toBe(0);
  }, 300_000);

  it('runs one script for a login, regardless of the number of earlier logins', async () => {
    let scripts = 0;
    const counting: RedisCommands = {
      evalSha: (...call) => {
        scripts += 1;
        return client.evalSha(...call);
      },
      eval: (...call) => client.eval(...call),
    };
    const { tokens } = companion({ store: redisStore(counting, { timeoutMs }), maxSessionsPerUser: 5 });
    for (let login = 0; login < 50; login++) {
      scripts = 0;
      await tokens.issue({ sub: 'ada' });
      expect(scripts).toBe(1);
    }
    expect(await client.zCard(keyOf('sessions'))).toBe(5);
  });

  const corruptions: [name: string, corrupt: (key: string) => Promise<unknown>][] = [
    ...[
      'generation',
      'rotatedAt',
      'createdAt',
      'idleExpiresAt',
      'absoluteExpiresAt',
      'validFrom',
      'authenticatedAt',
    ].flatMap((field): [string, (key: string) => Promise<unknown>][] => [
      [`has no ${field}`, key => client.hDel(key, field)],
      [`has a ${field} that is not a number`, key => client.hSet(key, field, 'x')],
      [`has an empty ${field}`, key => client.hSet(key, field, '')],
    ]),
    ['has no sub', key => client.hDel(key, 'sub')],
    ['has no scope', key => client.hDel(key, 'scope')],
    ['has no meta', key => client.hDel(key, 'meta')],
    ['has a meta that is not JSON', key => client.hSet(key, 'meta', '{')],
    ['is a string', key => client.set(key, 'x')],
    ['is a list', async key => [await client.del(key), await client.lPush(key, 'x')]],
  ];
  for (const [name, corrupt] of corruptions) {
    it(`rejects a session whose record ${name}, and serves the user’s other sessions`, async () => {
      const { tokens } = parts;
      const broken = await tokens.issue({ sub: 'ada' });
      const intact = await tokens.issue({ sub: 'ada' });
      await corrupt(keyOf(`session:${tokens.sessionId(broken.refresh_token)}`));
      expect((await tokens.sessions('ada')).length).toBe(1);
      expect((await tokens.listSessions({ limit: 10 })).sessions.length).toBe(1);
      expect(await outcome(tokens.refresh({ refreshToken: broken.refresh_token }))).toBe('invalid_grant');
      expect(await tokens.isRevoked(await tokens.verify(broken.access_token))).toBeTrue();
      const next = await tokens.refresh({ refreshToken: intact.refresh_token });
      expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('granted');
      expect(await tokens.revokeAllForUser('ada')).toBe(2);
      expect(await outcome(tokens.refresh({ refreshToken: next.refresh_token }))).toBe('invalid_grant');
    });
  }

  it('lets a login replace sessions whose records cannot be read', async () => {
    const { tokens } = companion({ store: redisStore(client, { timeoutMs }), maxSessionsPerUser: 1 });
    const broken = await tokens.issue({ sub: 'ada' });
    await client.hDel(keyOf(`session:${tokens.sessionId(broken.refresh_token)}`), 'idleExpiresAt');
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
  });

  for (const [name, corrupt] of [
    ['a string', () => client.set(keyOf('sessions'), 'x')],
    ['a hash', async () => [await client.del(keyOf('sessions')), await client.hSet(keyOf('sessions'), 'x', 'y')]],
  ] as const) {
    it(`rebuilds an index that is ${name}`, async () => {
      const { tokens } = parts;
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      await corrupt();
      expect(await tokens.sessions('ada')).toEqual([]);
      await corrupt();
      await tokens.issue({ sub: 'ada' });
      await corrupt();
      await tokens.refresh({ refreshToken: refresh_token });
      expect(await tokens.revokeAllForUser('ada')).toBe(1);
    });
  }

  for (const [name, corrupt] of [
    ['a word', () => client.set(keyOf('notBefore'), 'x')],
    ['a hash', async () => [await client.del(keyOf('notBefore')), await client.hSet(keyOf('notBefore'), 'x', 'y')]],
  ] as const) {
    it(`ends the user’s sessions, but no later ones, when notBefore is ${name}`, async () => {
      const { tokens } = parts;
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      await corrupt();
      expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
      const later = await tokens.issue({ sub: 'ada' });
      expect(await outcome(tokens.refresh({ refreshToken: later.refresh_token }))).toBe('granted');
    });
  }
});

describe('a response of Redis that arrives too late', () => {
  for (const waitSeconds of [0, 14, 3600, 6 * day]) {
    it(`leaves the refresh token valid after ${waitSeconds} seconds`, async () => {
      if (!redisIsInstalled) return pending('redis-server was not found');
      const redis = await startRedis();
      const client = await redis.connect();
      const patient = redisStore(client, { timeoutMs });
      const late: SessionStore = {
        ...patient,
        async rotate(...request) {
          await patient.rotate(...request);
          throw new Error('The connection was closed.');
        },
      };
      const { tokens, clock } = companion({ store: patient, refreshToken: lifetimes });
      const { refresh_token } = await tokens.issue({ sub: 'ada' });
      const interrupted = companion({ store: late, refreshToken: lifetimes });
      expect(await outcome(interrupted.tokens.refresh({ refreshToken: refresh_token }))).toBe(
        'temporarily_unavailable',
      );
      await advanceRedis(client, waitSeconds);
      clock.advance(waitSeconds);
      const next = await tokens.refresh({ refreshToken: refresh_token });
      expect(next.refresh_expires_in).toBeLessThanOrEqual(lifetimes.idleLifetimeSeconds - waitSeconds);
      expect(await outcome(tokens.refresh({ refreshToken: next.refresh_token }))).toBe('granted');
      expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('invalid_grant');
      await redis.stop();
    });
  }
});

const lifetimes = { idleLifetimeSeconds: 7 * day, absoluteLifetimeSeconds: 30 * day };
