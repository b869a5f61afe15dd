import { Session } from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { accessToken, ended, house, refreshToken, rejection, standing } from './support.js';
import { twoTabs } from './two-tabs.js';

describe('a refresh whose session object is disposed:', () => {
  it('its session object is disposed while it reads the record that tabs share: the record is ignored', async () => {
    const { server, open, clock } = house();
    const first = open();
    first.session.logIn(server.logIn());
    await clock.advance(100);
    let respond = (): void => undefined;
    const later = open({}, ({ ports: { atomicStore } }) => ({
      atomicStore: {
        update: change =>
          new Promise(resolve => {
            respond = () => resolve(atomicStore.update(change));
          }),
      },
    }));
    await clock.advance(0);
    later.session.dispose();
    await first.session.updateToken();
    respond();
    await clock.advance(100);
    expect([refreshToken(first.session), refreshToken(later.session)]).toEqual(['rt-0-1', 'rt-0-0']);
  });

  it('[F45] its session object is disposed: the next one waits for its tokens', async () => {
    const { server, open, clock } = house({ graceSeconds: 60 });
    const [one, other] = [open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: 5000 });
    one.session.updateToken().catch(() => undefined);
    await clock.advance(10);
    const update = other.session.updateToken();
    one.session.dispose();
    await clock.advance(5000);
    expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(1);
  });

  for (const locks of [true, false]) {
    it(`[R13] its session object is disposed: it is finished and stored, ${locks ? 'with' : 'without'} Web Locks`, async () => {
      // A strict server: a refresh token that is presented twice ends the session.
      const { server, open, clock } = house({ locks });
      const { session, tab, changes } = open();
      session.logIn(server.logIn());
      await clock.advance(100);
      server.fail({ delayMs: 500 });
      const update = session.updateToken();
      const waiting = session.getFreshToken({ rejected: accessToken(session) ?? '' });
      await clock.advance(10);
      const { length } = changes;
      session.dispose();
      expect([await rejection(update), await rejection(waiting)]).toEqual(['refresh_discarded', 'disposed']);
      await clock.advance(1000);
      expect(tab.stored).toContain('rt-0-1');
      expect(changes.length).toBe(length);
      expect([clock.armed, tab.listeners]).toEqual([0, 0]);
      const next = open();
      expect(refreshToken(next.session)).toBe('rt-0-1');
      expect((await next.session.updateToken()).refreshToken).toBe('rt-0-2');
      expect(server.reuseAlarms).toBe(0);
    });
  }

  it('[R13] its session object is disposed: the next one in the page waits for it', async () => {
    const { server, open, clock } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: 500 });
    session.updateToken().catch(() => undefined);
    await clock.advance(10);
    session.dispose();
    const next = new Session({ refresh: { url: '/auth/login' } }, tab.ports);
    const update = next.updateToken();
    await clock.advance(1000);
    expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(1);
    expect(server.reuseAlarms).toBe(0);
  });

  it('[R13] its session object is disposed: a refusal ends the stored session', async () => {
    const { server, open, clock } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ status: 400, body: { error: 'invalid_grant' }, delayMs: 500 });
    session.updateToken().catch(() => undefined);
    await clock.advance(10);
    session.dispose();
    await clock.advance(1000);
    expect(tab.stored).toBeUndefined();
    expect(ended(open().session)).toBe('none');
  });

  it('[R13] is not begun by a session object that was disposed of, which takes no login and no logout either', async () => {
    const { server, open, clock } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    const { stored } = tab;
    session.dispose();
    expect(await rejection(session.updateToken())).toBe('refresh_discarded');
    session.logOut();
    session.logIn(server.logIn('bob'));
    await clock.advance(60_000);
    expect(server.refreshes).toEqual([]);
    expect(tab.stored).toBe(stored);
  });

  it('[R13] its session object is disposed before the request: nothing is sent', async () => {
    const { server, open } = house();
    const { session } = open();
    session.logIn(server.logIn());
    const update = session.updateToken();
    session.dispose();
    expect(await rejection(update)).toBe('refresh_discarded');
    await settled();
    expect(server.refreshes).toEqual([]);
  });

  it('rejects as discarded when the session object is disposed', async () => {
    const { session, clock, server } = await twoTabs();
    server.fail({ delayMs: 100 });
    const update = session.updateToken();
    await clock.advance(10);
    session.dispose();
    expect(await rejection(update)).toBe('refresh_discarded');
  });
});
