import { Bearer, browserPorts, protectedUrls, Session } from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { code, standing } from '../session/support.js';
import { api, houseWithBearer, type WithBearer } from './support.js';

describe('the bearer', () => {
  it('puts a fresh token on a request at once', () => {
    const { bearer, session, server } = houseWithBearer();
    const { accessToken } = session.logIn(server.logIn());
    const request = new Request(`${api}/x`);
    const authorized = bearer.authorize(request) as Request;
    expect(authorized).toBeInstanceOf(Request);
    expect(authorized.headers.get('Authorization')).toBe(`Bearer ${accessToken}`);
  });

  it('reads no storage, parses nothing and decodes nothing for a fresh token', () => {
    const session = new Session({ refresh: { url: '/token' } }, browserPorts({ storageKey: 'bearer-spec' }));
    session.logIn({ access_token: 'e30.e30.x', refresh_token: 'r', id_token: 'e30.e30.x', expires_in: 3600 });
    const bearer = new Bearer(session, { protects: protectedUrls([api], document.baseURI), fetch: r => fetch(r) });
    const work = [
      spyOn(Storage.prototype, 'getItem').and.callThrough(),
      spyOn(Storage.prototype, 'setItem').and.callThrough(),
      spyOn(JSON, 'parse').and.callThrough(),
      spyOn(JSON, 'stringify').and.callThrough(),
      spyOn(globalThis, 'atob').and.callThrough(),
    ];
    const requests = Array.from({ length: 10 }, (_, index) => new Request(`${api}/${index}`));
    const authorized = requests.map(request => bearer.authorize(request) as Request);
    const calls = work.map(spy => spy.calls.count());
    session.logOut();
    session.dispose();
    expect(authorized.every(({ headers }) => headers.get('Authorization') === 'Bearer e30.e30.x')).toBeTrue();
    expect(calls).toEqual([0, 0, 0, 0, 0]);
  });

  it('returns the request unchanged while no user is signed in', () => {
    const { bearer } = houseWithBearer();
    const request = new Request(`${api}/x`);
    expect(bearer.authorize(request)).toBe(request);
    expect(request.headers.has('Authorization')).toBeFalse();
  });

  it('[C-01] sends no token to other origins', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    await bearer.fetch('https://evil.example/');
    expect(server.calls[0]?.headers.has('Authorization')).toBeFalse();
  });

  it('[C-06] keeps a header of the caller, and sends no token with auth: false', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const headers = { Authorization: 'Basic eDp5' };
    await bearer.fetch(`${api}/`, { headers });
    await bearer.fetch(new Request(`${api}/`, { headers }));
    await bearer.fetch(`${api}/`, { auth: false });
    const sent = server.calls.map(({ headers }) => headers.get('Authorization'));
    expect(sent).toEqual(['Basic eDp5', 'Basic eDp5', null]);
  });

  it('replaces an earlier token of the session with the current one', async () => {
    const { bearer, session, server, activities } = houseWithBearer();
    session.logIn(server.logIn());
    const request = await bearer.authorize(new Request(`${api}/x`));
    await bearer.authorize(request.clone());
    const { accessToken } = await session.updateToken();
    await bearer.authorize(request.clone());
    const again = await bearer.authorize(request.clone());
    expect(again.headers.get('Authorization')).toBe(`Bearer ${accessToken}`);
    expect(activities.filter(({ type }) => type === 'sent').length).toBe(1);
  });

  it('[C-44] delays a request until the token is fresh, and sends it once', async () => {
    const { bearer, session, server, clock, activities } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    const responses = await Promise.all(Array.from({ length: 100 }, () => bearer.fetch(`${api}/x`)));
    expect(responses.every(({ status }) => status === 200)).toBeTrue();
    expect(server.calls.length).toBe(100);
    expect(server.refreshes.length).toBe(1);
    expect(activities.filter(({ type }) => type === 'waiting').length).toBe(100);
    expect(activities.filter(({ type, status }) => type === 'responded' && status === 200).length).toBe(100);
  });

  it('tells listeners when a request fails without a response, sent or still waiting for a token', async () => {
    const { bearer, session, server, clock, activities } = houseWithBearer();
    session.logIn(server.logIn());
    server.goOffline();
    await expectAsync(bearer.fetch(`${api}/x`)).toBeRejectedWithError(TypeError);
    await clock.sleep(61_000);
    const waiting = bearer.fetch(`${api}/x`, { method: 'POST' });
    session.logOut();
    await expectAsync(waiting).toBeRejected();
    expect(activities.map(({ type, method }) => `${type} ${method}`)).toEqual([
      'sent GET',
      'failed GET',
      'waiting POST',
      'failed POST',
    ]);
  });

  it('tells listeners nothing about a request without the token', async () => {
    const { bearer, session, server, activities } = houseWithBearer();
    session.logIn(server.logIn());
    await bearer.fetch(`${api}/x`, { auth: false });
    await bearer.fetch('https://other.example/x');
    expect(activities).toEqual([]);
  });

  for (const [what, body] of Object.entries<() => BodyInit>({
    JSON: () => '{"a":1}',
    'a form': () => new URLSearchParams({ a: '1' }),
    'form data': () => {
      const data = new FormData();
      data.set('a', '1');
      return data;
    },
    'a blob': () => new Blob(['a'], { type: 'text/x' }),
    bytes: () => new Uint8Array([1, 2, 3]),
  })) {
    it(`[C-43] replays a POST of ${what} after a 401, byte for byte`, async () => {
      const { bearer, session, server } = houseWithBearer();
      session.logIn(server.logIn());
      server.expireAccess();
      const response = await bearer.fetch(`${api}/x`, { method: 'POST', body: body(), headers: { 'X-Own': 'kept' } });
      expect(response.status).toBe(200);
      const [first, second] = server.calls;
      expect(server.calls.map(({ status }) => status)).toEqual([401, 200]);
      expect(second?.body).toBe(first?.body as string);
      expect(second?.headers.get('Content-Type')).toBe(first?.headers.get('Content-Type') as string);
      expect(second?.headers.get('X-Own')).toBe('kept');
      expect(server.refreshes.length).toBe(1);
    });
  }

  it('[C-43] returns the 401 of a request with replay: false', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    server.expireAccess();
    const response = await bearer.fetch(`${api}/x`, { method: 'POST', body: '{}', replay: false });
    expect(response.status).toBe(401);
    expect(server.calls.length).toBe(1);
  });

  it('[C-41] sends a request at most twice, and returns the second 401', async () => {
    const { bearer, session, server, clock } = houseWithBearer({ fetch: request => server401(request) });
    async function server401(request: Request): Promise<Response> {
      sent.push(request.url);
      return new Response('no', { status: 401 });
    }
    const sent: string[] = [];
    session.logIn(server.logIn());
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('no');
    expect(sent.length).toBe(2);
    for (let round = 0; round < 10; round++) {
      const again = bearer.fetch(`${api}/x`);
      await clock.advance(1100);
      expect((await again).status).toBe(401);
    }
    expect(server.refreshes.length).toBe(3);
    expect(sent.length).toBe(2 * 3 + 8);
  });

  it('[F60] replays a burst of rejected requests after one refresh', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    server.expireAccess();
    const burst = Array.from({ length: 50 }, () => bearer.fetch(`${api}/x`));
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 200));
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-42] replays with a token that was refreshed meanwhile, without another refresh', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const request = await bearer.authorize(new Request(`${api}/x`));
    await session.updateToken();
    const response = await bearer.handleResponse(new Response('', { status: 401 }), request);
    expect(response.status).toBe(200);
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-42] returns a 403, and a 401 to a request without the session’s token', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const forbidden = new Response('', { status: 403 });
    const unauthorized = new Response('', { status: 401 });
    expect(bearer.handleResponse(forbidden, new Request(`${api}/x`))).toBe(forbidden);
    expect(bearer.handleResponse(unauthorized, new Request(`${api}/x`))).toBe(unauthorized);
    expect(server.refreshes.length).toBe(0);
  });

  for (const method of ['POST', 'DELETE', 'GET']) {
    it(`[C-43] ${method === 'GET' ? 'replays a GET' : `does not replay a ${method}`} that was redirected before the 401`, async () => {
      const { bearer, session, server } = houseWithBearer();
      session.logIn(server.logIn());
      const request = await bearer.authorize(
        new Request(`${api}/orders`, { method, ...(method === 'POST' && { body: 'one' }) }),
      );
      const redirected = Object.defineProperties(new Response('', { status: 401 }), {
        redirected: { value: true },
        url: { value: `${api}/orders/1` },
      });
      const answer = await bearer.handleResponse(redirected, request);
      expect(server.calls.length).toBe(method === 'GET' ? 1 : 0);
      expect(answer.status).toBe(method === 'GET' ? 200 : 401);
    });
  }

  it('[C-42] returns a 401 from another origin, to which the request was redirected without its token', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const request = await bearer.authorize(new Request(`${api}/x`));
    const redirected = Object.defineProperties(new Response('', { status: 401 }), {
      redirected: { value: true },
      url: { value: 'https://login.example/' },
    });
    expect(bearer.handleResponse(redirected, request)).toBe(redirected);
    expect(server.refreshes.length).toBe(0);
  });

  it('[C-47] does not replay the request of one user with the token of another', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn('ann'));
    const request = await bearer.authorize(new Request(`${api}/x`));
    session.logIn(server.logIn('bob'));
    const answer = Promise.resolve(bearer.handleResponse(new Response('', { status: 401 }), request));
    expect(code((await standing(answer)).error)).toBe('session_changed');
    expect(server.calls.length).toBe(0);
  });

  for (const [next, reason, comeNext] of [
    ['by another user', 'session_changed', ({ session, server }) => void session.logIn(server.logIn('bob'))],
    ['by no user', 'session_ended', ({ session }) => session.logOut()],
  ] as const satisfies [string, string, (house: ReturnType<typeof houseWithBearer>) => void][]) {
    it(`[C-47] does not send an authorized request again after its user was replaced ${next}`, async () => {
      const house = houseWithBearer();
      const { bearer, session, server } = house;
      session.logIn(server.logIn('ann'));
      const request = await bearer.authorize(new Request(`${api}/x`));
      await bearer.fetch(request);
      comeNext(house);
      expect(code((await standing(bearer.fetch(request))).error)).toBe(reason);
      expect(server.calls.length).toBe(1);
    });
  }

  it('[C-47] rejects the waiting requests of one user when another user signs in', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn('ann'));
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const held = bearer.fetch(`${api}/x`);
    await clock.advance(100);
    session.logIn(server.logIn('bob'));
    expect(code((await standing(held)).error)).toBe('session_changed');
  });

  for (const init of [{ method: 'GET' }, { method: 'POST', body: '{}' }]) {
    it(`[C-41] does not replay a replay, if its response is handled once more: ${init.method}`, async () => {
      const sent: Request[] = [];
      const { bearer, session, server } = houseWithBearer({
        fetch: async request => {
          sent.push(request);
          return new Response('', { status: 401 });
        },
      });
      session.logIn(server.logIn());
      const second = await bearer.fetch(`${api}/x`, init);
      expect(await bearer.handleResponse(second, sent[1] as Request)).toBe(second);
      expect(sent.length).toBe(2);
    });
  }

  it('[C-41] refreshes once for a request if the server issues the rejected token again', async () => {
    const { bearer, session, server, clock } = houseWithBearer({
      fetch: async () => new Response('', { status: 401 }),
    });
    const login = server.logIn();
    session.logIn(login);
    server.failAlways({ edit: body => ({ ...body, access_token: login['access_token'] }) });
    const response = bearer.fetch(`${api}/x`);
    await clock.advance(15_000);
    expect((await response).status).toBe(401);
    expect(server.refreshes.length).toBe(1);
  });

  it('calls onError if a listener throws, and sends the request', async () => {
    const faults: unknown[] = [];
    for (const options of [{ onError: (fault: unknown) => faults.push(fault) }, {}]) {
      const { bearer, session, server, clock } = houseWithBearer(options);
      bearer.subscribe(() => {
        throw new Error('a bug of the listener');
      });
      session.logIn(server.logIn());
      await clock.sleep(61_000);
      expect((await bearer.fetch(`${api}/x`)).status).toBe(200);
    }
    expect(faults.length).toBe(3);
  });

  it('calls onError once for a token of type DPoP without a proof, and sends it as a bearer token', async () => {
    const errors: unknown[] = [];
    for (const options of [{ onError: (error: unknown) => errors.push(error) }, {}]) {
      const { bearer, session, server } = houseWithBearer(options);
      session.logIn({ ...server.logIn(), token_type: 'DPoP' });
      await bearer.fetch(`${api}/x`);
      await bearer.fetch(`${api}/y`);
      expect(server.calls.map(({ headers }) => headers.get('Authorization')?.split(' ')[0])).toEqual([
        'Bearer',
        'Bearer',
      ]);
    }
    expect(errors.map(code)).toEqual(['invalid_configuration']);
  });

  it('sends the current token if the refreshed one is replaced in the same turn', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    session.subscribe(({ event }) => {
      if (event.type === 'refreshed') session.logIn(server.logIn());
    });
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(200);
    expect(server.calls[0]?.accessToken).toBe(session.freshToken()?.accessToken);
  });

  it('resumes each request once if a listener changes the session meanwhile', async () => {
    let released = 0;
    const { bearer, session, server, clock } = houseWithBearer();
    bearer.subscribe(({ type }) => {
      if (type === 'resumed' && ++released === 1) session.logIn(server.logIn());
    });
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    const responses = await Promise.all(['a', 'b', 'c'].map(path => bearer.fetch(`${api}/${path}`)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(released).toBe(3);
  });

  it('returns a 401 to a token that was sent more than 16 tokens ago', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const old = await bearer.authorize(new Request(`${api}/x`));
    for (let round = 0; round < 20; round++) {
      await session.updateToken();
      await bearer.authorize(new Request(`${api}/x`));
    }
    const rejected = new Response('', { status: 401 });
    expect(await bearer.handleResponse(rejected, old)).toBe(rejected);
    expect(server.refreshes.length).toBe(20);
  });

  for (const status of [200, 404, 503]) {
    it(`refreshes each time a server rejects a token and responds to the replay with ${status}`, async () => {
      const all: WithBearer = houseWithBearer({
        fetch: async request => {
          const response = await all.server.fetch(request);
          return response.ok ? new Response('', { status }) : response;
        },
      });
      const { bearer, session, server, clock } = all;
      session.logIn(server.logIn());
      for (let round = 0; round < 8; round++) {
        await clock.advance(5_000);
        server.expireAccess();
        expect((await bearer.fetch(`${api}/x`)).status).toBe(status);
      }
    });
  }

  it('returns the 401 when the server refuses the refresh', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    server.revoke();
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(401);
    expect(session.state.status).toBe('logged-out');
    expect(server.refreshes.length).toBe(1);
  });

  it('[C-45] rejects at once with the abort reason', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 500 });
    const controller = new AbortController();
    const { signal } = controller;
    const held = [
      bearer.fetch(`${api}/by-options`, { signal }),
      bearer.fetch(new Request(`${api}/by-request`, { signal })),
      Promise.resolve(bearer.authorize(new Request(`${api}/authorized`, { signal }))),
    ];
    await settled();
    const reason = new Error('enough');
    controller.abort(reason);
    for (const request of held) expect((await standing<unknown>(request)).error).toBe(reason);
  });

  it('[C-04] leaves redirects to a caller who handles them, with the token in a header of another name', async () => {
    const { bearer, session, server } = houseWithBearer({ headerName: 'X-Auth' });
    session.logIn(server.logIn());
    const authorized = await bearer.authorize(new Request(`${api}/x`, { redirect: 'manual' }));
    expect([authorized.redirect, authorized.headers.has('X-Auth')]).toEqual(['manual', true]);
  });

  it('[C-04] follows no redirect with the token in a header of another name', async () => {
    const { bearer, session, server } = houseWithBearer({ headerName: 'X-Auth', scheme: '' });
    const { accessToken } = session.logIn(server.logIn());
    const request = await bearer.authorize(new Request(`${api}/x`));
    expect(request.redirect).toBe('error');
    expect(request.headers.get('X-Auth')).toBe(accessToken);
  });

  it('goes by the options of the latest call for a request', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const request = new Request(`${api}/x`);
    await bearer.authorize(request, { inPlace: true, replay: false });
    await bearer.authorize(request, { inPlace: true });
    const response = await bearer.handleResponse(new Response('', { status: 401 }), request);
    expect(response.status).toBe(200);
  });

  for (const method of ['GET', 'POST']) {
    it(`[C-41] replays a request once, however often its responses are handled: ${method}`, async () => {
      const sent: Request[] = [];
      const { bearer, session, server } = houseWithBearer({
        fetch: async request => {
          sent.push(request);
          const response = new Response('', { status: 401 });
          return sent.length > 1 ? bearer.handleResponse(response, request) : response;
        },
      });
      session.logIn(server.logIn());
      const body = method === 'POST' ? { body: '{}' } : {};
      const second = await bearer.fetch(`${api}/x`, { method, ...body });
      for (const request of [...sent]) expect(await bearer.handleResponse(second, request)).toBe(second);
      expect(sent.length).toBe(2);
    });
  }
});
