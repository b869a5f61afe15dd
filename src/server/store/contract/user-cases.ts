import assert from 'node:assert/strict';
import { all, idOf, login, names, presenting, type StoreContractCase } from './case.js';

/** The sessions of one user. */
export const userCases: readonly StoreContractCase[] = [
  {
    name: 'lists the live sessions of one user, oldest first',
    async check({ store, advance }) {
      for (const name of ['c', 'a', 'b']) {
        await store.create(login(name));
        await advance(1);
      }
      await store.create(login('d', { sub: 'bob' }));
      await store.revoke(idOf('a'), 'logged_out');
      await store.rotate(idOf('c'), presenting(1));
      assert.deepEqual(names(await store.sessions('ada')), ['c', 'b']);
      assert.deepEqual(names(await store.sessions('bob')), ['d']);
    },
  },
  {
    name: 'revokes all sessions of one user except one',
    async check({ store }) {
      for (const name of ['a', 'b', 'c']) await store.create(login(name));
      await store.create(login('d', { sub: 'bob' }));
      const revoked = await store.revokeAll('ada', all(idOf('b')));
      assert.deepEqual(names(revoked).sort(), ['a', 'c']);
      assert.deepEqual(names(await store.sessions('ada')), ['b']);
      assert.deepEqual(names(await store.sessions('bob')), ['d']);
      assert.equal((await store.find(idOf('a')))?.record.revoked, 'all_sessions_revoked');
      assert.equal((await store.rotate(idOf('b'), presenting(1))).outcome, 'rotated');
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'revoked');
    },
  },
  {
    name: 'accepts sessions created after revokeAll, and revokes them with the next one',
    async check({ store }) {
      for (const name of ['a', 'b', 'c']) {
        await store.create(login(name));
        assert.equal((await store.rotate(idOf(name), presenting(1))).outcome, 'rotated');
        assert.deepEqual(names(await store.revokeAll('ada', all())), [name]);
        assert.equal((await store.rotate(idOf(name), presenting(2))).outcome, 'revoked');
      }
    },
  },
  {
    name: 'keeps one session through several revokeAll, and not through one without it',
    async check({ store }) {
      await store.create(login('a'));
      await store.revokeAll('ada', all(idOf('a')));
      await store.revokeAll('ada', all(idOf('a')));
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'rotated');
      assert.deepEqual(names(await store.revokeAll('ada', all(idOf('b')))), ['a']);
      assert.equal((await store.find(idOf('a')))?.live, false);
    },
  },
  {
    name: 'does not keep a session of another user, or an ended one',
    async check({ store }) {
      await store.create(login('a'));
      await store.create(login('b', { sub: 'bob' }));
      await store.revoke(idOf('a'), 'logged_out');
      await store.revokeAll('ada', all(idOf('a')));
      assert.equal((await store.rotate(idOf('a'), presenting(1))).outcome, 'revoked');
      await store.revokeAll('ada', all(idOf('b', 'bob')));
      await store.revokeAll('bob', all());
      assert.equal((await store.rotate(idOf('b', 'bob'), presenting(1))).outcome, 'revoked');
    },
  },
  {
    name: 'revokes the sessions that expire first when a user has too many',
    async check({ store, advance }) {
      for (const name of ['a', 'b', 'c']) {
        await store.create(login(name, { maxSessionsPerUser: 3 }));
        await advance(1);
      }
      await store.revoke(idOf('a'), 'logged_out');
      assert.deepEqual((await store.create(login('d', { maxSessionsPerUser: 3 }))).evicted, []);
      await advance(1);
      await store.rotate(idOf('b'), presenting(1));
      const { evicted } = await store.create(login('e', { maxSessionsPerUser: 3 }));
      assert.deepEqual(names(evicted), ['c']);
      assert.equal((await store.find(idOf('c')))?.record.revoked, 'too_many_sessions');
      assert.deepEqual(names(await store.sessions('ada')), ['b', 'd', 'e']);
    },
  },
  {
    name: 'does not count expired sessions when a user has too many',
    async check({ store, advance }) {
      await store.create(login('a', { maxSessionsPerUser: 2 }));
      await advance(60);
      await store.create(login('b', { maxSessionsPerUser: 2 }));
      await advance(60);
      assert.deepEqual((await store.create(login('c', { maxSessionsPerUser: 2 }))).evicted, []);
      assert.deepEqual(names(await store.sessions('ada')), ['b', 'c']);
    },
  },
  {
    name: 'revokes no more sessions than necessary when several are created at once',
    async check({ store }) {
      const create = (name: string) => store.create(login(name, { maxSessionsPerUser: 2 }));
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(create));
      assert.ok((await store.sessions('ada')).length >= 2);
      await create('g');
      assert.equal((await store.sessions('ada')).length, 2);
    },
  },
];
