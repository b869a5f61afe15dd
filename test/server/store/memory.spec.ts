import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { memoryStore, type NewSession, storeContract } from '../../../src/server.js';
import { testClock } from '../support/test-clock.js';

const login = (id: string, sub = 'ada'): NewSession => ({
  id,
  sub,
  scope: '',
  authenticationAgeSeconds: 0,
  idleLifetimeSeconds: 50,
  absoluteLifetimeSeconds: 100,
  maxSessionsPerUser: 10,
  meta: {},
});

describe('a memory store', () => {
  for (const { name, check } of storeContract) {
    it(name, async () => {
      const clock = testClock();
      const store = memoryStore({ clock });
      await check({ store, advance: clock.advance });
      store.close();
      expect().nothing();
    });
  }

  it('[S-34] drops the least recently refreshed session first when it is full', async () => {
    const store = memoryStore({ maxSessions: 2, clock: testClock() });
    await store.create(login('first'));
    await store.create(login('second'));
    await store.rotate('first', { generation: 1, graceSeconds: 0, idleLifetimeSeconds: 50 });
    await store.create(login('third'));
    expect(await store.find('second')).toBeUndefined();
    expect((await store.sessions('ada')).map(({ id }) => id)).toEqual(['first', 'third']);
    store.close();
  });

  it('[S-34] drops revoked sessions before live ones when it is full', async () => {
    const store = memoryStore({ maxSessions: 3, clock: testClock() });
    await store.create(login('of bob', 'bob'));
    for (const id of ['1', '2', '3', '4', '5']) await store.create({ ...login(id), maxSessionsPerUser: 1 });
    expect((await store.sessions('bob')).map(({ id }) => id)).toEqual(['of bob']);
    expect((await store.sessions('ada')).map(({ id }) => id)).toEqual(['5']);
    expect(await store.find('3')).toBeUndefined();
    expect((await store.find('4'))?.record.revoked).toBe('too_many_sessions');
    store.close();
  });

  it('[S-34] drops expired sessions with a timer', async () => {
    jasmine.clock().install();
    const clock = testClock();
    const store = memoryStore({ clock, sweepIntervalSeconds: 60 });
    await store.create(login('record'));
    clock.advance(100);
    jasmine.clock().tick(60_000);
    clock.advance(-100);
    expect(await store.find('record')).toBeUndefined();
    store.close();
    jasmine.clock().uninstall();
  });

  it('keeps a revoked and an idle session until the absolute expiry', async () => {
    const clock = testClock();
    const store = memoryStore({ clock });
    await store.create(login('record'));
    await store.revoke('record', 'logged_out');
    clock.advance(99);
    expect((await store.find('record'))?.record.revoked).toBe('logged_out');
    clock.advance(1);
    expect(await store.find('record')).toBeUndefined();
    store.close();
  });

  it('[S-34] warns in production', async () => {
    const warning = spyOn(process, 'emitWarning');
    memoryStore().close();
    expect(warning).not.toHaveBeenCalled();
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    memoryStore().close();
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
    expect(warning).toHaveBeenCalledTimes(1);
  });

  it('[S-34] does not keep the process alive', async () => {
    const script = `import { memoryStore } from './src/server.ts'; memoryStore();`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const ended = await promisify(execFile)(process.execPath, args, { timeout: jasmine.DEFAULT_TIMEOUT_INTERVAL });
    expect(ended.stdout).toBe('');
  });
});
