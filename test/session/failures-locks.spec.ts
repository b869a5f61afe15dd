import { memoryAtomicStore, type SessionPorts } from '../../src/core.js';
import { accessToken, hangingRefresh, house, rejection, standing } from './support.js';

type Locks = NonNullable<SessionPorts['locks']>;

/** Locks whose first holder loses the lock a while after it was granted. */
function stolenAfter(delayMs: number, { after }: { after: SessionPorts['after'] }, locks: Locks): Locks {
  let stolen = false;
  return {
    request: (name, options, callback) => {
      if (stolen) return locks.request(name, options, callback);
      stolen = true;
      const turn = callback();
      turn.catch(() => undefined);
      return new Promise((_resolve, reject) => {
        after(delayMs, () => reject(new DOMException('Lock broken by another request', 'AbortError')));
      });
    },
  };
}

describe('a refresh and the lock of its tabs:', () => {
  for (const locks of [true, false]) {
    const row = locks ? 'F44' : 'F48';
    it(`[${row}] ten tabs begin one in the same millisecond, ${locks ? 'with' : 'without'} Web Locks`, async () => {
      const { server, open, clock } = house({ locks });
      const tabs = Array.from({ length: 10 }, () => open());
      tabs[0]?.session.logIn(server.logIn());
      await clock.advance(100);
      server.failAlways({ delayMs: 20 });
      for (let generation = 1; generation <= 5; generation++) {
        const updates = tabs.map(({ session }) => session.updateToken());
        await clock.advance(5000);
        const tokens = await Promise.all(updates);
        expect(new Set(tokens.map(token => token.accessToken)).size).toBe(1);
        expect(server.refreshes.length).toBe(generation);
      }
      expect(server.reuseAlarms).toBe(0);
    });
  }

  it('it opens the record that tabs share while it waits for the lock', async () => {
    const { server, open, clock } = house();
    const order: string[] = [];
    const { session } = open({}, ({ ports: { atomicStore, locks } }) => ({
      atomicStore: { ...atomicStore, open: () => order.push('open') },
      locks: locks && {
        request: (name, options, callback) => {
          order.push('request the lock');
          return locks.request(name, options, callback);
        },
      },
    }));
    session.logIn(server.logIn());
    await clock.advance(100);
    const updated = session.updateToken();
    expect(order).toEqual(['open', 'request the lock']);
    await clock.advance(100);
    await updated;
  });

  it('[F76] its requests do not wait until the tokens are stored, but the next tab does', async () => {
    const { server, open, clock } = house();
    let stored = (): void => undefined;
    const settled = () => new Promise<void>(resolve => (stored = resolve));
    const one = open({}, ({ ports: { atomicStore } }) => ({ atomicStore: { ...atomicStore, settled } }));
    const other = open();
    one.session.logIn(server.logIn());
    await clock.advance(100);
    const update = one.session.updateToken();
    await clock.advance(10);
    expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    const next = other.session.updateToken();
    await clock.advance(1000);
    expect(await standing(next)).toEqual({ pending: true });
    stored();
    await clock.advance(10);
    expect((await standing(next)).value?.refreshToken).toBe('rt-0-2');
    expect(server.reuseAlarms).toBe(0);
  });

  it('[F76] the next tab waits longer if they could be written to web storage only', async () => {
    const { server, open, clock } = house();
    let isShared = true;
    const one = open({}, ({ ports: { atomicStore } }) => ({
      atomicStore: {
        ...atomicStore,
        isShared: () => isShared,
        settled: async () => {
          isShared = false;
        },
      },
    }));
    const other = open();
    one.session.logIn(server.logIn());
    await clock.advance(100);
    const update = one.session.updateToken();
    const next = other.session.updateToken();
    await clock.advance(200);
    expect([(await standing(update)).pending, (await standing(next)).pending]).toEqual([undefined, true]);
    await clock.advance(200);
    expect((await standing(next)).value?.refreshToken).toBe('rt-0-1');
  });

  it('[F45] its tab is closed: the next tab presents the token again, at once', async () => {
    const { server, clock, one, other } = await hangingRefresh();
    await clock.advance(100);
    one.tab.close();
    const tokens = other.session.updateToken();
    await clock.advance(10);
    expect((await standing(tokens)).value?.refreshToken).toBe('rt-0-1');
    expect(server.reuseAlarms).toBe(0);
  });

  /** A page of the origin that holds the lock for good. */
  async function heldLock(isShared: boolean) {
    const all = house();
    const { session, tab } = all.open({}, ({ ports: { atomicStore } }) => ({
      atomicStore: { ...atomicStore, isShared: () => isShared },
    }));
    session.logIn(all.server.logIn());
    await all.clock.advance(100);
    const { locks, lockName } = all.browser.openTab().ports;
    const forever = () => new Promise<never>(() => undefined);
    locks?.request(lockName, { signal: new AbortController().signal }, forever).catch(() => undefined);
    await all.clock.advance(1);
    return { ...all, session, tab };
  }

  it('[R11] another page holds its lock for good: a request waits for less than three seconds', async () => {
    const { session, server, clock } = await heldLock(true);
    const waiting = session.getFreshToken({ rejected: accessToken(session) ?? '' });
    await clock.advance(2000);
    expect(await rejection(waiting)).toBe('pending');
    await clock.advance(1000);
    expect((await standing(waiting)).value?.refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(1);
  });

  it('[R11] another page holds its lock for good, and nothing else tells tabs apart: it waits as long as a refresh may take', async () => {
    const { session, clock } = await heldLock(false);
    const update = session.updateToken();
    await clock.advance(9900);
    expect(await rejection(update)).toBe('pending');
    await clock.advance(400);
    expect(await rejection(update)).toBe('resolved');
  });

  it('[F113] the lock is all that tells tabs apart: a refresh that has just reached web storage is not repeated', async () => {
    const { server, open, clock } = house({ propagationMs: 200 });
    const alone = () => ({ atomicStore: { ...memoryAtomicStore(), isShared: () => false } });
    const [one, other] = [open({}, alone), open({}, alone)];
    one.session.logIn(server.logIn());
    await clock.advance(500);
    server.fail({ delayMs: 1000 });
    const updates = [one.session.updateToken(), other.session.updateToken()];
    await clock.advance(3000);
    const tokens = await Promise.all(updates);
    expect(tokens.map(({ refreshToken: token }) => token)).toEqual(['rt-0-1', 'rt-0-1']);
    expect([server.refreshes.length, server.reuseAlarms]).toEqual([1, 0]);
  });

  it('[R11] a slow refresh of another tab holds its lock: it is not repeated', async () => {
    const { server, open, clock } = house();
    const [one, other] = [open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: 8000 });
    const updates = [one.session.updateToken(), other.session.updateToken()];
    await clock.advance(8500);
    const tokens = await Promise.all(updates);
    expect(tokens.map(({ refreshToken: token }) => token)).toEqual(['rt-0-1', 'rt-0-1']);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F46] its tab is frozen under the lock: others wait for a bounded time, and it adopts their tokens', async () => {
    const { server, open, clock } = house({ graceSeconds: 60 });
    const [one, two, three] = [open(), open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: Number.POSITIVE_INFINITY });
    one.session.updateToken().catch(() => undefined);
    await clock.advance(1);
    one.tab.freeze();
    const updates = [two.session.updateToken(), three.session.updateToken()];
    await clock.advance(12_500);
    for (const update of updates) expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(2);
    await clock.advance(60_000);
    one.tab.thaw();
    await clock.advance(5000);
    expect(accessToken(one.session)).toBe(accessToken(two.session));
    expect(server.reuseAlarms).toBe(0);
  });

  it('[F47] its lock is stolen: it is finished', async () => {
    const { server, open, clock } = house({ graceSeconds: 60 });
    const one = open({}, ({ ports: { locks, after } }) => ({
      locks: locks && stolenAfter(50, { after }, locks),
    }));
    const other = open();
    one.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: 200 });
    const update = one.session.updateToken();
    expect(await rejection(update)).toBe('pending');
    await clock.advance(200);
    expect((await update).refreshToken).toBe('rt-0-1');
    await clock.advance(100);
    expect(accessToken(other.session)).toBe(accessToken(one.session));
    expect(server.refreshes.length).toBe(1);
    expect(server.reuseAlarms).toBe(0);
  });

  for (const [when, untilMs, requests] of [
    ['is valid', 60_000, 0],
    ['has expired', 0, 1],
  ] as const) {
    it(`[F48] without locks, another tab has a lease that ${when}: ${requests} requests are sent`, async () => {
      const { server, open, clock, browser } = house({ locks: false });
      const { session } = open();
      session.logIn(server.logIn());
      await clock.advance(100);
      const since = clock.wall() - 1000;
      const lease = { by: 'another tab', since, until: clock.wall() + untilMs, underLock: false };
      await browser.atomicStore.update(value => ({ ...(value as object), lease }));
      session.updateToken().catch(() => undefined);
      await clock.advance(1000);
      expect(server.refreshes.length).toBe(requests);
      session.dispose();
    });
  }

  it('[F48] the browser blocks locks: the lease coordinates the tabs', async () => {
    const { server, open, clock } = house();
    const refused = () => ({
      locks: { request: () => Promise.reject(new DOMException('No locks for you', 'SecurityError')) },
    });
    const [one, other] = [open({}, refused), open({}, refused)];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: 300 });
    const updates = [one.session.updateToken(), other.session.updateToken()];
    await clock.advance(1000);
    expect((await Promise.all(updates)).map(({ refreshToken: token }) => token)).toEqual(['rt-0-1', 'rt-0-1']);
    expect(server.refreshes.length).toBe(1);
  });

  for (const locks of [true, false]) {
    for (const act of ['logOut', 'dispose'] as const) {
      it(`settles at once for callers in the queue ${locks ? 'with' : 'without'} Web Locks: ${act}`, async () => {
        const { server, open, clock } = house({ locks });
        const [one, other] = [open(), open()];
        one.session.logIn(server.logIn());
        await clock.advance(100);
        server.fail({ delayMs: 5000 });
        one.session.updateToken().catch(() => undefined);
        await clock.advance(1);
        const waiting = other.session.updateToken();
        await clock.advance(1);
        other.session[act]();
        expect(await rejection(waiting)).toBe('refresh_discarded');
        one.session.dispose();
        other.session.dispose();
        await clock.advance(0);
        expect(server.refreshes.length).toBe(1);
      });
    }
  }
});
