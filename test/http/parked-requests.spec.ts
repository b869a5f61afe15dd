import { AuthError, ParkedRequests, type ParkedRequestsOptions } from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { type House, house, type Opened, rejection, standing } from '../session/support.js';
import { api, bearerOf, type WithBearer } from './support.js';

interface Parking extends WithBearer {
  readonly parkedRequests: ParkedRequests;
  readonly counts: number[];
}

/** A tab whose requests wait after the server has ended the session. */
function parking(options: ParkedRequestsOptions = {}, all: House & Opened = opened()): Parking {
  const parkedRequests = new ParkedRequests(all.session, { after: all.clock.after, ...options });
  const counts: number[] = [];
  parkedRequests.subscribe(count => counts.push(count));
  return { ...bearerOf(all, { parkedRequests }), parkedRequests, counts };
}

function opened(): House & Opened {
  const all = house();
  return { ...all, ...all.open() };
}

/** Ann is signed in, and the server revokes her session. */
function revoked(options: ParkedRequestsOptions = {}): Parking {
  const all = parking(options);
  all.session.logIn(all.server.logIn('ann'));
  all.server.revoke();
  return all;
}

/** The server has refused to refresh the session. */
async function refused(options: ParkedRequestsOptions = {}): Promise<Parking> {
  const all = revoked(options);
  await all.session.updateToken().catch(() => undefined);
  return all;
}

const url = `${api}/orders`;
const post: RequestInit = { method: 'POST', body: '{"item":1}' };

describe('a parked request', () => {
  it('waits after a 401 and a refused refresh, and is sent once with the token of the next sign-in', async () => {
    const { bearer, session, server, parkedRequests, counts, activities } = revoked();
    const response = bearer.fetch(url, post);
    await settled();
    expect(session.state.status).toBe('logged-out');
    expect(parkedRequests.count).toBe(1);
    session.logIn(server.logIn('ann'));
    expect((await response).status).toBe(200);
    expect(server.calls.map(({ status, body }) => [status, body])).toEqual([
      [401, '{"item":1}'],
      [200, '{"item":1}'],
    ]);
    expect(counts).toEqual([1, 0]);
    expect(activities.map(({ type }) => type)).toEqual(['sent', 'rejected', 'parked', 'replayed', 'responded']);
  });

  it('waits if the session ends while it waits for a token, and is sent once', async () => {
    const { bearer, session, server, clock, parkedRequests, activities } = revoked();
    await clock.sleep(61_000);
    const response = bearer.fetch(url, post);
    await settled();
    expect(parkedRequests.count).toBe(1);
    expect(server.calls.length).toBe(0);
    session.logIn(server.logIn('ann'));
    expect((await response).status).toBe(200);
    expect(server.calls.length).toBe(1);
    expect(activities.map(({ type }) => type)).toEqual(['waiting', 'parked', 'resumed', 'responded']);
  });

  it('waits if it is sent after the session has ended', async () => {
    const { bearer, session, server, parkedRequests } = await refused();
    const responses = [bearer.fetch(url, post), bearer.fetch(new Request(url, post)), bearer.fetch(url)];
    await until(() => parkedRequests.count === 3);
    session.logIn(server.logIn('ann'));
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.calls.length).toBe(3);
  });

  it('waits after an expiry without a refresh token', async () => {
    const { bearer, session, server, clock, parkedRequests } = parking();
    const { access_token, expires_in } = server.logIn('ann');
    session.logIn({ access_token, expires_in });
    await clock.advance(61_000);
    const response = bearer.fetch(url);
    await settled();
    expect(parkedRequests.count).toBe(1);
    session.logIn(server.logIn('ann'));
    expect((await response).status).toBe(200);
  });

  for (const [what, init] of [
    ['after a 401', post],
    ['of a GET', {}],
  ] as const) {
    it(`rejects with session_changed if another user signs in, ${what}`, async () => {
      const { bearer, session, server } = revoked();
      const response = bearer.fetch(url, init);
      await settled();
      session.logIn(server.logIn('bob'));
      expect(await rejection(response)).toBe('session_changed');
      expect(server.calls.length).toBe(1);
    });
  }

  it('rejects with session_changed if another user signs in after the session has ended', async () => {
    const { bearer, session, server } = await refused();
    const response = bearer.fetch(url, post);
    await settled();
    session.logIn(server.logIn('bob'));
    expect(await rejection(response)).toBe('session_changed');
    expect(server.calls.length).toBe(0);
  });

  it('rejects with session_ended on cancel, and none waits again until a user has signed in', async () => {
    const { bearer, session, server, parkedRequests, counts } = revoked();
    const responses = [bearer.fetch(url, post), bearer.fetch(url)];
    await settled();
    parkedRequests.cancel();
    for (const response of responses) expect(await rejection(response)).toBe('session_ended');
    expect(counts).toEqual([1, 2, 1, 0]);
    expect((await bearer.fetch(url)).status).toBe(401);
    session.logIn(server.logIn('ann'));
    expect((await bearer.fetch(url)).status).toBe(200);
  });

  it('rejects with session_ended if the user signs out instead of signing in', async () => {
    const { bearer, session, server, parkedRequests } = revoked();
    const responses = [bearer.fetch(url, post), bearer.fetch(url)];
    await until(() => parkedRequests.count === 2);
    session.logOut();
    for (const response of responses) expect(await rejection(response)).toBe('session_ended');
    expect((await bearer.fetch(url, post)).status).toBe(401);
    session.logIn(server.logIn('ann'));
    await settled();
    expect(server.calls.length).toBe(3);
  });

  it('rejects with disposed if the session object is disposed of', async () => {
    const { bearer, session, parkedRequests, clock } = revoked();
    const responses = [bearer.fetch(url, post), bearer.fetch(url)];
    await until(() => parkedRequests.count === 2);
    session.dispose();
    for (const response of responses) expect(await rejection(response)).toBe('disposed');
    expect(parkedRequests.count).toBe(0);
    expect(clock.armed).toBe(0);
  });

  it('rejects with session_ended after the maximum time', async () => {
    const { bearer, clock, parkedRequests } = revoked({ maxWaitSeconds: 30 });
    const response = bearer.fetch(url, post);
    await clock.advance(29_999);
    expect((await standing(response)).pending).toBeTrue();
    await clock.advance(1);
    expect(await rejection(response)).toBe('session_ended');
    expect(parkedRequests.count).toBe(0);
  });

  it('waits for ten minutes by default, in real time', async () => {
    jasmine.clock().install();
    const { session, server } = opened();
    const parkedRequests = new ParkedRequests(session);
    session.logIn(server.logIn('ann'));
    session.logOut('refused');
    const parked = park(parkedRequests, null);
    await settled();
    jasmine.clock().tick(599_999);
    expect(parkedRequests.count).toBe(1);
    jasmine.clock().tick(1);
    jasmine.clock().uninstall();
    expect(await rejection(parked)).toBe('session_ended');
  });

  it('rejects with the abort reason', async () => {
    const { bearer, parkedRequests, session, server } = revoked();
    const controller = new AbortController();
    const response = bearer.fetch(url, { ...post, signal: controller.signal });
    await settled();
    const reason = new Error('left the page');
    controller.abort(reason);
    expect((await standing(response)).error).toBe(reason);
    expect(parkedRequests.count).toBe(0);
    session.logIn(server.logIn('ann'));
    expect(server.calls.length).toBe(1);
  });

  it('rejects with the abort reason if it was aborted before', async () => {
    const { bearer, parkedRequests } = await refused();
    const reason = new Error('left the page');
    const response = bearer.fetch(url, { ...post, signal: AbortSignal.abort(reason) });
    expect((await standing(response)).error).toBe(reason);
    expect(parkedRequests.count).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { bearer, clock, session, server } = await refused();
    const before = clock.armed;
    const response = bearer.fetch(url);
    await settled();
    expect(clock.armed).toBe(before + 1);
    session.logIn(server.logIn('ann'));
    await response;
    session.logOut();
    expect(clock.armed).toBe(before);
  });
});

describe('a request is not parked', () => {
  for (const [what, body, options] of [
    ['its body is too large', 'x'.repeat(11), { maxBodyBytes: 10 }],
    ['its body is too large in UTF-8', 'éééééé', { maxBodyBytes: 10 }],
    ['its form is too large', new URLSearchParams({ a: 'b c d e f' }), { maxBodyBytes: 10 }],
    ['a Blob is too large', new Blob(['x'.repeat(11)]), { maxBodyBytes: 10 }],
    ['an array is too large', new Uint8Array(11), { maxBodyBytes: 10 }],
    ['a field of its form is too large', formOf('x'.repeat(11)), { maxBodyBytes: 10 }],
    ['no request may wait', '{}', { maxRequests: 0 }],
  ] as const) {
    it(`if ${what}`, async () => {
      const { bearer, parkedRequests } = revoked(options);
      expect((await bearer.fetch(url, { method: 'POST', body })).status).toBe(401);
      expect(parkedRequests.count).toBe(0);
    });
  }

  it('if a file in its form is too large', async () => {
    const { parkedRequests } = await refused({ maxBodyBytes: 10 });
    expect(await rejection(park(parkedRequests, formOf(new File(['x'.repeat(11)], 'a'))))).toBe('session_ended');
    expect(parkedRequests.count).toBe(0);
    const parked = park(parkedRequests, formOf(new File(['x'.repeat(9)], 'a')));
    await until(() => parkedRequests.count === 1);
    parkedRequests.cancel();
    expect(await rejection(parked)).toBe('session_ended');
  });

  it('if its body is a stream', async () => {
    const { parkedRequests } = await refused();
    expect(await rejection(park(parkedRequests, new ReadableStream()))).toBe('session_ended');
    expect(parkedRequests.count).toBe(0);
  });

  it('if the body of a Request of the caller is too large', async () => {
    const { bearer, parkedRequests } = await refused({ maxBodyBytes: 10 });
    const small = bearer.fetch(new Request(url, { method: 'POST', body: 'x'.repeat(10) }));
    await until(() => parkedRequests.count === 1);
    const large = bearer.fetch(new Request(url, { method: 'POST', body: 'x'.repeat(11) }));
    await expectAsync(large).toBeRejectedWith(jasmine.objectContaining({ code: 'session_ended' }));
    parkedRequests.cancel();
    expect(await rejection(small)).toBe('session_ended');
  });

  it('if its body cannot be read', async () => {
    const { parkedRequests } = await refused();
    spyOn(Request.prototype, 'blob').and.rejectWith(new Error('unreadable'));
    expect(await rejection(park(parkedRequests, undefined))).toBe('session_ended');
    expect(parkedRequests.count).toBe(0);
  });

  it('beyond the maximum number, and beyond the maximum size of all bodies', async () => {
    const { bearer, session, server, parkedRequests } = revoked({ maxRequests: 2, maxBodyBytes: 10 });
    const waiting = [bearer.fetch(url, { method: 'POST', body: 'x'.repeat(6) })];
    await settled();
    expect((await bearer.fetch(url, { method: 'POST', body: 'x'.repeat(6) }).catch(() => 'rejected')) as unknown).toBe(
      'rejected',
    );
    waiting.push(bearer.fetch(url, { method: 'POST' }));
    await until(() => parkedRequests.count === 2);
    expect(await rejection(bearer.fetch(url))).toBe('session_ended');
    expect(parkedRequests.count).toBe(2);
    session.logIn(server.logIn('ann'));
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('after the user signed out, here or in another tab', async () => {
    const all = parking();
    const other = all.open();
    all.session.logIn(all.server.logIn('ann'));
    await all.clock.advance(100);
    all.session.logOut();
    expect((await all.bearer.fetch(url)).status).toBe(401);
    other.session.logIn(all.server.logIn('ann'));
    await all.clock.advance(100);
    other.session.logOut();
    await all.clock.advance(100);
    expect((await all.bearer.fetch(url)).status).toBe(401);
    expect(all.counts).toEqual([]);
  });

  it('on a page that was loaded after the session ended', async () => {
    const first = await refused();
    const next = first.open();
    const { bearer, counts } = parking({}, { ...first, ...next });
    expect((await bearer.fetch(url)).status).toBe(401);
    expect(counts).toEqual([]);
  });

  it('with auth: false, and to other origins', async () => {
    const { bearer, parkedRequests } = await refused();
    expect((await bearer.fetch(url, { auth: false })).status).toBe(401);
    expect((await bearer.fetch('https://elsewhere.example/')).status).toBe(401);
    expect(parkedRequests.count).toBe(0);
  });

  it('if the user signs in while its size is measured', async () => {
    const { session, server, parkedRequests, counts } = await refused();
    const parked = park(parkedRequests, undefined);
    session.logIn(server.logIn('ann'));
    await parked;
    expect(counts).toEqual([]);
  });
});

describe('parked requests', () => {
  it('are at most twenty, with bodies of at most 1,000,000 bytes', async () => {
    const { parkedRequests } = await refused();
    expect(await rejection(park(parkedRequests, 'x'.repeat(1_000_001)))).toBe('session_ended');
    const parked = Array.from({ length: 20 }, () => park(parkedRequests, 'x'.repeat(50_000)));
    await settled();
    expect(parkedRequests.count).toBe(20);
    expect(await rejection(park(parkedRequests, null))).toBe('session_ended');
    parkedRequests.cancel();
    for (const each of parked) expect(await rejection(each)).toBe('session_ended');
  });

  it('need no room without a body', async () => {
    const { bearer, parkedRequests } = await refused({ maxBodyBytes: 0 });
    const responses = [bearer.fetch(url, { method: 'POST' }), bearer.fetch(new Request(url)), bearer.fetch(url)];
    await until(() => parkedRequests.count === 3);
    parkedRequests.cancel();
    for (const response of responses) expect(await rejection(response)).toBe('session_ended');
  });

  it('leave no listener on the signal of a request', async () => {
    const { parkedRequests, session, server } = await refused();
    const { signal } = new AbortController();
    const added = spyOn(signal, 'addEventListener').and.callThrough();
    const removed = spyOn(signal, 'removeEventListener').and.callThrough();
    const request = Object.defineProperty(new Request(url), 'signal', { value: signal });
    const parked = parkedRequests.park(new AuthError('session_ended', 'ended'), { request, body: null });
    await settled();
    session.logIn(server.logIn('ann'));
    await parked;
    expect(added.calls.count()).toBe(1);
    expect(removed.calls.allArgs()).toEqual(added.calls.allArgs() as [string, EventListener][]);
  });

  it('are not possible after the user has signed in again and signed out', async () => {
    const { bearer, session, server, counts } = await refused();
    session.logIn(server.logIn('ann'));
    session.logOut();
    expect((await bearer.fetch(url)).status).toBe(401);
    expect(counts).toEqual([]);
  });

  it('reject with an error that is not the end of the session', async () => {
    const { parkedRequests } = await refused();
    for (const error of [new AuthError('refresh_postponed', 'later'), new TypeError('a bug')]) {
      const parked = parkedRequests.park(error, { request: new Request(url), body: null });
      expect((await standing(parked)).error).toBe(error);
    }
    expect(parkedRequests.count).toBe(0);
  });

  it('are counted for the other listeners if one throws', async () => {
    const errors: unknown[] = [];
    for (const options of [{ onError: (error: unknown) => errors.push(error) }, {}]) {
      const { parkedRequests } = await refused(options);
      const seen: number[] = [];
      parkedRequests.subscribe(() => {
        throw new Error('a bug of the listener');
      });
      parkedRequests.subscribe(count => seen.push(count));
      const parked = park(parkedRequests, null);
      await settled();
      parkedRequests.cancel();
      expect(await rejection(parked)).toBe('session_ended');
      expect(seen).toEqual([1, 0]);
    }
    expect(errors.length).toBe(2);
  });

  it('are counted for each listener until it stops', async () => {
    const { bearer, parkedRequests } = await refused();
    const seen: number[] = [];
    const stop = parkedRequests.subscribe(count => seen.push(count));
    const response = bearer.fetch(url);
    await settled();
    stop();
    parkedRequests.cancel();
    expect(await rejection(response)).toBe('session_ended');
    expect(seen).toEqual([1]);
  });

  it('of several tabs are all sent when the user signs in once', async () => {
    const one = parking();
    one.session.logIn(one.server.logIn('ann'));
    await one.clock.advance(100);
    const two = parking({}, { ...one, ...one.open() });
    await one.clock.advance(100);
    one.server.revoke();
    const responses = [one.bearer.fetch(url, post), two.bearer.fetch(url, post)];
    await one.clock.advance(1000);
    expect([one.parkedRequests.count, two.parkedRequests.count]).toEqual([1, 1]);
    two.session.logIn(two.server.logIn('ann'));
    await one.clock.advance(1000);
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('wait again on their next send, if the next session is refused too', async () => {
    const { bearer, session, server, parkedRequests } = revoked();
    const response = bearer.fetch(url, post);
    await settled();
    session.logIn(server.logIn('ann'));
    server.revoke();
    expect((await response).status).toBe(401);
    const next = bearer.fetch(url, post);
    await settled();
    expect(parkedRequests.count).toBe(1);
    session.logIn(server.logIn('ann'));
    expect((await next).status).toBe(200);
  });
});

/** Parks a POST with a body. */
function park(parkedRequests: ParkedRequests, body: unknown): Promise<void> {
  return parkedRequests.park(new AuthError('session_ended', 'ended'), { request: new Request(url, post), body });
}

function formOf(value: string | Blob): FormData {
  const form = new FormData();
  form.append('a', value);
  return form;
}

/** Waits for what takes the platform real time, such as reading a body. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 1));
}
