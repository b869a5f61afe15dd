import assert from 'node:assert/strict';
import { type Rotation, rotation } from '../../rotation.js';
import type { SessionRecord } from '../../session-record.js';
import { idOf, login, presenting, type StoreContractCase } from './case.js';

function outcomes(rotations: readonly Rotation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of rotations) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Presenting refresh tokens, in sequence and at once. */
export const rotationCases: readonly StoreContractCase[] = [
  {
    name: 'rotates the current generation and stores the result',
    async check({ store, advance }) {
      const { record } = await store.create(login('a', { lastAddress: '203.0.113.7' }));
      await advance(50);
      const result = await store.rotate(idOf('a'), presenting(1, { address: '203.0.113.8' }));
      assert.equal(result.outcome, 'rotated');
      const after = (await store.find(idOf('a')))?.record;
      assert.deepEqual('record' in result && result.record, after);
      assert.equal(after?.generation, 2);
      assert.equal(after.lastAddress, '203.0.113.8');
      assert.ok(after.rotatedAt - after.createdAt >= 50_000);
      assert.equal(after.idleExpiresAt, after.rotatedAt + 100_000);
      assert.equal(after.absoluteExpiresAt - after.createdAt, record.absoluteExpiresAt - record.createdAt);
      assert.equal('at' in result && result.at, after.rotatedAt);
    },
  },
  {
    name: 'repeats the successor until it is used, and writes nothing',
    async check({ store, advance }) {
      await store.create(login('a'));
      await store.rotate(idOf('a'), presenting(1));
      await advance(99);
      const before = await store.find(idOf('a'));
      const result = await store.rotate(idOf('a'), presenting(1, { address: '203.0.113.8' }));
      assert.equal(result.outcome, 'repeated');
      assert.ok('at' in result && result.at - result.record.rotatedAt >= 99_000);
      assert.deepEqual(await store.find(idOf('a')), before);
      assert.equal((await store.rotate(idOf('a'), presenting(2))).outcome, 'rotated');
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'reuse_detected');
    },
  },
  {
    name: 'repeats the successor within a grace period only, if there is one',
    async check({ store, advance }) {
      const graceful = (generation: number) => presenting(generation, { graceSeconds: 10 });
      await store.create(login('a'));
      await store.rotate(idOf('a'), graceful(1));
      await advance(5);
      assert.equal((await store.rotate(idOf('a'), graceful(1))).outcome, 'repeated');
      await advance(5);
      assert.equal((await store.rotate(idOf('a'), graceful(1))).outcome, 'reuse_detected');
      assert.equal((await store.find(idOf('a')))?.record.revoked, 'reuse_detected');
      assert.equal((await store.rotate(idOf('a'), graceful(2))).outcome, 'revoked');
    },
  },
  {
    name: 'revokes the session when an older generation is presented at any time',
    async check({ store }) {
      await store.create(login('a'));
      await store.rotate(idOf('a'), presenting(1));
      await store.rotate(idOf('a'), presenting(2));
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'reuse_detected');
      assert.deepEqual(await store.sessions('ada'), []);
    },
  },
  {
    name: 'accepts a newer generation than its own, and takes each older one for reuse from then on',
    async check({ store }) {
      for (const [name, generation] of [
        ['a', 2],
        ['b', 3],
        ['c', 99_999_998],
      ] as const) {
        await store.create(login(name));
        assert.equal((await store.rotate(idOf(name), presenting(generation))).outcome, 'fast_forwarded');
        assert.equal((await store.find(idOf(name)))?.record.generation, generation + 1);
        assert.equal((await store.rotate(idOf(name), presenting(1))).outcome, 'reuse_detected');
      }
    },
  },
  {
    name: 'rotates once for a hundred concurrent requests, and repeats the successor for the rest',
    async check({ store }) {
      await store.create(login('a'));
      const requests = Array.from({ length: 100 }, () => store.rotate(idOf('a'), presenting(1)));
      assert.deepEqual(outcomes(await Promise.all(requests)), { rotated: 1, repeated: 99 });
      assert.equal((await store.find(idOf('a')))?.record.generation, 2);
    },
  },
  {
    name: 'without a grace period, detects reuse at the second of a hundred concurrent requests',
    async check({ store }) {
      await store.create(login('a'));
      const requests = Array.from({ length: 100 }, () => store.rotate(idOf('a'), presenting(1, { graceSeconds: 0 })));
      assert.deepEqual(outcomes(await Promise.all(requests)), { rotated: 1, reuse_detected: 1, revoked: 98 });
    },
  },
  {
    name: 'lets a revocation win over concurrent rotations',
    async check({ store }) {
      await store.create(login('a'));
      const rotations = Array.from({ length: 20 }, () => store.rotate(idOf('a'), presenting(1)));
      await Promise.all([...rotations, store.revoke(idOf('a'), 'logged_out')]);
      assert.equal((await store.find(idOf('a')))?.record.revoked, 'logged_out');
      assert.equal((await store.rotate(idOf('a'), presenting(2))).outcome, 'revoked');
    },
  },
  {
    name: 'decides like rotation() for any sequence of presented tokens',
    async check({ store, advance }) {
      for (let walk = 0; walk < 20; walk++) {
        const rules = walk % 2 === 0 ? {} : { graceSeconds: 10 };
        const id = idOf(`walk${walk}`);
        const began = performance.now();
        let model: SessionRecord | undefined = (await store.create(login(`walk${walk}`))).record;
        let now = model.createdAt;
        for (let step = 0; step < 15 && model !== undefined; step++) {
          const { seconds, generation } = pseudoRandom(walk, step, model.generation);
          await advance(seconds);
          now += seconds * 1000;
          const record: SessionRecord = model;
          const request = presenting(generation, rules);
          const result = await store.rotate(id, request);
          // A real clock also moves between calls of `advance`.
          const possible: Rotation[] = [now, now + performance.now() - began].map(at => rotation(record, request, at));
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
