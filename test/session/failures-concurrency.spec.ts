import { type LoggedIn, memoryAtomicStore, type TokenSet } from '../../src/core.js';
import { accessToken, code, ended, house, refreshToken, rejection, standing } from './support.js';
import { expectEnd, meanwhile, recordIn, type TwoTabs, twoTabs } from './two-tabs.js';

describe('a refresh and concurrent events:', () => {
  for (const [what, act] of Object.entries(meanwhile)) {
    const moments: Record<string, (tabs: TwoTabs) => Promise<void>> = {
      'before it starts': async tabs => {
        act(tabs);
        tabs.session.updateToken().catch(() => undefined);
      },
      'as it starts': async tabs => {
        tabs.session.updateToken().catch(() => undefined);
        act(tabs);
      },
      'before the answer': async tabs => {
        tabs.session.updateToken().catch(() => undefined);
        await tabs.clock.advance(250);
        act(tabs);
      },
      'with the answer': async tabs => {
        tabs.session.updateToken().catch(() => undefined);
        await tabs.clock.advance(250);
        tabs.clock.after(250, () => act(tabs));
      },
      'before the commit': async tabs => {
        tabs.beforeCommit(() => act(tabs));
        tabs.session.updateToken().catch(() => undefined);
      },
      'after the commit': async tabs => {
        tabs.session.updateToken().catch(() => undefined);
        await tabs.clock.advance(500);
        act(tabs);
      },
    };
    for (const [when, go] of Object.entries(moments)) {
      it(`[F51] [F52] [F53] ${what} ${when}`, async () => {
        const tabs = await twoTabs();
        const { clock, server } = tabs;
        server.fail({ delayMs: 500 });
        await go(tabs);
        await clock.advance(20_000);
        expectEnd(what, tabs);
        await clock.advance(300_000);
        expectEnd(what, tabs);
      });
    }
  }

  it('[F43] a hundred callers share it, and get the same tokens', async () => {
    const { session, server } = await twoTabs();
    const tokens = await Promise.all(Array.from({ length: 100 }, () => session.updateToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F49] an older version of this library left the record: its unknown fields are kept', async () => {
    const { server, open, clock, browser } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    await browser.atomicStore.update(value => ({
      ...(value as object),
      record: { ...recordIn(value), later: 'kept' },
    }));
    await session.updateToken();
    let kept: unknown;
    await browser.atomicStore.update(value => {
      kept = recordIn(value)['later'];
      return value;
    });
    expect(kept).toBe('kept');
  });

  it('[F50] [C-32] listeners may call and await any method', async () => {
    const { session, server, clock, other } = await twoTabs();
    const seen: string[] = [];
    const note = async (tokens: Promise<TokenSet>) => seen.push((await tokens).refreshToken ?? '');
    session.subscribe(({ event }) => {
      if (event.type === 'refresh-started') void note(session.getFreshToken());
      if (event.type === 'refreshed' && seen.length === 0) void note(session.updateToken());
    });
    other.session.subscribe(({ event }) => {
      if (event.type === 'adopted') other.session.updateToken().catch(() => undefined);
    });
    const update = session.updateToken();
    await clock.advance(5000);
    expect((await standing(update)).pending).toBeUndefined();
    expect(seen.length).toBeGreaterThan(0);
    session.subscribe(({ event }) => {
      if (event.type === 'refresh-started') session.logOut();
    });
    const last = session.updateToken();
    expect(await rejection(last)).toBe('refresh_discarded');
    expect(ended(session)).toBe('requested');
    expect(server.reuseAlarms).toBe(0);
  });

  it('[F50] a listener that logs out: the others receive the logout after the earlier event', async () => {
    const { server, open } = house();
    const { session } = open();
    const seen: string[] = [];
    session.subscribe(({ event }) => {
      if (event.type === 'logged-in') session.logOut();
    });
    session.subscribe(({ event, state }) => seen.push(`${event.type} ${state.status}`));
    session.logIn(server.logIn());
    expect(session.state.status).toBe('logged-out');
    expect(seen).toEqual(['logged-in logged-in', 'logged-out logged-out']);
  });

  it('[F50] a listener that throws does not affect the others', async () => {
    const { session, faults } = await twoTabs();
    const mistake = new Error('mistake');
    const stop = session.subscribe(() => {
      throw mistake;
    });
    await session.updateToken();
    expect(session.freshToken()).toBeDefined();
    expect(new Set(faults)).toEqual(new Set([mistake]));
    stop();
  });

  it('[F55] [C-14] it returns another user’s tokens: the session ends, and they are discarded', async () => {
    const { session, server, tab, other, clock } = await twoTabs();
    server.fail({ edit: () => ({ ...server.logIn('eve') }) });
    expect(await rejection(session.updateToken())).toBe('subject_mismatch');
    await clock.advance(100);
    expect([ended(session), ended(other.session)]).toEqual(['subject_mismatch', 'subject_mismatch']);
    expect(tab.stored).toBeUndefined();
  });

  it('[F55] [C-14] it returns only another user’s access token, for a session with an id token: the session ends', async () => {
    const { session, server } = await twoTabs();
    const idToken = String(server.logIn('ann')['access_token']);
    session.logIn({ ...server.logIn('ann'), id_token: idToken });
    server.fail({ edit: () => server.logIn('eve') });
    expect(await rejection(session.updateToken())).toBe('subject_mismatch');
    expect(ended(session)).toBe('subject_mismatch');
  });

  it('[F56] a logout needs no network, and no token is sent afterwards', async () => {
    const { session, server, tab, other, clock, browser } = await twoTabs();
    server.goOffline();
    const update = session.updateToken();
    session.logOut();
    expect(ended(session)).toBe('requested');
    expect(session.freshToken()).toBeUndefined();
    expect(tab.stored).toBeUndefined();
    expect(await rejection(update)).toBe('refresh_discarded');
    server.goOnline();
    await clock.advance(600_000);
    expect(server.requests.filter(({ at }) => at > Date.UTC(2026, 0, 1) + 100)).toEqual([]);
    expect(ended(other.session)).toBe('other_tab');
    expect(browser.openTab().stored).toBeUndefined();
  });

  it('[F57] repeated logouts and logins end with the last login', async () => {
    const { session, server, clock, changes, other } = await twoTabs();
    session.logOut();
    session.logOut();
    expect(changes.filter(({ event }) => event.type === 'logged-out').length).toBe(1);
    session.logIn(server.logIn('bob'));
    session.logOut();
    session.logIn(server.logIn('cid'));
    other.session.logOut();
    session.logIn(server.logIn('dan'));
    await clock.advance(1000);
    expect(session.freshToken()?.claims?.['sub']).toBe('dan');
    expect(accessToken(other.session)).toBe(accessToken(session));
  });

  it('[C-20] a login as another user replaces all data of the first one before it is observable', async () => {
    const { session, server, tab, changes } = await twoTabs();
    const id = session.logIn({ ...server.logIn('ann'), id_token: 'secret-of-ann', scope: 'scope-of-ann' });
    expect(id.idToken).toBe('secret-of-ann');
    session.logIn(server.logIn('bob'));
    const { state } = changes[changes.length - 1] ?? {};
    expect(JSON.stringify(state)).not.toContain('of-ann');
    expect(tab.stored).not.toContain('of-ann');
  });

  it('[C-33] a response that arrives after the session was replaced is discarded, and its refresh token is revoked', async () => {
    const { server, open, clock } = house();
    const { session } = open({ revocation: { url: '/auth/revoke' } });
    session.logIn(server.logIn('ann'));
    server.fail({ delayMs: 100 });
    const update = session.updateToken();
    await clock.advance(100);
    session.logOut();
    expect(['refresh_discarded', 'resolved']).toContain(await rejection(update));
    await clock.advance(1000);
    expect(ended(session)).toBe('requested');
    expect(server.calls.some(({ body }) => body.includes('token=rt-0-'))).toBeTrue();
  });

  for (const [what, act] of Object.entries({ logout: meanwhile['logout'], login: meanwhile['login as B'] })) {
    for (const refused of [false, true]) {
      it(`[C-33] ${what} comes while the ${refused ? 'refusal' : 'response'} is stored`, async () => {
        const all = house();
        let due: (() => void) | undefined;
        const opened = all.open({ revocation: { url: '/auth/revoke' } }, ({ ports: { atomicStore } }) => ({
          atomicStore: {
            update: async change => {
              await atomicStore.update(change);
              if (all.server.refreshes.some(({ status }) => status !== undefined)) {
                const now = due;
                due = undefined;
                now?.();
              }
            },
          },
        }));
        const { session } = opened;
        const { server, clock } = all;
        session.logIn(server.logIn('ann'));
        due = () => act?.({ ...all, ...opened, other: opened, beforeCommit: () => undefined });
        if (refused) server.fail({ status: 400, body: { error: 'invalid_grant' } });
        const update = session.updateToken();
        expect(await rejection(update)).toBe('refresh_discarded');
        await clock.advance(1000);
        if (what === 'logout') expect(ended(session)).toBe('requested');
        else expect(session.freshToken()?.claims?.['sub']).toBe('bob');
        const revoked = server.calls.map(({ body }) => /token=(rt-0-\d)/.exec(body)?.[1]);
        if (!refused) expect(revoked).toContain('rt-0-1');
      });
    }
  }

  it('[C-33] its tokens are not revoked when the page has read them from the shared record', async () => {
    const all = house();
    let due = true;
    const opened = all.open({ revocation: { url: '/auth/revoke' } }, ({ ports: { atomicStore } }) => ({
      atomicStore: {
        update: async change => {
          await atomicStore.update(change);
          if (all.server.rotations === 0 || !due) return;
          due = false;
          opened.tab.wake();
        },
      },
    }));
    await all.clock.advance(0);
    opened.session.logIn(all.server.logIn());
    expect((await opened.session.updateToken()).refreshToken).toBe('rt-0-1');
    await all.clock.advance(1000);
    expect(opened.changes.map(({ event }) => event.type)).toEqual(['logged-in', 'refresh-started', 'adopted']);
    expect(all.server.calls).toEqual([]);
  });

  it('[F23] [C-36] it is refused, and the shared record has later tokens: they are adopted', async () => {
    const { session, server, clock, browser } = await twoTabs();
    server.fail({ status: 400, body: { error: 'invalid_grant' }, delayMs: 500 });
    const update = session.updateToken();
    await clock.advance(100);
    const later = { generation: 5, accessToken: 'later', refreshToken: 'rt-0-5' };
    await browser.atomicStore.update(value => ({ ...(value as object), record: { ...recordIn(value), ...later } }));
    await clock.advance(400);
    expect((await standing(update)).value?.accessToken).toBe('later');
  });

  it('it succeeds, and the shared record has a later login: that login is adopted', async () => {
    const { session, server, clock, browser } = await twoTabs();
    server.fail({ delayMs: 500 });
    const update = session.updateToken().then(() => 'resolved', code);
    await clock.advance(100);
    const later = { epoch: session.now() + 1, accessToken: 'later', refreshToken: 'rt-1-0' };
    await browser.atomicStore.update(value => ({ ...(value as object), record: { ...recordIn(value), ...later } }));
    await clock.advance(500);
    expect(await update).toBe('refresh_discarded');
    expect(accessToken(session)).toBe('later');
    await browser.atomicStore.update(value => {
      expect(Object(value).lease).toBeUndefined();
      return value;
    });
  });

  it('[F23] another tab has refreshed, and only storage contains it: no request is sent', async () => {
    const { server, open, clock } = house();
    const slow = open({}, ({ store: { read, write, remove } }) => ({
      atomicStore: memoryAtomicStore(),
      store: { read, write, remove },
    }));
    const fast = open({}, () => ({ atomicStore: memoryAtomicStore() }));
    slow.session.logIn(server.logIn());
    await clock.advance(100);
    await fast.session.updateToken();
    await clock.advance(100);
    expect((await slow.session.updateToken()).refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-40] consecutive callers share a failure for a second', async () => {
    const { session, server, clock } = await twoTabs();
    server.failAlways({ drop: 'before' });
    for (let round = 0; round < 5; round++) expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    expect(server.refreshes.length).toBe(1);
    await clock.advance(1100);
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    expect(server.refreshes.length).toBe(2);
  });

  it('[C-40] a caller retries a second after a failure, although the timer waits for longer', async () => {
    const { session, server, clock } = await twoTabs();
    server.failAlways({ drop: 'before' });
    await rejection(session.updateToken());
    await clock.advance(60_000);
    await rejection(session.updateToken());
    const sent = server.refreshes.length;
    const { degraded } = session.state as LoggedIn;
    expect(degraded?.retryAt).toBeGreaterThan(session.now() + 2000);
    expect((await standing(session.updateToken())).error).toBe(degraded?.error);
    await clock.advance(1100);
    expect(server.refreshes.length).toBe(sent);
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    expect(server.refreshes.length).toBe(sent + 1);
  });

  it('[F57] two tabs sign in within one millisecond: all tabs end with the same session', async () => {
    const { server, open, clock } = house();
    const tabs = [open(), open(), open()];
    tabs[0]?.session.logIn(server.logIn('ann'));
    tabs[1]?.session.logIn(server.logIn('bob'));
    await clock.advance(1000);
    expect(new Set(tabs.map(({ session }) => accessToken(session))).size).toBe(1);
    tabs[2]?.session.logOut();
    await clock.advance(1000);
    expect(tabs.map(({ session }) => ended(session))).toEqual(['other_tab', 'other_tab', 'requested']);
  });

  it('rejects without a session, or without a refresh token', async () => {
    const { open } = house();
    const { session } = open();
    expect(await rejection(session.updateToken())).toBe('no_session');
    expect(await rejection(session.getFreshToken())).toBe('no_session');
    session.logIn({ access_token: 'opaque' });
    expect(await rejection(session.updateToken())).toBe('no_refresh_token');
    expect(await rejection(session.getFreshToken({ rejected: 'opaque' }))).toBe('no_refresh_token');
  });
});

describe('tabs of a browser without IndexedDB', () => {
  it('refresh one after the other, and adopt the tokens of the first one', async () => {
    const { server, open, clock } = house();
    const alone = () => ({ atomicStore: memoryAtomicStore() });
    const [one, other] = [open({}, alone), open({}, alone)];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    await one.session.updateToken();
    await clock.advance(100);
    expect(refreshToken(other.session)).toBe('rt-0-1');
    await other.session.updateToken();
    await clock.advance(100);
    expect(refreshToken(one.session)).toBe('rt-0-2');
    one.session.logOut();
    await clock.advance(100);
    expect(ended(other.session)).toBe('other_tab');
  });
});
