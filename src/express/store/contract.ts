import assert from 'node:assert/strict';
import { type RefreshFamily, type Rotation, rotation } from '../rotation.js';
import type { NewFamily, RefreshTokenStore } from './refresh-token-store.js';

/** A store with nothing in it, and a way to let time pass for it. */
export interface StoreUnderTest {
  readonly store: RefreshTokenStore;
  /** Moves the store's clock forward, or its records back. */
  advance(seconds: number): void | Promise<void>;
}

/** One promise of a {@link RefreshTokenStore}, and how to find out whether it is kept. */
export interface StoreContractCase {
  readonly name: string;
  /** Rejects with an assertion error when the store does not keep the contract. */
  check(tested: StoreUnderTest): Promise<void>;
}

const login = (id: string, more: Partial<NewFamily> = {}): NewFamily => ({
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
const ids = (families: readonly RefreshFamily[]): string[] => families.map(({ id }) => id);

/**
 * What every {@link RefreshTokenStore} has to do, for any test runner. Each case gets an empty store.
 *
 * @example
 * ```ts
 * for (const { name, check } of storeContract) it(name, async () => check(await myEmptyStore()));
 * ```
 */
export const storeContract: readonly StoreContractCase[] = [
  {
    name: 'keeps what it is given and adds the instants',
    async check({ store }) {
      const given = login('a', { clientId: 'app', sub: 'Ada {1}:*é', meta: { device: 'a "phone"' } });
      const { family, evicted } = await store.create({ ...given, authenticationAgeSeconds: 7 });
      assert.deepEqual(evicted, []);
      assert.deepEqual(family, {
        id: 'a',
        sub: 'Ada {1}:*é',
        clientId: 'app',
        scope: 'read write',
        meta: { device: 'a "phone"' },
        generation: 1,
        createdAt: family.createdAt,
        rotatedAt: family.createdAt,
        authenticatedAt: family.createdAt - 7_000,
        idleExpiresAt: family.createdAt + 100_000,
        absoluteExpiresAt: family.createdAt + 1_000_000,
      });
      assert.deepEqual(await store.find('a'), { family, live: true });
      assert.equal(await store.find('b'), undefined);
    },
  },
  {
    name: 'ends idleness with the absolute lifetime when that is shorter',
    async check({ store }) {
      const { family } = await store.create(login('a', { absoluteLifetimeSeconds: 50 }));
      assert.equal(family.idleExpiresAt, family.absoluteExpiresAt);
    },
  },
  {
    name: 'refuses to begin a family twice',
    async check({ store }) {
      await store.create(login('a'));
      await assert.rejects(store.create(login('a')));
    },
  },
  {
    name: 'trades the current generation in, and keeps the result',
    async check({ store, advance }) {
      const { family } = await store.create(login('a'));
      await advance(50);
      const result = await store.rotate('a', { ...rules, generation: 1 });
      assert.equal(result.outcome, 'rotated');
      const after = (await store.find('a'))?.family;
      assert.deepEqual('family' in result && result.family, after);
      assert.equal(after?.generation, 2);
      assert.ok(after.rotatedAt - after.createdAt >= 50_000);
      assert.equal(after.idleExpiresAt, after.rotatedAt + 100_000);
      assert.equal(after.absoluteExpiresAt - after.createdAt, family.absoluteExpiresAt - family.createdAt);
    },
  },
  {
    name: 'repeats the successor within grace and changes nothing',
    async check({ store, advance }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await advance(5);
      const before = await store.find('a');
      const result = await store.rotate('a', { ...rules, generation: 1 });
      assert.equal(result.outcome, 'grace');
      assert.deepEqual(await store.find('a'), before);
    },
  },
  {
    name: 'revokes the family of a predecessor that comes after grace',
    async check({ store, advance }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await advance(10);
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'reuse_detected');
      assert.equal((await store.find('a'))?.family.revoked, 'reuse_detected');
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'revoked');
    },
  },
  {
    name: 'revokes the family of an older generation at any time',
    async check({ store }) {
      await store.create(login('a'));
      await store.rotate('a', { ...rules, generation: 1 });
      await store.rotate('a', { ...rules, generation: 2 });
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'reuse_detected');
    },
  },
  {
    name: 'catches up with a client one generation ahead, and writes nothing for one further ahead',
    async check({ store }) {
      await store.create(login('a'));
      const before = await store.find('a');
      assert.equal((await store.rotate('a', { ...rules, generation: 3 })).outcome, 'unissued');
      assert.deepEqual(await store.find('a'), before);
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'fast_forwarded');
      assert.equal((await store.find('a'))?.family.generation, 3);
    },
  },
  {
    name: 'knows no family nobody began',
    async check({ store }) {
      assert.deepEqual(await store.rotate('a', { ...rules, generation: 1 }), { outcome: 'unknown' });
      assert.equal(await store.revoke('a', 'logged_out'), undefined);
      assert.deepEqual(await store.sessions('nobody'), []);
      assert.deepEqual(await store.revokeAll('nobody', 'all_sessions_revoked'), []);
    },
  },
  {
    name: 'ends a family that is idle for too long, and remembers it',
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
    name: 'forgets a family at its absolute end however often it was refreshed',
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
    name: 'revokes once, and remembers why until the absolute end',
    async check({ store, advance }) {
      await store.create(login('a'));
      assert.equal((await store.revoke('a', 'logged_out'))?.revoked, 'logged_out');
      assert.equal(await store.revoke('a', 'account_refused'), undefined);
      await advance(990);
      assert.equal((await store.rotate('a', { ...rules, generation: 1 })).outcome, 'revoked');
      const found = await store.find('a');
      assert.equal(found?.family.revoked, 'logged_out');
      assert.equal(found.live, false);
    },
  },
  {
    name: 'lists the live families of one user, oldest first',
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
    name: 'revokes all families of one user but the one it is told to keep',
    async check({ store }) {
      for (const id of ['a', 'b', 'c']) await store.create(login(id));
      await store.create(login('d', { sub: 'bob' }));
      const revoked = await store.revokeAll('ada', 'all_sessions_revoked', 'b');
      assert.deepEqual(ids(revoked).sort(), ['a', 'c']);
      assert.deepEqual(ids(await store.sessions('ada')), ['b']);
      assert.deepEqual(ids(await store.sessions('bob')), ['d']);
      assert.equal((await store.find('a'))?.family.revoked, 'all_sessions_revoked');
    },
  },
  {
    name: 'lets the oldest live family go when a user has too many',
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
      assert.equal((await store.find('b'))?.family.revoked, 'too_many_sessions');
      assert.deepEqual(ids(await store.sessions('ada')), ['c', 'd', 'e']);
    },
  },
  {
    name: 'lets go no more families than it must when several begin at once',
    async check({ store }) {
      const begin = (id: string) => store.create(login(id, { maxSessionsPerUser: 2 }));
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(begin));
      assert.ok((await store.sessions('ada')).length >= 2);
      await begin('g');
      assert.equal((await store.sessions('ada')).length, 2);
    },
  },
  {
    name: 'rotates once when a hundred ask at once, and repeats the successor to the rest',
    async check({ store }) {
      await store.create(login('a'));
      const asked = Array.from({ length: 100 }, () => store.rotate('a', { ...rules, generation: 1 }));
      assert.deepEqual(outcomes(await Promise.all(asked)), { rotated: 1, grace: 99 });
      assert.equal((await store.find('a'))?.family.generation, 2);
    },
  },
  {
    name: 'without grace, takes the second of a hundred for a thief',
    async check({ store }) {
      await store.create(login('a'));
      const asked = Array.from({ length: 100 }, () => store.rotate('a', { ...rules, graceSeconds: 0, generation: 1 }));
      assert.deepEqual(outcomes(await Promise.all(asked)), { rotated: 1, reuse_detected: 1, revoked: 98 });
    },
  },
  {
    name: 'lets a revocation win over the rotations that run at the same time',
    async check({ store }) {
      await store.create(login('a'));
      const rotations = Array.from({ length: 20 }, () => store.rotate('a', { ...rules, generation: 1 }));
      await Promise.all([...rotations, store.revoke('a', 'logged_out')]);
      assert.equal((await store.find('a'))?.family.revoked, 'logged_out');
      assert.equal((await store.rotate('a', { ...rules, generation: 2 })).outcome, 'revoked');
    },
  },
  {
    name: 'decides like rotation() whatever is presented when',
    async check({ store, advance }) {
      for (let walk = 0; walk < 20; walk++) {
        const id = `walk-${walk}`;
        const began = performance.now();
        let model: RefreshFamily | undefined = (await store.create(login(id))).family;
        let now = model.createdAt;
        for (let step = 0; step < 15 && model !== undefined; step++) {
          const { seconds, generation } = pseudoRandom(walk, step, model.generation);
          await advance(seconds);
          now += seconds * 1000;
          const family: RefreshFamily = model;
          const decided = (at: number): Rotation =>
            rotation(at < family.absoluteExpiresAt ? family : undefined, { ...rules, generation }, at);
          const result = await store.rotate(id, { ...rules, generation });
          // On a clock that moves by itself, time has passed that no `advance` knows of.
          const possible = [now, now + performance.now() - began].map(decided);
          const expected = possible.find(({ outcome }) => outcome === result.outcome);
          assert.ok(expected, `walk ${walk}, step ${step}: ${result.outcome} is not ${possible[0]?.outcome}`);
          const expectedGeneration: number | undefined = 'family' in expected ? expected.family.generation : undefined;
          assert.equal('family' in result ? result.family.generation : undefined, expectedGeneration);
          model = 'family' in expected ? expected.family : undefined;
        }
      }
    },
  },
];

/** Waits and generations around the edges that matter, the same in each run; half a second away from each limit. */
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
