import { type AuthError, isLoggedIn, memoryAtomicStore } from '../../src/core.js';
import type { ScriptedFailure } from '../../src/testing.js';
import { accessToken, code, ended, hangingRefresh, house, refreshToken, rejection, standing } from './support.js';

/** Instant at which the token of a login is refreshed. */
const dueMs = 54_000;

/** A session whose first refresh, shortly before it is due, meets the given failures. */
async function after(faults: ScriptedFailure | ScriptedFailure[], options: Parameters<typeof house>[0] = {}) {
  const all = house(options);
  const opened = all.open();
  opened.session.logIn(all.server.logIn());
  await all.clock.advance(dueMs - 1);
  all.server.fail(...[faults].flat());
  const update = opened.session.updateToken();
  update.catch(() => undefined);
  const outcome = await rejection(update);
  return { ...all, ...opened, update, outcome };
}

/** Milliseconds between consecutive refresh requests. */
function pauses({ refreshes }: { refreshes: readonly { at: number }[] }): number[] {
  return refreshes.slice(1).map(({ at }, index) => at - (refreshes[index]?.at ?? 0));
}

const html = { 'Content-Type': 'text/html; charset=utf-8' };

describe('a session, when the network or the server fails,', () => {
  it('[F01] retries with growing delays when connections break before the server acts', async () => {
    const broken = Array.from({ length: 8 }, () => ({ drop: 'before' }) as const);
    const { server, session, clock, outcome, changes } = await after(broken);
    expect(outcome).toBe('refresh_postponed');
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', degraded: jasmine.anything() }));
    const [first] = server.refreshes;
    await clock.advance(10_000 - 1);
    expect(server.refreshes.filter(({ at }) => at - (first?.at ?? 0) < 10_000).length).toBeLessThanOrEqual(3);
    await clock.advance(10 * 60_000);
    expect(Math.max(...pauses(server))).toBeLessThanOrEqual(60_000);
    expect(server.refreshes.slice(0, 8).every(({ body }) => body.includes('"rt-0-0"'))).toBeTrue();
    expect(server.reuseAlarms).toBe(0);
    expect(session.freshToken()).toBeDefined();
    expect(changes.some(({ state }) => state.status === 'logged-out')).toBeFalse();
  });

  it('[F02] presents the same refresh token again when its response was lost, and gets its successor', async () => {
    const { server, session, clock, outcome } = await after({ drop: 'after' }, { graceSeconds: 60 });
    expect(outcome).toBe('refresh_postponed');
    await clock.advance(2000);
    expect(refreshToken(session)).toBe('rt-0-1');
    expect(server.reuseAlarms).toBe(0);
    expect(server.rotations).toBe(1);
  });

  it('[F03] ends once when the response was lost for longer than the grace period', async () => {
    const { server, session, tab, clock, changes } = await after({ drop: 'after' }, { graceSeconds: 10 });
    server.goOffline();
    await clock.advance(30_000);
    expect(session.state.status).toBe('logged-in');
    server.goOnline();
    tab.wake();
    await clock.advance(60_000);
    expect(ended(session)).toBe('refused');
    expect(changes.filter(({ state }) => state.status === 'logged-out').length).toBe(1);
    expect(tab.stored).toBeUndefined();
  });

  it('[F04] times out on a slow response, retries only then, and ignores the late response', async () => {
    const { server, session, clock, update, outcome } = await after({ delayMs: 15_000 }, { graceSeconds: 60 });
    expect(outcome).toBe('pending');
    await clock.advance(9_999);
    expect(server.refreshes.length).toBe(1);
    await clock.advance(1);
    expect(await rejection(update)).toBe('refresh_postponed');
    await clock.advance(1500);
    expect(server.refreshes.length).toBe(2);
    const held = accessToken(session);
    await clock.advance(5000);
    expect(accessToken(session)).toBe(held);
    expect(server.reuseAlarms).toBe(0);
  });

  it('[F05] waits for a lock whose holder’s request hangs no longer than the timeout of that request', async () => {
    const { server, clock, other, hanging } = await hangingRefresh();
    await clock.advance(1);
    const waiting = other.session.updateToken();
    waiting.catch(() => undefined);
    await clock.advance(9_998);
    expect(await rejection(waiting)).toBe('pending');
    await clock.advance(1);
    expect(await rejection(hanging)).toBe('refresh_postponed');
    await clock.advance(250);
    expect(await rejection(waiting)).toBe('refresh_postponed');
    await clock.advance(10_000);
    expect(refreshToken(other.session)).toBe('rt-0-1');
    expect(server.reuseAlarms).toBe(0);
  });

  for (const fault of [
    { drop: 'before' },
    { status: 503 },
    { status: 429, headers: { 'Retry-After': '50' } },
  ] as const) {
    it(`[C-40] reports the time of the next attempt to the caller of updateToken(): ${JSON.stringify(fault)}`, async () => {
      const { session, update } = await after(fault);
      const { state } = session;
      const { error } = await standing(update);
      const retryAt = isLoggedIn(state) ? state.degraded?.retryAt : undefined;
      expect(retryAt).toBeGreaterThan(session.now());
      expect((error as AuthError).retryAt).toBe(retryAt);
      const shared = await standing(session.updateToken());
      expect((shared.error as AuthError).retryAt).toBe(retryAt);
    });
  }

  it('[F06] waits for the time in a 429, and keeps its tokens', async () => {
    const { server, session, tab, clock, outcome } = await after({
      status: 429,
      body: { error: 'slow_down' },
      headers: { 'Retry-After': '50' },
    });
    expect(outcome).toBe('refresh_postponed');
    tab.wake();
    await clock.advance(49_800);
    expect(server.refreshes.length).toBe(1);
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    expect(server.refreshes.length).toBe(1);
    await clock.advance(300);
    expect(server.refreshes.length).toBe(2);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  const date = (ms: number) => new Date(Date.UTC(2026, 0, 1) + dueMs - 1 + ms).toUTCString();
  for (const [said, header, latestMs] of [
    ['seconds', '30', 30_000],
    ['a date', date(30_000), 30_000],
    ['a date in the past', date(-3_600_000), 1000],
    ['a negative number', '-5', 1000],
    ['no number', 'soon', 1000],
    ['a number in a word', 'May 5', 1000],
    ['fractions', '1.5', 1000],
    ['nothing', '', 1000],
    ['thirty years', '1000000000', 300_000],
    ['infinity', '9'.repeat(400), 300_000],
  ] as const) {
    it(`[F07] reads a Retry-After of ${said} as specified`, async () => {
      const { server, session, clock } = await after([
        { status: 503, headers: { 'Retry-After': header } },
        { status: 503 },
      ]);
      await clock.advance(latestMs - 1100);
      expect(server.refreshes.length).toBe(1);
      await clock.advance(1200);
      expect(server.refreshes.length).toBe(2);
      expect(session.state.status).not.toBe('logged-out');
    });
  }

  for (const status of [500, 501, 502, 503, 504, 520, 524, 529, 408, 425, 404, 405, 410, 413, 431]) {
    it(`[F08] is kept when the endpoint responds with ${status}`, async () => {
      const { session, clock, tab, outcome } = await after({ status, body: { error: 'whatever' } });
      expect(outcome).toBe('refresh_postponed');
      expect(tab.stored).toContain('rt-0-0');
      await clock.advance(2000);
      expect(refreshToken(session)).toBe('rt-0-1');
    });
  }

  it('[F08] retries within five seconds for a request that needs a token, after an outage of any length', async () => {
    const { server, session, clock } = await after({ status: 503 });
    server.failAlways({ status: 503 });
    await clock.advance(10 * 60_000);
    for (const { length } = server.refreshes; server.refreshes.length === length; ) await clock.advance(100);
    server.recover();
    const token = session.getFreshToken();
    await clock.advance(5000);
    expect(await rejection(token)).toBe('resolved');
  });

  it('[F08] retries at most every five seconds for many requests in many tabs', async () => {
    const { server, session, clock, open } = await after({ status: 503 });
    const sessions = [session, open().session, open().session];
    server.failAlways({ status: 503 });
    await clock.advance(60_000);
    const before = server.refreshes.length;
    const waiting: Promise<string>[] = [];
    for (let second = 0; second < 60; second++) {
      for (const one of sessions) waiting.push(one.getFreshToken().then(() => 'resolved', code));
      await clock.advance(1000);
    }
    expect(server.refreshes.length - before).toBeGreaterThan(6);
    expect(server.refreshes.length - before).toBeLessThanOrEqual(13);
    await clock.advance(10_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['refresh_postponed']));
  });

  it('[F09] treats a captive portal as a network failure: no immediate retry', async () => {
    const page = { status: 200, body: '<html>Welcome to the hotel</html>', headers: html };
    const { server, session, clock, outcome } = await after([page, page]);
    expect(outcome).toBe('refresh_postponed');
    await clock.advance(249);
    expect(server.refreshes.length).toBe(1);
    await clock.advance(10_000);
    expect(refreshToken(session)).toBe('rt-0-1');
    expect(server.reuseAlarms).toBe(0);
  });

  for (const status of [400, 401, 403]) {
    it(`[F10] is kept when a firewall responds with ${status} and a page of its own`, async () => {
      const { session, clock, outcome } = await after({ status, body: '<html>Blocked</html>', headers: html });
      expect(outcome).toBe('refresh_postponed');
      await clock.advance(2000);
      expect(refreshToken(session)).toBe('rt-0-1');
    });
  }

  for (const [what, body] of Object.entries({
    'cut off': '{"access_token":"eyJh',
    'two documents': '{"access_token":"x"}{"access_token":"y"}',
    JSONP: 'callback({"access_token":"x"})',
    NaN: '{"access_token":NaN}',
    'a form': 'access_token=x&token_type=bearer',
  })) {
    it(`[F11] uses nothing from a response that is not JSON: ${what}`, async () => {
      const { session, clock, tab, outcome } = await after({ status: 200, body });
      expect(outcome).toBe('refresh_postponed');
      expect(tab.stored).toContain('rt-0-0');
      await clock.advance(2000);
      expect(refreshToken(session)).toBe('rt-0-1');
    });
  }

  it('[F12] uses nothing from an empty 200', async () => {
    const { session, clock, outcome } = await after({ status: 200, body: '' });
    expect(outcome).toBe('refresh_postponed');
    await clock.advance(2000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  for (const body of ['{}', 'null', '[]', '"text"', '7', 'true', '[{"access_token":"x"}]']) {
    it(`[F13] uses nothing from a 200 with ${body}`, async () => {
      const before = await after({ status: 200, body, headers: { 'Content-Type': 'application/json' } });
      expect(before.outcome).toBe('refresh_postponed');
      expect(before.session.freshToken()).toBeDefined();
      expect(before.tab.stored).toContain('rt-0-0');
      await before.clock.advance(2000);
      expect(refreshToken(before.session)).toBe('rt-0-1');
    });
  }

  it('[F14] treats a 200 with an error as that error', async () => {
    const refused = await after({ status: 200, body: { error: 'invalid_grant', access_token: 'x' } });
    expect(refused.outcome).toBe('refresh_refused');
    expect(ended(refused.session)).toBe('refused');
    const busy = await after({ status: 200, body: { error: 'server_error', access_token: 'x' } });
    expect(busy.outcome).toBe('refresh_postponed');
    expect(accessToken(busy.session)).not.toBe('x');
  });

  for (const access_token of [undefined, null, '', 7, {}, ['x'], true]) {
    it(`[F15] uses nothing from a response whose access token is ${JSON.stringify(access_token)}`, async () => {
      const fault = { edit: (body: object) => ({ ...body, access_token, token: undefined }) };
      const { tab, session, outcome } = await after(fault, { graceSeconds: 60 });
      expect(outcome).toBe('refresh_postponed');
      expect(tab.stored).toContain('rt-0-0');
      expect(session.freshToken()).toBeDefined();
    });
  }

  for (const refresh_token of [undefined, null, '', 7, true, []]) {
    const row = refresh_token === undefined ? 'F16' : 'F17';
    it(`[${row}] keeps its refresh token when the response has ${JSON.stringify(refresh_token)} as refresh token`, async () => {
      const { session, outcome, server } = await after(
        { edit: body => ({ ...body, refresh_token }) },
        { rotation: false },
      );
      expect(outcome).toBe('resolved');
      expect(refreshToken(session)).toBe('rt-0-0');
      await session.updateToken();
      expect(server.rotations).toBe(2);
    });
  }

  for (const [expires_in, lifetimeMs] of [
    [30, 30_000],
    ['30', 30_000],
    [29.5, 29_500],
    [Number.NaN, undefined],
    [-5, undefined],
    ['abc', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    [1e12, 1e15],
    [{}, undefined],
  ] as const) {
    it(`[F18] reads an expires_in of ${JSON.stringify(expires_in)} as ${lifetimeMs} ms`, async () => {
      const opaque = () => ({ access_token: 'opaque', refresh_token: 'rt-0-0', expires_in });
      const { session, server, clock } = await after({ edit: opaque }, { graceSeconds: 60 });
      const { expiresAt, receivedAt = 0 } = session.freshToken() ?? {};
      expect(expiresAt === undefined ? undefined : expiresAt - receivedAt).toBe(lifetimeMs);
      if (lifetimeMs === undefined || lifetimeMs > 60_000) {
        await clock.advance(3_600_000);
        expect(server.refreshes.length).toBe(1);
        expect(session.freshToken()?.accessToken).toBe('opaque');
      }
    });
  }

  for (const expires_in of ['9223372036854775807', 1e300]) {
    it(`[F18] outlives the page with an expires_in of ${expires_in}`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      const other = open();
      session.logIn({ ...server.logIn(), expires_in });
      await clock.advance(100);
      expect(other.session.freshToken()).toBeDefined();
      expect(open().session.freshToken()).toBeDefined();
    });
  }

  it('[F18] [C-49] limits refreshes in two tabs, too', async () => {
    const { server, open, clock } = house({ graceSeconds: 60 });
    const { session } = open();
    open();
    session.logIn(server.logIn());
    server.failAlways({ edit: body => ({ ...body, expires_in: 0 }) });
    await clock.advance(60 * 60_000);
    expect(server.refreshes.length).toBeLessThan(75);
    expect(session.state.status).not.toBe('logged-out');
  });

  it('[F18] limits refreshes for tokens that are expired on arrival', async () => {
    const { session, server, clock } = await after({}, { graceSeconds: 60 });
    server.failAlways({ edit: body => ({ ...body, expires_in: 0 }) });
    await clock.advance(60 * 60_000);
    expect(server.refreshes.length).toBeLessThan(75);
    expect(Math.min(...pauses(server))).toBeGreaterThanOrEqual(1000);
    expect(session.state.status).not.toBe('logged-out');
    server.failAlways(undefined);
    await clock.advance(60_000);
    expect(session.freshToken()).toBeDefined();
  });

  for (const [token_type, taken] of [
    [undefined, 'Bearer'],
    [null, 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'Bearer'],
    ['dpop', 'DPoP'],
    ['Bearer ', 'Bearer'],
    ['JWT', 'Bearer'],
    ['Token', 'Bearer'],
    ['access_token', 'Bearer'],
    ['', 'Bearer'],
    ['mac', undefined],
    ['MAC', undefined],
    ['pop', undefined],
    ['N_A', undefined],
    [7, undefined],
    [{ toString: 1 }, undefined],
  ] as const) {
    it(`[F19] [R3] reads a token type of ${JSON.stringify(token_type)} as ${taken ?? 'unusable'}`, async () => {
      const { session, outcome } = await after({ edit: body => ({ ...body, token_type }) }, { graceSeconds: 60 });
      expect(outcome).toBe(taken ? 'resolved' : 'refresh_postponed');
      expect(session.freshToken()?.tokenType).toBe(taken ?? 'Bearer');
    });
  }

  it('[F20] reads only known properties of a response: no expiry, profile or state that the server invented', async () => {
    const extra = {
      expires_at: 1,
      expiresAt: 1,
      receivedAt: 1,
      epoch: 9e15,
      generation: 9e9,
      version: 2,
      ended: 'refused',
      profile: { sub: 'eve' },
      claims: { sub: 'eve' },
      isOpenId: true,
      state: 'x',
    };
    const { session, tab, clock, open } = await after({ edit: body => ({ ...body, ...extra }) });
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
    expect(session.freshToken()?.claims?.['sub']).toBe('ann');
    expect(JSON.parse(tab.stored ?? '')).toEqual(jasmine.objectContaining({ version: 1, generation: 1 }));
    await clock.advance(100);
    expect(accessToken(open().session)).toBe(accessToken(session));
  });

  it('[F21] reads nothing from a prototype, and writes nothing to one', async () => {
    const bodies = [
      '{"__proto__":{"access_token":"x","polluted":1},"token_type":"Bearer"}',
      '{"constructor":{"prototype":{"polluted":1}},"__proto__":{"error":"invalid_grant"}}',
    ];
    for (const body of bodies) {
      const { session, outcome } = await after({ status: 200, body });
      expect(outcome).toBe('refresh_postponed');
      expect(accessToken(session)).not.toBe('x');
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
      expect(() => session.logIn(JSON.parse(body))).toThrowMatching(error => error.code === 'invalid_token_response');
    }
  });

  it('[F22] ends once when the server refuses, and sends no further request', async () => {
    const { server, session, tab, clock, outcome, changes } = await after({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(outcome).toBe('refresh_refused');
    expect(changes.filter(({ state }) => state.status === 'logged-out').length).toBe(1);
    expect(ended(session)).toBe('refused');
    expect(await rejection(session.updateToken())).toBe('no_session');
    expect(await rejection(session.getFreshToken())).toBe('no_session');
    tab.wake();
    await clock.advance(600_000);
    expect(server.refreshes.length).toBe(1);
    expect(tab.stored).toBeUndefined();
  });

  it('[F23] adopts the tokens of a faster tab when the server refuses its own', async () => {
    const { server, open, clock } = house();
    // Neither IndexedDB nor a storage event has notified the slow tab.
    const slow = open({}, ({ store: { read, write, remove } }) => ({
      atomicStore: memoryAtomicStore(),
      store: { read, write, remove },
    }));
    const fast = open({}, () => ({ atomicStore: memoryAtomicStore() }));
    slow.session.logIn(server.logIn());
    await clock.advance(100);
    expect(accessToken(fast.session)).toBe(accessToken(slow.session));
    server.fail({}, { status: 400, body: { error: 'invalid_grant' }, delayMs: 500 });
    await fast.session.updateToken();
    const update = slow.session.updateToken();
    await clock.advance(500);
    expect((await standing(update)).value?.refreshToken).toBe('rt-0-1');
    expect(ended(slow.session)).toBeUndefined();
  });

  for (const [what, fault] of Object.entries<ScriptedFailure>({
    'an empty body': { status: 401 },
    'a JSON body': { status: 401, body: { message: 'Unauthorized' } },
    'plain text, as Express sends it': { status: 401, body: 'Unauthorized', headers: { 'Content-Type': 'text/plain' } },
  })) {
    it(`[F24] settles all waiting callers at once when the refresh endpoint responds with 401: ${what}`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      session.logIn(server.logIn());
      await clock.sleep(61_000);
      server.fail(fault, fault);
      const waiting = Array.from({ length: 50 }, () => session.getFreshToken());
      const outcomes = await Promise.all(waiting.map(rejection));
      expect(new Set(outcomes)).toEqual(new Set(['session_ended']));
      expect(ended(session)).toBe('refused');
      // The second request is without the expired access token.
      expect(server.refreshes.map(({ headers }) => headers.has('Authorization'))).toEqual([true, false]);
    });
  }

  for (const error of [
    'invalid_request',
    'invalid_scope',
    'unsupported_grant_type',
    'temporarily_unavailable',
    'server_error',
    'slow_down',
    'use_dpop_nonce',
  ]) {
    it(`[C-35] is kept through the error ${error}, which does not concern the session`, async () => {
      const fault = { status: 400, body: { error } };
      const { outcome, session } = await after([fault, fault]);
      expect(outcome).toBe('refresh_postponed');
      expect(session.freshToken()).toBeDefined();
    });
  }

  it('[C-35] uses the app’s own classifier', async () => {
    const { server, open, clock } = house();
    const url = '/auth/login';
    const { session } = open({
      refresh: { url, classifyResponse: ({ status }) => (status === 419 ? 'refused' : 'retryable') },
    });
    session.logIn(server.logIn());
    server.fail({ status: 400, body: { error: 'invalid_grant' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    await clock.advance(dueMs);
    expect(refreshToken(session)).toBe('rt-0-1');
    server.fail({ status: 419 });
    expect(await rejection(session.updateToken())).toBe('refresh_refused');
  });

  it('[C-35] is kept when the app’s own classifier throws', async () => {
    const { server, open } = house();
    const classifyResponse = () => {
      throw new Error('mistaken');
    };
    const { session } = open({ refresh: { url: '/auth/login', classifyResponse } });
    session.logIn(server.logIn());
    server.fail({ status: 400, body: { error: 'invalid_grant' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
  });

  it('[F25] follows no redirect with the refresh token', async () => {
    const { server } = await after({});
    expect(server.refreshes[0]?.redirect).toBe('error');
  });

  for (const [row, what] of [
    ['F26', 'a preflight that fails'],
    ['F28', 'a content security policy'],
    ['F29', 'a name that does not resolve'],
  ] as const) {
    it(`[${row}] is kept, with limited retries, while ${what} keeps requests from being sent`, async () => {
      const { server, session, clock } = await after({ drop: 'before' });
      server.failAlways({ drop: 'before' });
      await clock.advance(60 * 60_000);
      expect(session.state.status).not.toBe('logged-out');
      expect(server.refreshes.length).toBeLessThan(70 * 4);
      server.failAlways(undefined);
      await clock.advance(60_000);
      expect(session.freshToken()).toBeDefined();
    });
  }

  it('[F30] continues after a connection that is reset after the request was sent', async () => {
    const { server, session, clock } = await after([{ drop: 'after' }, { drop: 'after' }], { graceSeconds: 60 });
    await clock.advance(20_000);
    expect(session.freshToken()).toBeDefined();
    expect(server.reuseAlarms).toBe(0);
  });
});
