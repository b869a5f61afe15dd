import { type AuthError, isLoggedIn } from '../../src/core.js';
import { after, dueMs, pauses } from './failing-refresh.js';
import { accessToken, code, ended, hangingRefresh, refreshToken, rejection, standing } from './support.js';

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
      const { session, clock, tab, outcome } = await after({ status, body: { error: 'unknown_error' } });
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
