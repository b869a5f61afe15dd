import assert from 'node:assert/strict';
import { revokedRetentionSeconds } from '../../session-record.js';
import { all, idOf, login, names, presenting, type StoreContractCase } from './case.js';

/** Creating, finding, ending and dropping sessions. */
export const sessionCases: readonly StoreContractCase[] = [
  {
    name: 'stores a new session and adds the instants',
    async check({ store }) {
      const sub = 'Ada {1}:*é';
      const given = login('a', {
        clientId: 'app',
        sub,
        acr: 'mfa',
        lastAddress: '203.0.113.7',
        meta: { device: 'a "phone"' },
      });
      const { record, evicted } = await store.create({ ...given, authenticationAgeSeconds: 7 });
      assert.deepEqual(evicted, []);
      assert.deepEqual(record, {
        id: idOf('a', sub),
        sub,
        clientId: 'app',
        scope: 'read write',
        acr: 'mfa',
        lastAddress: '203.0.113.7',
        meta: { device: 'a "phone"' },
        generation: 1,
        createdAt: record.createdAt,
        validFrom: record.createdAt,
        rotatedAt: record.createdAt,
        authenticatedAt: record.createdAt - 7_000,
        idleExpiresAt: record.createdAt + 100_000,
        absoluteExpiresAt: record.createdAt + 10_000_000,
      });
      assert.deepEqual(await store.find(record.id), { record, live: true });
      assert.equal(await store.find(idOf('b')), undefined);
    },
  },
  {
    name: 'stores whole milliseconds if the user authenticated a fraction of a second ago',
    async check({ store }) {
      const { record } = await store.create(login('a', { authenticationAgeSeconds: 0.123_456 }));
      assert.equal(record.authenticatedAt, record.createdAt - 123);
      assert.deepEqual(await store.find(record.id), { record, live: true });
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
    name: 'does not find sessions that were not created',
    async check({ store }) {
      for (const id of [idOf('a'), 'a', '', '../{a}:*', '__proto__']) {
        assert.equal(await store.find(id), undefined);
        assert.deepEqual(await store.rotate(id, presenting(1)), { outcome: 'unknown' });
        assert.equal(await store.revoke(id, 'logged_out'), undefined);
      }
      assert.deepEqual(await store.sessions('bob'), []);
      assert.deepEqual(await store.revokeAll('bob', all()), []);
      assert.deepEqual(await store.list({ limit: 10 }), { records: [] });
    },
  },
  {
    name: 'keeps an idle session until its absolute expiry, and drops it then',
    async check({ store, advance }) {
      await store.create(login('a', { absoluteLifetimeSeconds: 1000 }));
      await advance(100);
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'expired');
      assert.deepEqual(await store.sessions('ada'), []);
      assert.equal(await store.revoke(idOf('a'), 'logged_out'), undefined);
      await advance(899);
      assert.equal((await store.find(idOf('a')))?.live, false);
      await advance(1);
      assert.equal(await store.find(idOf('a')), undefined);
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'unknown');
    },
  },
  {
    name: 'drops a session at its absolute expiry, regardless of refreshes',
    async check({ store, advance }) {
      await store.create(login('a', { absoluteLifetimeSeconds: 1000 }));
      for (let generation = 1; generation <= 12; generation++) {
        await advance(80);
        assert.equal((await store.rotate(idOf('a'), presenting(generation))).outcome, 'rotated');
      }
      await advance(40);
      assert.equal((await store.rotate(idOf('a'), presenting(13))).outcome, 'unknown');
      assert.equal(await store.find(idOf('a')), undefined);
    },
  },
  {
    name: 'revokes once, keeps the reason for an hour, and drops the session then',
    async check({ store, advance }) {
      await store.create(login('a'));
      assert.equal((await store.revoke(idOf('a'), 'logged_out'))?.revoked, 'logged_out');
      assert.equal(await store.revoke(idOf('a'), 'account_rejected'), undefined);
      await advance(revokedRetentionSeconds - 1);
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'revoked');
      const found = await store.find(idOf('a'));
      assert.equal(found?.record.revoked, 'logged_out');
      assert.equal(found.live, false);
      await advance(1);
      assert.equal(await store.find(idOf('a')), undefined);
    },
  },
  {
    name: 'lists live sessions of all users on pages',
    async check({ store }) {
      const subs = ['ada', 'bob', 'cyd', 'dan', 'eve'];
      for (const sub of subs) await store.create(login('a', { sub }));
      await store.create(login('b', { sub: 'eve' }));
      await store.revoke(idOf('a', 'cyd'), 'logged_out');
      const listed = new Set<string>();
      let cursor: string | undefined;
      for (let pages = 0; pages === 0 || cursor !== undefined; pages++) {
        assert.ok(pages < 100);
        const { records, next } = await store.list({ cursor, limit: 2 });
        for (const record of records) listed.add(`${record.sub} ${names([record])}`);
        cursor = next;
      }
      assert.deepEqual([...listed].sort(), ['ada a', 'bob a', 'dan a', 'eve a', 'eve b']);
    },
  },
  {
    name: 'resolves its check',
    async check({ store }) {
      await store.check();
    },
  },
];
