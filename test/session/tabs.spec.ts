import { type AtomicStore, Session } from '../../src/core.js';
import { accessToken, ended, hangingRefresh, house, standing } from './support.js';

describe('sessions in several tabs', () => {
  it('[C-31] refresh once for an expiry that all meet in the same millisecond', async () => {
    const { server, open, clock } = house();
    const tabs = Array.from({ length: 10 }, () => open());
    tabs[0]?.session.logIn(server.logIn());
    await clock.advance(100);
    for (let round = 1; round <= 20; round++) {
      await clock.advance(54_000);
      expect(server.refreshes.length).withContext(`round ${round}`).toBe(round);
    }
    expect(server.reuseAlarms).toBe(0);
    expect(new Set(tabs.map(({ session }) => accessToken(session))).size).toBe(1);
  });

  it('refresh once without Web Locks, too', async () => {
    const { server, open, clock } = house({ locks: false });
    const tabs = Array.from({ length: 10 }, () => open());
    tabs[0]?.session.logIn(server.logIn());
    await clock.advance(100);
    await clock.advance(56_000);
    expect(server.refreshes.length).toBe(1);
    expect(tabs.every(({ session }) => session.freshToken())).toBeTrue();
  });

  it('[F45] finish a refresh of a closed tab, although the access token is still fresh', async () => {
    const { server, open, clock } = house({ locks: false, graceSeconds: 60 });
    const left = open();
    left.session.logIn(server.logIn());
    server.fail({ delayMs: Number.POSITIVE_INFINITY });
    left.session.updateToken().catch(() => undefined);
    await clock.advance(100);
    left.tab.freeze();
    const { session } = open();
    await clock.advance(13_000);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
    expect(server.rotations).toBe(1);
  });

  it('log out together, with the reason', async () => {
    const { server, open, clock } = house();
    const [one, other] = [open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    one.session.logOut();
    await clock.advance(100);
    expect(other.session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'other_tab' }));
  });

  it('write nothing for an end that they find after its record is gone', async () => {
    const { server, open, clock } = house();
    const one = open();
    one.session.logIn(server.logIn());
    await clock.advance(100);
    const write = jasmine.createSpy('write');
    const other = open({}, ({ ports: { store } }) => ({
      store: { read: () => store.read(), write, remove: () => store.remove(), watch: () => () => undefined },
    }));
    await clock.advance(100);
    one.session.logOut();
    await clock.advance(100);
    expect(other.session.state.status).toBe('logged-in');
    write.calls.reset();
    await other.session.updateToken().catch(() => undefined);
    expect(other.session.state.status).toBe('logged-out');
    expect(write).not.toHaveBeenCalled();
  });

  it('[C-62] log out when site data is cleared, and do not restore the session', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    await browser.clearSiteData();
    await clock.advance(100);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'storage_cleared' }));
    await clock.advance(120_000);
    expect(tab.stored).toBeUndefined();
    expect(server.refreshes.length).toBe(0);
  });

  it('stay logged in when they hear of a removal after the next session was stored', async () => {
    const { server, open, clock } = house();
    let removed = (): void => undefined;
    const { session, tab } = open({}, ({ store }) => ({
      store: {
        ...store,
        watch: onChange => {
          removed = () => onChange(undefined);
          return () => undefined;
        },
      },
    }));
    await clock.advance(0);
    session.logIn(server.logIn());
    removed();
    expect(session.freshToken()).toBeDefined();
    tab.store.remove();
    removed();
    expect(ended(session)).toBe('storage_cleared');
  });

  it('[C-32] are delayed by a frozen lock holder for a bounded time', async () => {
    const { clock, one, other } = await hangingRefresh();
    await clock.advance(1);
    one.tab.freeze();
    const waiting = other.session.updateToken();
    await clock.advance(12_500);
    expect((await standing(waiting)).value?.refreshToken).toBe('rt-0-1');
  });

  it('release callers whose refresh was done by another tab', async () => {
    const { server, open, clock, browser } = house();
    const one = open();
    const tokens = one.session.logIn(server.logIn());
    await clock.advance(100);
    const tab = browser.openTab();
    let slow = false;
    const atomicStore: AtomicStore = {
      update: async change => {
        if (slow) await new Promise<void>(resolve => clock.after(1500, resolve));
        return browser.atomicStore.update(change);
      },
    };
    const session = new Session({ refresh: { url: '/auth/login' } }, { ...tab.ports, atomicStore });
    await clock.advance(1100);
    slow = true;
    server.fail({ delayMs: 10 });
    void one.session.updateToken();
    const other = session.updateToken();
    await clock.advance(1100);
    const adopted = accessToken(session) ?? '';
    expect(adopted).not.toBe(tokens.accessToken);
    const waiting = session.getFreshToken({ rejected: adopted });
    await clock.advance(2500);
    expect((await standing(other)).value?.accessToken).toBe(adopted);
    await clock.advance(5000);
    expect((await standing(waiting)).value?.refreshToken).toBe('rt-0-2');
  });
});
