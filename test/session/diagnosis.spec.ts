import { SessionDiagnosis } from '../../src/session/diagnosis.js';
import { unknownState } from '../../src/session/session-state.js';
import { accessToken, ended, house, rejection, standing } from './support.js';

describe('a diagnosis', () => {
  it('reports how the session ended', async () => {
    const { open, server, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    server.fail({ status: 503 });
    await standing(session.updateToken());
    expect(session.diagnose()).toEqual(
      jasmine.objectContaining({
        status: 'logged-in',
        failuresInARow: 1,
        hasRefreshToken: true,
        environment: { storage: 'test' },
      }),
    );
    server.revoke();
    await clock.advance(61_000);
    const { status, endedBecause, transitions } = session.diagnose();
    expect({ status, endedBecause }).toEqual({ status: 'logged-out', endedBecause: 'refused' });
    expect(transitions.map(({ event, because }) => `${event} ${because ?? ''}`.trim())).toEqual([
      'restored none',
      'logged-in',
      'refresh-started',
      'refresh-postponed refresh_postponed 503',
      'refresh-started',
      'refresh-failed refresh_refused 400 invalid_grant',
    ]);
  });

  it('reports when the access token expires, and when a failed refresh is retried', async () => {
    const { open, server, clock } = house({ accessTokenLifetimeSeconds: 600 });
    const { session } = open();
    session.logIn(server.logIn());
    expect(session.diagnose().accessTokenExpiresInSeconds).toBe(600);
    await clock.advance(200_000);
    server.fail({ status: 503, headers: { 'Retry-After': '30' } });
    await standing(session.updateToken());
    await clock.advance(10_000);
    const { accessTokenExpiresInSeconds, retryInSeconds } = session.diagnose();
    expect({ accessTokenExpiresInSeconds, retryInSeconds }).toEqual({
      accessTokenExpiresInSeconds: 390,
      retryInSeconds: 20,
    });
  });

  it('[C-07] contains no token', async () => {
    const { open, server } = house();
    const { session } = open();
    const { accessToken, refreshToken } = session.logIn(server.logIn('sentinel-subject'));
    await session.updateToken();
    const report = JSON.stringify(session.diagnose());
    expect(report).not.toContain(accessToken);
    expect(report).not.toContain(refreshToken as string);
    expect(report).not.toContain('sentinel-subject');
  });

  it('reports the offset of the server’s clock', async () => {
    const { open, server } = house();
    server.skewClock(7200_000);
    const { session } = open();
    session.logIn(server.logIn());
    await session.updateToken();
    expect(session.diagnose().clockOffsetSeconds).toBe(7200);
  });

  it('contains the latest fifty transitions', async () => {
    const { open, server } = house();
    const { session } = open();
    session.logIn(server.logIn());
    for (let round = 0; round < 40; round++) await session.updateToken();
    expect(session.diagnose().transitions.length).toBe(50);
  });
});

describe('a diagnosis before the session was restored', () => {
  it('reports that nothing is known', () => {
    const session = { state: unknownState, serverOffsetMs: undefined, now: () => 0, subscribe: () => undefined };
    const report = new SessionDiagnosis(session, () => ({})).report();
    expect(report).toEqual({ status: 'unknown', environment: {}, transitions: [] });
  });
});

describe('revocation', () => {
  const revocation = { url: '/auth/revoke', parameters: { client_id: 'shop' } };

  it('[C-34] follows a logout, which does not wait for it', async () => {
    const { open, server, clock } = house();
    const { session } = open({ revocation });
    session.logIn(server.logIn());
    server.goOffline();
    session.logOut();
    expect(session.state.status).toBe('logged-out');
    await clock.advance(100);
    server.goOnline();
    await clock.advance(1000);
    expect(server.calls.map(({ url, body }) => [new URL(url).pathname, body])).toEqual([
      ['/auth/revoke', 'client_id=shop&token=rt-0-0&token_type_hint=refresh_token'],
      ['/auth/revoke', 'client_id=shop&token=rt-0-0&token_type_hint=refresh_token'],
    ]);
  });

  it('[V14] is sent as the logout request that a server expects', async () => {
    const { open, server, clock } = house();
    const { session } = open({
      revocation: {
        url: '/auth/logout',
        method: 'DELETE',
        headers: { 'Content-Type': 'application/json' },
        refreshTokenParameter: 'refresh',
        parameters: { token_type_hint: undefined, all: true },
        header: ({ accessToken: token }) => ['Authorization', `Bearer ${token}`],
      },
    });
    const { accessToken } = session.logIn(server.logIn());
    session.logOut();
    await clock.advance(100);
    const [{ method, headers, body } = { method: '', headers: new Headers(), body: '' }] = server.calls;
    expect([method, headers.get('Content-Type'), headers.get('Authorization'), JSON.parse(body)]).toEqual([
      'DELETE',
      'application/json',
      `Bearer ${accessToken}`,
      { refresh: 'rt-0-0', all: true },
    ]);
  });

  for (const [status, requests] of [
    [200, 1],
    [400, 1],
    [404, 1],
    [429, 4],
    [500, 4],
    [503, 4],
  ] as const) {
    it(`is sent ${requests === 1 ? 'once' : 'four times within 36 seconds'} if the server responds with ${status}`, async () => {
      const { open, server, clock } = house();
      const fetch = jasmine.createSpy('fetch').and.callFake(async () => new Response('', { status }));
      const { session } = open({ revocation }, () => ({ fetch }));
      session.logIn(server.logIn());
      session.logOut();
      await clock.advance(36_000);
      expect(fetch).toHaveBeenCalledTimes(requests);
      // The page may be left right after the logout.
      expect(fetch).toHaveBeenCalledWith(jasmine.anything(), jasmine.objectContaining({ keepalive: true }));
      await clock.advance(600_000);
      expect(fetch).toHaveBeenCalledTimes(requests);
    });
  }

  it('stops retrying when the session object is disposed', async () => {
    const { open, server, clock } = house();
    const { session } = open({ revocation });
    session.logIn(server.logIn());
    server.goOffline();
    session.logOut();
    await clock.advance(100);
    session.dispose();
    await clock.advance(60_000);
    expect(server.calls.length).toBe(1);
    expect(clock.armed).toBe(0);
  });
});

describe('a record of a later version', () => {
  const later = JSON.stringify({ version: 2, epoch: 9e15, secret: 'x' });

  it('[C-64] is left alone, and ends the session of the older tab when that tab would have to refresh', async () => {
    const { open, server, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(10);
    browser.openTab().store.write(later);
    await browser.atomicStore.update(() => ({ record: JSON.parse(later) }));
    await clock.advance(10);
    expect(session.freshToken()).toBeDefined();
    await clock.advance(60_000);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'newer_version' }));
    expect(tab.stored).toBe(later);
    let record: unknown;
    await browser.atomicStore.update(value => {
      record = value;
      return value;
    });
    expect(record).toEqual({ record: JSON.parse(later) });
  });
});

describe('a record of a later version in a page of this one', () => {
  const later = { version: 2, epoch: 9e15, secret: 'x' };

  it('[C-64] outlasts a login, which stays in this tab', async () => {
    const { open, server, clock, browser } = house();
    browser.openTab().store.write(JSON.stringify(later));
    await browser.atomicStore.update(() => ({ record: later }));
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    expect(session.freshToken()).toBeDefined();
    expect(tab.stored).toBe(JSON.stringify(later));
    expect(await rejection(session.updateToken())).toBe('refresh_refused');
    expect(ended(session)).toBe('newer_version');
  });

  it('[C-64] is removed when the user logs out', async () => {
    const { open, server, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(10);
    browser.openTab().store.write(JSON.stringify(later));
    await clock.advance(10);
    expect(accessToken(session)).toBeDefined();
    session.logOut();
    await clock.advance(10);
    expect(tab.stored).toBeUndefined();
  });
});

describe('a prerendered page', () => {
  it('[F84] does not refresh until it is visible', async () => {
    const { open, server, clock } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    tab.active = false;
    await clock.advance(61_000);
    const waiting = session.getFreshToken();
    expect((await standing(waiting)).pending).toBeTrue();
    expect(server.refreshes.length).toBe(0);
    tab.active = true;
    tab.wake();
    expect((await standing(waiting)).value?.refreshToken).toBe('rt-0-1');
    expect(server.refreshes.length).toBe(1);
  });
});
