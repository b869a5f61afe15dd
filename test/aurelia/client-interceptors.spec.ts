import { HttpClient } from 'aurelia-fetch-client';
import { installBearer } from '../../src/aurelia/client-interceptors.js';
import type { LiveSession } from '../../src/session/session-state.js';
import { bodies, garbageCollectedDuringRefresh, received, sentPlainly, uploads } from '../http/uploads.js';

/** An HTTP client whose requests go out over real HTTP. */
function client(isOn = () => true) {
  const all = uploads();
  const http = new HttpClient();
  installBearer(http, {
    bearer: all.bearer,
    isOn,
    wouldAttachToken: () => true,
    lacksToken: () => false,
    onRejected: () => undefined,
  });
  return { ...all, http };
}

describe('a Request that an app gives to an HTTP client', () => {
  it('is not changed, and is sent with the current token each time', async () => {
    const { http, session, server, signIn } = client();
    const seen: (string | undefined)[] = [];
    spyOn(globalThis, 'fetch').and.callFake(async input => {
      seen.push((input as Request).headers.get('Authorization')?.replace('Bearer ', ''));
      return new Response();
    });
    signIn();
    const poll = new Request(`${location.origin}/poll`);
    for (let round = 0; round < 20; round++) {
      await session.updateToken();
      await http.fetch(poll);
      expect(seen.at(-1)).toBe(session.freshToken()?.accessToken);
    }
    await http.fetch(poll, { auth: false });
    session.logOut();
    await http.fetch(poll);
    expect(seen.slice(20)).toEqual([undefined, undefined]);
    session.logIn(server.logIn('bob'));
    await http.fetch(poll);
    expect(seen.at(-1)).toBe(session.freshToken()?.accessToken);
    expect(poll.headers.has('Authorization')).toBeFalse();
  });

  it('costs one look at the session, and a failed one costs a second', async () => {
    const isOn = jasmine.createSpy('isOn').and.returnValue(true);
    const { http, signIn } = client(isOn);
    const responses = [new Response(), new Response('', { status: 500 })];
    spyOn(globalThis, 'fetch').and.callFake(async () => responses.shift() as Response);
    signIn();
    const looks: number[] = [];
    for (let count = 0; count < 2; count++) {
      isOn.calls.reset();
      await http.fetch('/x');
      looks.push(isOn.calls.count());
    }
    expect(looks).toEqual([1, 2]);
  });

  it('costs one look at the session also beside requests that are sent in the same turn', async () => {
    const isOn = jasmine.createSpy('isOn').and.returnValue(true);
    const { http, bearer, signIn } = client(isOn);
    const authorize = spyOn(bearer, 'authorize').and.callThrough();
    spyOn(globalThis, 'fetch').and.callFake(async () => new Response());
    signIn();
    await Promise.all(['/a', '/b', '/c'].map(url => http.fetch(url)));
    expect([isOn.calls.count(), authorize.calls.count()]).toEqual([3, 3]);
  });

  it('waits for a token until its own signal aborts, wherever the app set that', async () => {
    const { http, session, signIn } = client();
    const own = AbortSignal.abort();
    const waits: boolean[] = [];
    spyOn(globalThis, 'fetch').and.callFake(async () => new Response());
    spyOn(session, 'freshToken').and.returnValue(undefined);
    spyOn(session, 'withFreshToken').and.callFake(async (use, { signal } = {}) => {
      waits.push(signal?.aborted ?? false);
      return use(session.state as LiveSession);
    });
    signIn();
    await http.fetch('/x');
    await http.fetch('/x', { signal: own });
    await http.fetch(new Request('/x', { signal: own }));
    const replacing = { request: (request: Request) => new Request(request, { signal: own }) };
    http.interceptors.splice(1, 0, replacing);
    await http.fetch('/x');
    http.interceptors.splice(http.interceptors.indexOf(replacing), 1);
    http.defaults = { signal: own };
    await http.fetch('/x');
    expect(waits).toEqual([false, true, true, true, true]);
  });

  it('is not changed when another interceptor keeps the copy that it made', async () => {
    const { http, session, signIn } = client();
    const seen: (string | null)[] = [];
    spyOn(globalThis, 'fetch').and.callFake(async input => {
      seen.push((input as Request).headers.get('Authorization'));
      return new Response();
    });
    signIn();
    const kept = new Request(`${location.origin}/kept`);
    http.configure(config => void config.withInterceptor({ request: () => kept }));
    await http.fetch('/x');
    session.logOut();
    await http.fetch('/x');
    expect(seen.map(header => header !== null)).toEqual([true, false]);
    expect(kept.headers.has('Authorization')).toBeFalse();
  });

  it('is what other interceptors get to see, at the request and at its response', async () => {
    const { http, signIn } = client();
    signIn();
    const seen: Request[] = [];
    http.configure(
      config =>
        void config.withInterceptor({
          request: request => {
            seen.push(request);
            return request;
          },
          response: (response, request) => {
            if (request) seen.push(request);
            return response;
          },
        }),
    );
    await http.post('/echo', 'a');
    expect(seen[1]).toBe(seen[0] as Request);
  });
});

describe('a request body in an HTTP client', () => {
  for (const what of ['a form with a file', 'a form with several files', 'a Blob', 'a string']) {
    const body = bodies[what] as () => BodyInit;

    it(`[C-43] [F111] is sent whole with a fresh token: ${what}`, async () => {
      const { http, signIn } = client();
      signIn();
      expect(await received(await http.post('/echo', body()))).toEqual(await sentPlainly(body()));
    });

    for (const [when, accessToken, sleepMs] of [
      ['after waiting for a token', undefined, 61_000],
      ['again after a 401', 'stale', 0],
    ] as const) {
      it(`[C-43] [F112] is sent whole ${when}, with any other interceptors: ${what}`, async () => {
        const { http, signIn, clock, server } = client();
        http.configure(
          config => void config.withInterceptor({ request: request => new Request(request, { cache: 'no-store' }) }),
        );
        signIn(accessToken);
        await clock.sleep(sleepMs);
        server.fail({ delayMs: 1000 });
        // Several, because an engine may take a value on its stack for a reference, and then keeps one of them.
        const responses = Array.from({ length: 3 }, () => http.post('/echo', body()));
        await garbageCollectedDuringRefresh(server);
        await clock.advance(1000);
        const whole = await sentPlainly(body());
        for (const response of responses) expect(await received(await response)).toEqual(whole);
      });
    }
  }

  it('[C-43] [F112] is sent whole when a RetryInterceptor sends the request again', async () => {
    const { http, server, session, signIn } = client();
    http.configure(config => void config.rejectErrorResponses().withRetry({ maxRetries: 1, interval: 1000 }));
    signIn();
    const send = globalThis.fetch;
    let sent = 0;
    spyOn(globalThis, 'fetch').and.callFake(async (input, init) => {
      const response = await send(input, init);
      return sent++ === 0 ? new Response('', { status: 503 }) : response;
    });
    const body = bodies['a form with a file'] as () => BodyInit;
    const response = http.post('/echo', body());
    await session.updateToken();
    await garbageCollectedDuringRefresh(server);
    const digest = await received(await response);
    expect(sent).toBe(2);
    expect(digest).toEqual(await sentPlainly(body()));
  });
});
