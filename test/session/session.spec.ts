import { Session, tokenResponse } from '../../src/core.js';
import { accessToken, code, house, standing } from './support.js';

describe('a session', () => {
  it('starts logged out without a stored session', () => {
    const { session } = house().open();
    expect(session.state).toEqual({ status: 'logged-out', epoch: 0, ended: 'none' });
  });

  it('holds the tokens of a login', () => {
    const { server, open } = house();
    const { session } = open();
    const tokens = session.logIn(server.logIn());
    expect(session.freshToken()).toBe(tokens);
    expect(session.state.status).toBe('logged-in');
  });

  it('stays unchanged when a login response contains no token', () => {
    const { server, open } = house();
    const { session } = open();
    session.logIn(server.logIn());
    const { state } = session;
    expect(() => session.logIn({ error: 'nope' })).toThrowMatching(error => code(error) === 'invalid_token_response');
    expect(session.state).toBe(state);
  });

  it('is restored at once on the next page load, without a request', () => {
    const { server, open } = house();
    const first = open();
    first.session.logIn(server.logIn());
    const second = open();
    expect(accessToken(second.session)).toBe(accessToken(first.session));
    expect(server.requests.length).toBe(0);
  });

  it('is stored although the response is only a token', () => {
    const { open } = house();
    const readTokenResponse = (body: unknown) => tokenResponse({ access_token: body });
    const { session } = open({ readTokenResponse });
    session.logIn('access');
    expect(session.freshToken()?.response).toBe('access');
    expect(accessToken(open({ readTokenResponse }).session)).toBe('access');
  });

  it('keeps properties of a response that the next one omits, if configured', async () => {
    const { open, server } = house();
    const { session } = open({ keepResponseProperties: true });
    session.logIn({ ...server.logIn(), plan: 'gold' });
    const { response, accessToken: token } = await session.updateToken();
    expect(response).toEqual(jasmine.objectContaining({ plan: 'gold', access_token: token }));
  });

  it('refreshes on page load when only the access token has expired, and is ready afterwards', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const first = open();
    first.session.logIn(server.logIn());
    first.session.dispose();
    await clock.advance(11_000);
    const { session } = open();
    expect(session.freshToken()).toBeUndefined();
    await clock.advance(0);
    await session.ready;
    expect(session.freshToken()).toBeDefined();
    expect(server.refreshes.length).toBe(1);
  });

  it('refreshes by timer before each expiry', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    for (let second = 0; second < 120; second++) {
      await clock.advance(1000);
      const token = await session.getFreshToken();
      await server.fetch('https://api.example/', { headers: { Authorization: `Bearer ${token.accessToken}` } });
    }
    expect(server.refreshes.length).toBe(13);
    expect(server.calls.filter(({ status, expired }) => status !== 200 || expired)).toEqual([]);
  });

  it('posts the grant as JSON, with the previous bearer token', async () => {
    const { server, open } = house();
    const { session } = open({ refresh: { url: '/auth/login', parameters: { client_id: 'shop' } } });
    const before = session.logIn(server.logIn());
    await session.updateToken();
    const [refresh] = server.refreshes;
    expect(refresh?.body).toBe('{"grant_type":"refresh_token","client_id":"shop","refresh_token":"rt-0-0"}');
    expect(refresh?.headers.get('Authorization')).toBe(`Bearer ${before.accessToken}`);
    expect(refresh?.headers.get('Content-Type')).toBe('application/json');
  });

  it('posts a form if that content type is configured', async () => {
    const { server, open } = house();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const { session } = open({ refresh: { url: '/auth/login', headers, sendAccessToken: false } });
    session.logIn(server.logIn());
    await session.updateToken();
    expect(server.refreshes[0]?.body).toBe('grant_type=refresh_token&refresh_token=rt-0-0');
    expect(server.refreshes[0]?.headers.has('Authorization')).toBeFalse();
  });

  it('[C-38] keeps the refresh token when the server returns none', async () => {
    const { server, open } = house({ rotation: false });
    const { session } = open();
    session.logIn(server.logIn());
    server.fail({ edit: ({ refresh_token: _omitted, ...body }) => body });
    expect((await session.updateToken()).refreshToken).toBe('rt-0-0');
    await session.updateToken();
    expect(server.rotations).toBe(2);
  });

  it('discards the response to a login that began before a logout', () => {
    const { server, open } = house();
    const { session } = open();
    const [first, other] = [session.beginLogIn(), session.beginLogIn()];
    first(server.logIn());
    session.logOut();
    expect(() => other(server.logIn())).toThrowMatching(error => code(error) === 'session_ended');
    expect(session.state.status).toBe('logged-out');
    session.beginLogIn()(server.logIn());
    expect(session.state.status).toBe('logged-in');
  });

  it('accepts the response to a login that began before an earlier session expired', async () => {
    const { server, open, clock } = house();
    const { session } = open({ refresh: undefined });
    session.logIn(server.logIn());
    const logIn = session.beginLogIn();
    await clock.advance(61_000);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'expired' }));
    logIn(server.logIn());
    expect(session.state.status).toBe('logged-in');
  });

  it('stays logged out when a refresh returns after logout', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    server.fail({ delayMs: 500 });
    const update = session.updateToken();
    await clock.advance(100);
    session.logOut();
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'requested' }));
    expect(code((await standing(update)).error)).toBe('refresh_discarded');
    await clock.advance(5000);
    expect(session.state.status).toBe('logged-out');
    expect(tab.stored).toBeUndefined();
    expect(browser.openTab().stored).toBeUndefined();
  });

  it('keeps the second user when the first one’s refresh returns after the second one’s login', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn('ann'));
    server.fail({ delayMs: 500 });
    const update = session.updateToken();
    await clock.advance(100);
    const bob = session.logIn(server.logIn('bob'));
    expect(code((await standing(update)).error)).toBe('refresh_discarded');
    await clock.advance(5000);
    expect(session.freshToken()).toBe(bob);
  });

  it('ends only by the server’s refusal', async () => {
    const { server, open } = house();
    const { session } = open();
    session.logIn(server.logIn());
    server.revoke();
    expect(code((await standing(session.updateToken())).error)).toBe('refresh_refused');
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
  });

  for (const [what, fault] of Object.entries({
    'a connection that breaks': { drop: 'before' },
    'status 503': { status: 503, body: { error: 'temporarily_unavailable' } },
    'status 429': { status: 429, body: '' },
    'an HTML page': { status: 200, body: '<html>Log in to the hotel</html>' },
    'an empty object': { status: 200, body: {} },
    'a firewall’s 403': { status: 403, body: '<html>', headers: { 'Content-Type': 'text/html' } },
  } as const)) {
    it(`is kept through ${what}`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      session.logIn(server.logIn());
      server.fail(fault);
      expect(code((await standing(session.updateToken())).error)).toBe('refresh_postponed');
      expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', degraded: jasmine.anything() }));
      await clock.advance(10_000);
      expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
      expect(session.freshToken()).toBeDefined();
    });
  }

  it('[C-39] retries soon after a lost response, although its access token is still fresh', async () => {
    const { server, open, clock } = house({ graceSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    server.fail({ drop: 'after' });
    expect(code((await standing(session.updateToken())).error)).toBe('refresh_postponed');
    await clock.advance(9000);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
    expect(server.reuseAlarms).toBe(0);
  });

  it('begins a later epoch if an end was written while the clock was ahead', async () => {
    const { server, open, clock, browser } = house();
    const ahead = clock.now() + 3_600_000;
    await browser.atomicStore.update(() => ({ record: { version: 1, epoch: ahead, ended: 'requested' } }));
    const { session } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 0 }));
    expect(session.diagnose().epoch).toBeGreaterThan(ahead);
    await clock.advance(60_000);
    expect(session.freshToken()?.refreshToken).toBe('rt-0-1');
  });

  it('keeps a user who signs in while a record is read that was written while the clock was ahead', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn('ann'));
    await clock.advance(100);
    const ahead = clock.now() + 3_600_000;
    await browser.atomicStore.update(() => ({ record: { version: 1, epoch: ahead, ended: 'requested' } }));
    tab.wake();
    session.logIn(server.logIn('bob'));
    await clock.advance(100);
    expect(session.freshToken()?.claims?.['sub']).toBe('bob');
  });

  it('continues, and reports an error, if the atomic store does nothing', async () => {
    const { server, open, clock } = house();
    const { session, faults } = open({}, () => ({ atomicStore: { update: () => Promise.resolve() } }));
    session.logIn(server.logIn());
    await clock.advance(100);
    expect(session.freshToken()).toBeDefined();
    expect(faults.length).toBeGreaterThan(0);
    expect(code((await standing(session.updateToken())).error)).toBe('refresh_postponed');
  });

  it('replaces a rejected token of unknown lifetime', async () => {
    const { open } = house();
    const { session } = open();
    const tokens = session.logIn({ access_token: 'opaque', refresh_token: 'rt-0-0' });
    expect(await session.getFreshToken({ rejected: 'an older one' })).toBe(tokens);
  });

  it('reads the option `automatic` when its timer fires', async () => {
    const { server, browser, clock } = house();
    const options = { automatic: true, refresh: { url: '/auth/login' } };
    const session = new Session(options, browser.openTab().ports);
    session.logIn(server.logIn());
    options.automatic = false;
    await clock.advance(59_999);
    expect(server.refreshes).toEqual([]);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'expired' }));
  });

  it('ends at expiry without a refresh token', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open();
    const { refresh_token: _none, ...body } = server.logIn();
    session.logIn(body);
    await clock.advance(9_999);
    expect(session.freshToken()).toBeDefined();
    await clock.advance(1);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'expired' }));
  });

  it('uses a token of unknown lifetime until a server rejects it', async () => {
    const { open, clock } = house();
    const { session } = open();
    session.logIn({ access_token: 'opaque', refresh_token: 'rt-0-0' });
    await clock.advance(40 * 24 * 3600_000);
    expect(session.freshToken()?.accessToken).toBe('opaque');
  });

  it('uses expires_in for an opaque token', async () => {
    const { open, clock, server } = house();
    const { session } = open();
    session.logIn({ access_token: 'opaque', refresh_token: server.logIn()['refresh_token'], expires_in: 100 });
    await clock.advance(89_999);
    expect(server.refreshes.length).toBe(0);
    await clock.advance(1);
    expect(server.refreshes.length).toBe(1);
  });

  it('uses exp and iat of a JWT without expires_in', async () => {
    const { open, clock, server } = house({ accessTokenLifetimeSeconds: 100 });
    const { session, tab } = open();
    tab.skewMs = 3 * 3600_000;
    const { expires_in: _unsaid, ...body } = server.logIn();
    session.logIn(body);
    await clock.advance(89_999);
    expect(server.refreshes.length).toBe(0);
    await clock.advance(1);
    expect(server.refreshes.length).toBe(1);
  });

  it('detects an expired token after sleep, regardless of the monotonic clock', async () => {
    const { open, clock, server } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.sleep(8 * 3600_000);
    expect(session.freshToken()).toBeUndefined();
    tab.wake();
    await session.getFreshToken();
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-37] discards an unusable response and keeps the stored session', async () => {
    const { open, server } = house();
    const opened = open();
    opened.session.logIn(server.logIn());
    const stored = opened.tab.stored;
    server.fail({ status: 200, body: { access_token: 7 } });
    await standing(opened.session.updateToken());
    expect(opened.tab.stored).toBe(stored);
  });

  it('leaves no timer after a logout, in any tab', async () => {
    const { open, server, clock } = house();
    const [{ session }] = [open(), open()];
    session.logIn(server.logIn());
    await clock.advance(100);
    expect(clock.armed).toBe(2);
    session.logOut();
    await clock.advance(100);
    expect(clock.armed).toBe(0);
  });

  it('[C-73] leaves no timers and listeners after dispose()', async () => {
    const { open, clock, server } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const waiting = session.getFreshToken();
    await clock.advance(1);
    session.dispose();
    expect(code((await standing(waiting)).error)).toBe('disposed');
    await clock.advance(500);
    expect(clock.armed).toBe(0);
    expect(tab.listeners).toBe(0);
  });
});
