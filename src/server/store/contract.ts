import assert from 'node:assert/strict';
import { type Rotation, rotation } from '../rotation.js';
import type { SessionRecord } from '../session-record.js';
import type { NewSession, SessionStore } from './session-store.js';

/** An empty store, and a function that advances its time. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** Moves the store's clock forward, or its records back. */
  advance(seconds: number): void | Promise<void>;
}

/** One requirement of a {@link SessionStore} with its test. */
export interface StoreContractCase {
  readonly name: string;
  /** Rejects with an assertion error if the store does not meet the requirement. */
  check(tested: StoreUnderTest): Promise<void>;
}

const login = (id: string, more: Partial<NewSession> = {}): NewSession => ({
  id,
  sub: 'ada',
  scope: 'read write',
  authenticationAgeSeconds: 0,
  idleLifetimeSeconds: 100,
  absoluteLifetimeSeconds: 1000,
  maxSessionsPerUser: 100,
  meta: {},
  ...more,
});
const rules = { graceSeconds: 10, idleLifetimeSeconds: 100 };

const outcomes = (rotations: readonly Rotation[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { outcome } of rotations) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
const ids = (records: readonly SessionRecord[]): string[] => records.map(({ id }) => id);

/**
 * The requirements of a {@link SessionStore}, for any test runner. Each case needs an empty store.
 *
 * @example
 * ```ts
 * for (const { name, check } of storeContract) it(name, async () => check(await myEmptyStore()));
 * ```
 */
export const storeContract: readonly StoreContractCase[] = [
  {
    name: 'stores a new session and adds the instants',
    async check({ store }) {
      const given = login('a', { clientId: 'app', sub: 'Ada {1}:*é', meta: { device: 'a "phone"' } });
      const { record, evicted } = await store.create({ ...given, authenticationAgeSeconds: 7 });
      assert.deepEqual(evicted, []);
      assert.deepEqual(record, {
        id: 'a',
        sub: 'Ada {1}:*é',
        clientId: 'app',
        scope: 'read write',
        meta: { device: 'a "phone"' },
        generation: 1,
        createdAt: record.createdAt,
        rotatedAt: record.createdAt,
        authenticatedAt: record.createdAt - 7_000,
        idleExpiresAt: record.createdAt + 100_000,
        absoluteExpiresAt: record.createdAt + 1_000_000,
      });
      assert.deepEqual(await store.find('a'), { record, live: true });
      assert.equal(await store.find('b'), undefined);
    },
  },
  {
    name: 'limits the idle expiry to the absolute expiry',
    async check({ store }) {
      const { record } = await store.create(login('a', { absoluteLifetimeSeconds: 50 }));
      assert.equal(record.idleExpiresAt, record.absoluteExpiresAt);
    },
  },
  {
    name: 'rejects a second session with the same ID',
    async check({ store }) {
      await store.create(login('a'));
      await assert.rejects(store.create(login('a')));
    },
  },
  {
    name: 'rotates the current generation and stores the result',
    async check({ store, advance }) {
      const { record } = await store.create(login('a'));
      await advance(50);
      const result = await store.rotate('a', { ...rules, generation: 1 });
      assert.equal(result.outcome, 'rotated');
      const after = (await store.find('a'))?.record;
      assert.deepEqual('record' in result && result.record, after);
      assert.equal(after?.generation, 2);
      assert.ok(after.rotatedAt - after.createdAt >= 50_000);
      assert.equal(after.idleExpiresAt, after.rotatedAt + 100_000);
      assert.equal(after.absoluteExpiresAt - after.createdAt, record.absoluteExpiresAt - record.createdAt);
    },
  },
  {
    name: 'repeats the successor within the grace period and writes nothing',
    async check({ store, advance }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await advance(5);
      const before = await store.find('a');
      const result = await store.rotate('a', { ...rules, generation: 1 });
      assert.equal(result.outcome, 'repeated');
      assert.deepEqual(await store.find('a'), before);
    },
  },
  {
    name: 'revokes the session when the predecessor is presented after the grace period',
    async check({ store, advance }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await advance(10);
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'reuse_detected');
      assert.equal((await store.find('a'))?.record.revoked, 'reuse_detected');
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'revoked');
    },
  },
  {
    name: 'revokes the session when an older generation is presented at any time',
    async check({ store }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await store.rotate('a', { ...rules, generation: 2 });
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'reuse_detected');
    },
  },
  {
    name: 'accepts a token one generation ahead, and writes nothing for one further ahead',
    async check({ store }) {
      await store.create(login('a'));
      const before = await store.find('a');
      assert.equal((await store.rotate('a', { ...rules, generation: 3 })).outcome, 'unissued');
      assert.deepEqual(await store.find('a'), before);
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'fast_forwarded');
      assert.equal((await store.find('a'))?.record.generation, 3);
    },
  },
  {
    name: 'does not find sessions that were not created',
    async check({ store }) {
      assert.deepEqual(await store.rotate('a', { ...rules, generation: 1 }), { outcome: 'unknown' });
      assert.equal(await store.revoke('a', 'logged_out'), undefined);
      assert.deepEqual(await store.sessions('nobody'), []);
      assert.deepEqual(await store.revokeAll('nobody', 'all_sessions_revoked'), []);
    },
  },
  {
    name: 'ends an idle session and keeps its record',
    async check({ store, advance }) {
      await store.create(login('a'));
      await advance(100);
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'expired');
      assert.deepEqual(await store.sessions('ada'), []);
      assert.equal(await store.revoke('a', 'logged_out'), undefined);
      assert.equal((await store.find('a'))?.live, false);
    },
  },
  {
    name: 'drops a session at its absolute expiry, regardless of refreshes',
    async check({ store, advance }) {
      await store.create(login('a'));
      for (let generation = 1; generation <= 12; generation++) {
        await advance(80);
        assert.equal((await store.rotate('a', { ...rules, generation })).outcome, 'rotated');
      }
      await advance(40);
      assert.equal((await store.rotate('a', { ...rules, generation: 13 })).outcome, 'unknown');
      assert.equal(await store.find('a'), undefined);
    },
  },
  {
    name: 'revokes once, and keeps the reason until the absolute expiry',
    async check({ store, advance }) {
      await store.create(login('a'));
      assert.equal((await store.revoke('a', 'logged_out'))?.revoked, 'logged_out');
      assert.equal(await store.revoke('a', 'account_rejected'), undefined);
      await advance(990);
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'revoked');
      const found = await store.find('a');
      assert.equal(found?.record.revoked, 'logged_out');
      assert.equal(found.live, false);
    },
  },
  {
    name: 'lists the live sessions of one user, oldest first',
    async check({ store, advance }) {
      for (const id of ['c', 'a', 'b']) {
        await store.create(login(id));
        await advance(1);
      }
      await store.create(login('d', { sub: 'bob' }));
      await store.revoke('a', 'logged_out');
      assert.deepEqual(ids(await store.sessions('ada')), ['c', 'b']);
      assert.deepEqual(ids(await store.sessions('bob')), ['d']);
    },
  },
  {
    name: 'revokes all sessions of one user except one',
    async check({ store }) {
      for (const id of ['a', 'b', 'c']) await store.create(login(id));
      await store.create(login('d', { sub: 'bob' }));
      const revoked = await store.revokeAll('ada', 'all_sessions_revoked', 'b');
      assert.deepEqual(ids(revoked).sort(), ['a', 'c']);
      assert.deepEqual(ids(await store.sessions('ada')), ['b']);
      assert.deepEqual(ids(await store.sessions('bob')), ['d']);
      assert.equal((await store.find('a'))?.record.revoked, 'all_sessions_revoked');
    },
  },
  {
    name: 'revokes the oldest live session when a user has too many',
    async check({ store, advance }) {
      for (const id of ['a', 'b', 'c']) {
        await store.create(login(id, { maxSessionsPerUser: 3 }));
        await advance(1);
      }
      await store.revoke('a', 'logged_out');
      assert.deepEqual((await store.create(login('d', { maxSessionsPerUser: 3 }))).evicted, []);
      await advance(1);
      const { evicted } = await store.create(login('e', { maxSessionsPerUser: 3 }));
      assert.deepEqual(ids(evicted), ['b']);
      assert.equal((await store.find('b'))?.record.revoked, 'too_many_sessions');
      assert.deepEqual(ids(await store.sessions('ada')), ['c', 'd', 'e']);
    },
  },
  {
    name: 'revokes no more sessions than necessary when several are created at once',
    async check({ store }) {
      const begin = (id: string) => store.create(login(id, { maxSessionsPerUser: 2 }));
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(begin));
      assert.ok((await store.sessions('ada')).length >= 2);
      await begin('g');
      assert.equal((await store.sessions('ada')).length, 2);
    },
  },
  {
    name: 'rotates once for a hundred concurrent requests, and repeats the successor for the rest',
    async check({ store }) {
      await store.create(login('a'));
      const requests = Array.from({ length: 100 }, () => store.rotate('a', { ...rules, generation: 1 }));
      assert.deepEqual(outcomes(await Promise.all(requests)), { rotated: 1, repeated: 99 });
      assert.equal((await store.find('a'))?.record.generation, 2);
    },
  },
  {
    name: 'without a grace period, detects reuse at the second of a hundred concurrent requests',
    async check({ store }) {
      await store.create(login('a'));
      const requests = Array.from({ length: 100 }, () =>
        store.rotate('a', { ...rules, graceSeconds: 0, generation: 1 }),
      );
      assert.deepEqual(outcomes(await Promise.all(requests)), { rotated: 1, reuse_detected: 1, revoked: 98 });
    },
  },
  {
    name: 'lets a revocation win over concurrent rotations',
    async check({ store }) {
      await store.create(login('a'));
      const rotations = Array.from({ length: 20 }, () => store.rotate('a', { ...rules, generation: 1 }));
      await Promise.all([...rotations, store.revoke('a', 'logged_out')]);
      assert.equal((await store.find('a'))?.record.revoked, 'logged_out');
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'revoked');
    },
  },
  {
    name: 'decides like rotation() for any sequence of presented tokens',
    async check({ store, advance }) {
      for (let walk = 0; walk < 20; walk++) {
        const id = `walk-${walk}`;
        const began = performance.now();
        let model: SessionRecord | undefined = (await store.create(login(id))).record;
        let now = model.createdAt;
        for (let step = 0; step < 15 && model !== undefined; step++) {
          const { seconds, generation } = pseudoRandom(walk, step, model.generation);
          await advance(seconds);
          now += seconds * 1000;
          const record: SessionRecord = model;
          const decided = (at: number): Rotation =>
            rotation(at < record.absoluteExpiresAt ? record : undefined, { ...rules, generation }, at);
          const result = await store.rotate(id, { ...rules, generation });
          // A real clock also moves between calls of `advance`.
          const possible = [now, now + performance.now() - began].map(decided);
          const expected = possible.find(({ outcome }) => outcome === result.outcome);
          assert.ok(expected, `walk ${walk}, step ${step}: ${result.outcome} is not ${possible[0]?.outcome}`);
          const expectedGeneration: number | undefined = 'record' in expected ? expected.record.generation : undefined;
          assert.equal('record' in result ? result.record.generation : undefined, expectedGeneration);
          model = 'record' in expected ? expected.record : undefined;
        }
      }
    },
  },
];

/** Waits and generations around the limits, equal in each run, and half a second away from each limit. */
function pseudoRandom(walk: number, step: number, current: number): { seconds: number; generation: number } {
  const pick = <T>(values: readonly T[], salt: number): T => {
    const hash = Math.imul(walk * 31 + step * 7 + salt, 2_654_435_761) >>> 8;
    return values[hash % values.length] as T;
  };
  return {
    seconds: pick([0, 0, 0.5, 9.5, 10.5, 60.5, 99.5], 1),
    generation: current + pick([0, 0, 0, 0, -1, -1, -2, 1, 2], 2),
  };
}
