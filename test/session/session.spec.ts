import { type AtomicStore, type AuthError, Session, tokenResponse } from '../../src/core.js';
import { accessToken, code, hangingRefresh, house, standing } from './support.js';

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

  it('[C-30] refreshes once for a thousand callers, who all get the same tokens', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    const callers = Array.from({ length: 1000 }, () => session.getFreshToken());
    const tokens = await Promise.all(callers);
    expect(new Set(tokens).size).toBe(1);
    expect(server.refreshes.length).toBe(1);
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

  it('times out on a refresh without response, and retries', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    server.fail({ delayMs: Number.POSITIVE_INFINITY });
    const update = session.updateToken();
    expect((await standing(update)).pending).toBeTrue();
    await clock.advance(10_000);
    expect(code((await standing(update)).error)).toBe('refresh_postponed');
  });

  it('lets a request wait through an outage, and resumes it afterwards', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    server.goOffline();
    await clock.advance(12_000);
    const waiting = session.getFreshToken();
    expect((await standing(waiting)).pending).toBeTrue();
    server.goOnline();
    await clock.advance(9_000);
    expect((await standing(waiting)).value?.accessToken).toBe(accessToken(session));
  });

  it('rejects a caller after ten seconds without a token', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    server.goOffline();
    await clock.advance(12_000);
    const waiting = session.getFreshToken();
    waiting.catch(() => undefined);
    await clock.advance(10_001);
    const { error } = await standing(waiting);
    expect(code(error)).toBe('refresh_postponed');
    expect((error as AuthError).retryable).toBeTrue();
    expect(session.state.status).not.toBe('logged-out');
  });

  it('sends an access token that is about to expire without a wait while refreshes fail', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    const tokens = session.logIn(server.logIn());
    server.failAlways({ status: 503 });
    await clock.advance(56_000);
    expect(session.freshToken()).toBeUndefined();
    expect((await standing(session.getFreshToken())).value).toBe(tokens);
    await clock.advance(4_000);
    const waiting = session.getFreshToken();
    expect((await standing(waiting)).pending).toBeTrue();
    waiting.catch(() => undefined);
  });

  it('reads the option `automatic` when its timer fires', async () => {
    const { server, open, clock } = house();
    const options = { automatic: true, refresh: { url: '/auth/login' } };
    const { tab } = open();
    const session = new Session(options, tab.ports);
    session.logIn(server.logIn());
    options.automatic = false;
    await clock.advance(59_999);
    expect(server.refreshes).toEqual([]);
    expect(session.state.status).toBe('logged-in');
    await clock.advance(1);
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'expired' }));
  });

  it('[C-72] rejects a wait in a prerendered page, which does not refresh, after ten seconds', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open({}, () => ({ isActive: () => false }));
    session.logIn(server.logIn());
    await clock.advance(12_000);
    const waiting = session.getFreshToken();
    waiting.catch(() => undefined);
    await clock.advance(9_999);
    expect((await standing(waiting)).pending).toBeTrue();
    await clock.advance(2);
    expect(code((await standing(waiting)).error)).toBe('refresh_postponed');
    expect(server.refreshes).toEqual([]);
  });

  it('gives each waiting caller its own ten seconds', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    server.goOffline();
    await clock.advance(12_000);
    const first = session.getFreshToken();
    await clock.advance(5_000);
    const second = session.getFreshToken();
    for (const one of [first, second]) one.catch(() => undefined);
    await clock.advance(5_001);
    expect(code((await standing(first)).error)).toBe('refresh_postponed');
    expect((await standing(second)).pending).toBeTrue();
    await clock.advance(5_000);
    expect(code((await standing(second)).error)).toBe('refresh_postponed');
  });

  it('needs no more timers for a thousand waiting callers than for one, and none afterwards', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const update = session.updateToken();
    const nobodyWaits = clock.armed;
    const controller = new AbortController();
    const wait = () => session.getFreshToken({ signal: controller.signal });
    const waiting = [wait()];
    const oneWaits = clock.armed;
    while (waiting.length < 1000) waiting.push(wait());
    expect(clock.armed).toBe(oneWaits);
    const outcomes = Promise.allSettled(waiting);
    controller.abort();
    expect(clock.armed).toBe(nobodyWaits);
    expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']));
    await clock.advance(500);
    expect((await standing(update)).value).toBeDefined();
  });

  it('[C-45] rejects a caller who aborts at once, with its own reason', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const controller = new AbortController();
    const aborted = session.getFreshToken({ signal: controller.signal });
    const other = session.getFreshToken();
    const reason = new Error('changed my mind');
    controller.abort(reason);
    expect((await standing(aborted)).error).toBe(reason);
    await clock.advance(2500);
    expect((await standing(other)).value).toBeDefined();
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-45] [F116] rejects with an AbortError in browsers without AbortSignal.reason', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const controller = new AbortController();
    Object.defineProperty(controller.signal, 'reason', { value: undefined });
    const aborted = session.getFreshToken({ signal: controller.signal });
    controller.abort();
    const { error } = await standing(aborted);
    expect((error as DOMException).name).toBe('AbortError');
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
