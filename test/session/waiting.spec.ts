import type { AuthError } from '../../src/core.js';
import { accessToken, code, house, standing } from './support.js';

describe('a request that waits for a fresh token', () => {
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

  it('sends an access token that has not expired when its own wait ends before the refresh', async () => {
    const { server, open, clock } = house();
    const { session } = open({ tokenWaitSeconds: 2 });
    session.logIn(server.logIn());
    const before = accessToken(session);
    server.fail({ delayMs: Number.POSITIVE_INFINITY });
    await clock.sleep(57_000);
    const waiting = session.getFreshToken();
    await clock.advance(1999);
    expect((await standing(waiting)).pending).toBeTrue();
    await clock.advance(1);
    expect((await standing(waiting)).value?.accessToken).toBe(before);
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
    const armedWithoutCallers = clock.armed;
    const controller = new AbortController();
    const wait = () => session.getFreshToken({ signal: controller.signal });
    const waiting = [wait()];
    const armedForOne = clock.armed;
    while (waiting.length < 1000) waiting.push(wait());
    expect(clock.armed).toBe(armedForOne);
    const outcomes = Promise.allSettled(waiting);
    controller.abort();
    expect(clock.armed).toBe(armedWithoutCallers);
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

  it('leaves no timer and no listener on its signal', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.advance(0);
    await clock.sleep(61_000);
    const { signal } = new AbortController();
    const added = spyOn(signal, 'addEventListener').and.callThrough();
    const removed = spyOn(signal, 'removeEventListener').and.callThrough();
    await session.getFreshToken({ signal });
    await clock.advance(100);
    const forTheNextRefresh = 1;
    expect(clock.armed).toBe(forTheNextRefresh);
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed.calls.allArgs()).toEqual(added.calls.allArgs() as [string, EventListener][]);
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
});
