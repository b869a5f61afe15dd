import { redisStore, type SessionStore, storeContract } from '../../../src/server.js';
import { companion } from '../support/companion.js';
import {
  advanceRedis,
  type RedisClient,
  type RunningRedis,
  redisIsInstalled,
  startRedis,
} from '../support/redis-server.js';

/** How fast Redis responses on a busy machine is not what these specs are about. */
const maxWaitMs = 60_000;
const longTimeoutStore = (client: RedisClient): SessionStore => redisStore(client, { timeoutMs: maxWaitMs });

describe('a Redis store', () => {
  let redis: RunningRedis;
  let client: RedisClient;

  beforeAll(async () => {
    if (!redisIsInstalled) return;
    redis = await startRedis('--repl-diskless-sync-delay', '0');
    client = await redis.connect();
  });
  afterAll(() => redis?.stop());
  beforeEach(async () => {
    if (!redisIsInstalled) return pending('redis-server was not found');
    await client.flushAll();
  });

  for (const { name, check } of storeContract) {
    it(name, async () => {
      await check({ store: longTimeoutStore(client), advance: seconds => advanceRedis(client, seconds) });
      expect().nothing();
    });
  }

  it('[S-32] continues after SCRIPT FLUSH', async () => {
    const { tokens } = companion({ store: longTimeoutStore(client) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    await client.scriptFlush();
    expect((await tokens.refresh({ refreshToken: refresh_token })).access_token).toEqual(jasmine.any(String));
  });

  it('[S-32] leaves no key in Redis beyond the absolute lifetime', async () => {
    const { tokens } = companion({ store: longTimeoutStore(client) });
    await tokens.issue({ sub: 'ada' });
    const days = async (key: string) => (await client.pTTL(key)) / 86_400_000;
    const [session, index, ...others] = (await client.keys('*')).sort();
    expect(others).toEqual([]);
    expect(await days(session!)).toBeCloseTo(30, 2);
    expect(await days(index!)).toBeCloseTo(7, 2);
    await tokens.revokeAllForUser('ada');
    const [revoked, notBefore] = (await client.keys('*')).sort().reverse();
    expect(await days(revoked!)).toBeCloseTo(1 / 24, 2);
    expect(await days(notBefore!)).toBeCloseTo(30, 2);
  });

  it('[F105] uses the clock of Redis, regardless of the servers’ clocks', async () => {
    const ahead = companion({ store: longTimeoutStore(client), clock: () => Date.now() + 600_000 }).tokens;
    const behind = companion({ store: longTimeoutStore(client), clock: () => Date.now() - 600_000 }).tokens;
    const { refresh_token } = await behind.issue({ sub: 'ada' });
    const next = await ahead.refresh({ refreshToken: refresh_token });
    const again = await behind.refresh({ refreshToken: refresh_token });
    expect(again.refresh_token).toBe(next.refresh_token);
    await advanceRedis(client, 11);
    await expectAsync(ahead.refresh({ refreshToken: refresh_token })).toBeRejected();
  });

  it('[F104] rejects the tokens of a session that Redis evicted', async () => {
    const { tokens, events } = companion({ store: longTimeoutStore(client) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    await client.flushAll();
    await expectAsync(tokens.refresh({ refreshToken: refresh_token })).toBeRejectedWith(
      jasmine.objectContaining({ code: 'invalid_grant' }),
    );
    expect(events.at(-1)).toEqual(jasmine.objectContaining({ type: 'rejected', reason: 'unknown' }));
  });

  it('[F104] warns about a Redis that can evict sessions', async () => {
    const warning = spyOn(process, 'emitWarning');
    longTimeoutStore(client);
    const policies = [
      'allkeys-lru',
      'allkeys-lfu',
      'allkeys-random',
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
    ];
    for (const policy of [...policies, 'volatile-ttl']) {
      await client.configSet('maxmemory-policy', policy);
      longTimeoutStore(client);
      await client.ping();
      expect(warning.calls.mostRecent().args.join()).toMatch(new RegExp(`maxmemory-policy.*${policy}`));
    }
    await client.configSet('maxmemory-policy', 'noeviction');
    expect(warning).toHaveBeenCalledTimes(7);
  });

  it('[F103] accepts the client’s newer token after a failover lost the last rotation', async () => {
    const promoted = await startRedis('--replicaof', '127.0.0.1', String(redis.port));
    const replica = await promoted.connect();
    const atPrimary = companion({ store: longTimeoutStore(client) });
    const first = await atPrimary.tokens.issue({ sub: 'ada' });
    while ((await replica.keys('*')).length < 2) await new Promise(setImmediate);
    await replica.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    const second = await atPrimary.tokens.refresh({ refreshToken: first.refresh_token });

    const { tokens, events } = companion({ store: longTimeoutStore(replica) });
    const third = await tokens.refresh({ refreshToken: second.refresh_token });
    expect(events.at(-1)?.type).toBe('fast_forwarded');
    expect((await tokens.refresh({ refreshToken: third.refresh_token })).access_token).toEqual(jasmine.any(String));
    await expectAsync(tokens.refresh({ refreshToken: first.refresh_token })).toBeRejected();
    await promoted.stop();
  });

  it('[F107] lets a revocation win over concurrent refreshes', async () => {
    const { tokens } = companion({ store: longTimeoutStore(client) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const refreshes = Array.from({ length: 10 }, () => tokens.refresh({ refreshToken: refresh_token }));
    const [, ...responses] = await Promise.all([tokens.revokeAllForUser('ada'), ...refreshes.map(settled)]);
    for (const response of responses.flatMap(tokens => (tokens === undefined ? [] : [tokens]))) {
      await expectAsync(tokens.refresh({ refreshToken: response.refresh_token })).toBeRejected();
    }
    expect(await tokens.sessions('ada')).toEqual([]);
  });
});

describe('a Redis store during an outage', () => {
  beforeEach(() => {
    if (!redisIsInstalled) pending('redis-server was not found');
  });

  const troubles: [name: string, begin: (redis: RunningRedis, client: RedisClient) => unknown, timeoutMs?: number][] = [
    ['is a read-only replica', (_redis, client) => client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])],
    [
      'is out of memory',
      async (_redis, client) => {
        await client.configSet('maxmemory-policy', 'noeviction');
        await client.configSet('maxmemory', '1');
      },
    ],
    ['does not respond', redis => redis.process.kill('SIGSTOP'), 100],
    ['is gone', redis => redis.process.kill('SIGKILL')],
  ];
  for (const [name, begin, timeoutMs = maxWaitMs] of troubles) {
    it(`[F102] responds temporarily_unavailable while Redis ${name}`, async () => {
      const redis = await startRedis();
      const client = await redis.connect();
      const { refresh_token } = await companion({ store: longTimeoutStore(client) }).tokens.issue({ sub: 'ada' });
      const { tokens, events } = companion({ store: redisStore(client, { timeoutMs }) });
      await begin(redis, client);
      await expectAsync(tokens.refresh({ refreshToken: refresh_token })).toBeRejectedWith(
        jasmine.objectContaining({ code: 'temporarily_unavailable', status: 503 }),
      );
      expect(events.at(-1)?.type).toBe('store_error');
      await redis.stop();
    });
  }

  it('[S-32] continues after its connections were closed', async () => {
    const redis = await startRedis();
    const client = await redis.connect();
    const { tokens } = companion({ store: longTimeoutStore(client) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const other = await redis.connect();
    const cut = new Promise(resolve => client.once('reconnecting', resolve));
    const reconnected = new Promise(resolve => client.once('ready', resolve));
    await other.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
    await cut;
    const meanwhile = await settled(tokens.refresh({ refreshToken: refresh_token }));
    expect(meanwhile).toBeUndefined();
    await reconnected;
    expect((await tokens.refresh({ refreshToken: refresh_token })).refresh_token).toEqual(jasmine.any(String));
    await redis.stop();
  });

  it('[F102] continues when Redis responds again', async () => {
    const redis = await startRedis();
    const client = await redis.connect();
    const { tokens } = companion({ store: longTimeoutStore(client) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    redis.process.kill('SIGSTOP');
    const inAHurry = companion({ store: redisStore(client, { timeoutMs: 100 }) }).tokens;
    await expectAsync(inAHurry.refresh({ refreshToken: refresh_token })).toBeRejected();
    redis.process.kill('SIGCONT');
    expect((await tokens.refresh({ refreshToken: refresh_token })).refresh_token).toEqual(jasmine.any(String));
    await redis.stop();
  });
});

function settled<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined);
}
