import { Bearer, protectedUrls } from '../../src/core.js';
import { code, standing } from '../session/support.js';
import { api, houseWithBearer, type WithBearer } from './support.js';

class ApiRequest extends Request {
  constructor(path: string, init?: RequestInit) {
    super(api + path, init);
  }
}

const signal = new AbortController().signal;

/** Each way to pass one request. */
const ways: Record<string, () => { input: Request | URL | string; init?: RequestInit }> = {
  'a Request': () => ({ input: new Request(`${api}/poll`) }),
  'a Request and an init': () => ({ input: new Request(`${api}/poll`), init: { headers: { 'X-Own': '1' } } }),
  'a Request with a signal': () => ({ input: new Request(`${api}/poll`, { signal }) }),
  'a clone': () => ({ input: new Request(`${api}/poll`).clone() }),
  'an object of a subclass of Request': () => ({ input: new ApiRequest('/poll') }),
  'a URL': () => ({ input: new URL(`${api}/poll`) }),
  'a string': () => ({ input: `${api}/poll` }),
  'a string and an init with Headers': () => ({
    input: `${api}/poll`,
    init: { headers: new Headers({ 'X-Own': '1' }) },
  }),
};

function settingsOf(request: Request) {
  const { url, method, keepalive, credentials, cache, mode, integrity, referrer, referrerPolicy } = request;
  return { url, method, keepalive, credentials, cache, mode, integrity, referrer, referrerPolicy };
}

/** Signed in. */
function polling(options: Parameters<typeof houseWithBearer>[0] = {}): WithBearer {
  const all = houseWithBearer(options);
  all.session.logIn(all.server.logIn());
  return all;
}

describe('a request of the caller', () => {
  it('is sent as the init says, where it differs from the Request', async () => {
    const { bearer, server } = polling();
    const init = { method: 'PUT', headers: { 'X-Own': '1' }, body: 'of the init' };
    await bearer.fetch(new Request(`${api}/poll`, { method: 'POST', body: 'of the Request' }), init);
    const [{ method, headers, body } = { method: '', headers: new Headers(), body: '' }] = server.calls;
    expect([method, headers.get('X-Own'), body]).toEqual(['PUT', '1', 'of the init']);
  });

  for (const [what, way] of Object.entries(ways)) {
    it(`is sent with the current token each time, given as ${what}`, async () => {
      const { bearer, session, server } = polling();
      const { input, init } = way();
      for (let round = 0; round < 20; round++) {
        await session.updateToken();
        expect((await bearer.fetch(input, init)).status).toBe(200);
        expect(server.calls.at(-1)?.accessToken).toBe(session.freshToken()?.accessToken);
      }
      session.logOut();
      expect((await bearer.fetch(input, init)).status).toBe(401);
      session.logIn(server.logIn('bob'));
      expect((await bearer.fetch(input, init)).status).toBe(200);
      expect(server.refreshes.length).toBe(20);
    });

    it(`is not changed, given as ${what}`, async () => {
      const { bearer, server } = polling();
      const { input, init } = way();
      await bearer.fetch(input, init);
      await server.fetch(input, init);
      await bearer.fetch(input, { ...init, auth: false });
      expect(server.calls.map(({ status }) => status)).toEqual([200, 401, 401]);
    });
  }

  for (const [what, options] of [
    ['', {}],
    [' with a header of another name', { headerName: 'X-Auth' }],
  ] as const) {
    it(`is copied by authorize${what}, with the properties that interceptors set on it`, async () => {
      const { bearer } = polling(options);
      for (const init of [{}, { method: 'POST', body: 'a' }]) {
        const request = Object.assign(new Request(`${api}/poll`, init), { retryConfig: { counter: 1 } });
        const authorized = await bearer.authorize(request);
        expect(authorized).not.toBe(request);
        expect(request.headers.has(bearer.headerName)).toBeFalse();
        expect(authorized.headers.has(bearer.headerName)).toBeTrue();
        expect(Reflect.get(authorized, 'retryConfig')).toBe(request.retryConfig);
      }
    });
  }

  for (const method of ['GET', 'POST']) {
    for (const headerName of ['Authorization', 'X-Auth']) {
      it(`keeps its settings: ${method} with ${headerName}`, async () => {
        const sent: Request[] = [];
        const { bearer } = polling({
          headerName,
          fetch: async request => {
            sent.push(request);
            return new Response();
          },
        });
        const init: RequestInit = { method, keepalive: true, credentials: 'include', referrerPolicy: 'no-referrer' };
        const request = new Request(`${api}/x`, {
          ...init,
          referrer: '/from',
          cache: 'no-store',
          integrity: 'sha256-a',
        });
        const expected = settingsOf(request);
        await bearer.fetch(request.clone());
        await bearer.fetch(await bearer.authorize(request.clone()));
        expect(sent.map(settingsOf)).toEqual([expected, expected]);
      });
    }
  }

  it('is not changed while it waits, nor by a replay', async () => {
    const { bearer, session, server, clock } = polling();
    const request = new Request(`${api}/poll`);
    await clock.sleep(61_000);
    expect((await bearer.fetch(request)).status).toBe(200);
    await clock.advance(15_000);
    server.expireAccess();
    expect((await bearer.fetch(request)).status).toBe(200);
    session.logOut();
    await bearer.fetch(request);
    expect(server.calls.at(-1)?.accessToken).toBeUndefined();
  });

  it('carries the token of the user who is signed in when it is sent, and belongs to that user once authorized', async () => {
    const { bearer, session, server } = polling();
    const request = new Request(`${api}/poll`);
    const authorized = await bearer.authorize(request);
    session.logIn(server.logIn('bob'));
    expect((await bearer.fetch(request)).status).toBe(200);
    expect(code((await standing(bearer.fetch(authorized))).error)).toBe('session_changed');
  });

  it('gets the header itself with inPlace', () => {
    const { bearer } = polling();
    const request = new Request(`${api}/x`);
    expect(bearer.authorize(request, { inPlace: true })).toBe(request);
    expect(request.headers.has('Authorization')).toBeTrue();
  });
});

describe('bearer.fetch', () => {
  it('works when it is passed on as a function', async () => {
    const { bearer, server } = polling();
    const client = { fetch: bearer.fetch };
    const { fetch } = bearer;
    expect((await client.fetch(`${api}/x`)).status).toBe(200);
    expect((await fetch(`${api}/x`)).status).toBe(200);
    expect(server.calls.length).toBe(2);
  });

  it('calls the fetch of its options as a function, so that it can be window.fetch', async () => {
    const { session } = polling();
    const bearer = new Bearer(session, { protects: protectedUrls([api], api), fetch: globalThis.fetch });
    const response = await bearer.fetch(new URL('/echo', document.baseURI), { method: 'POST', body: 'a' });
    expect(await response.text()).toBe('a');
  });
});

describe('an access token', () => {
  for (const [what, scheme] of [
    ['', 'Bearer'],
    [' without a scheme', ''],
  ] as const) {
    it(`with white space around it is recognised as sent${what}`, async () => {
      const { bearer, session, server } = polling({ scheme });
      const { access_token, ...tokens } = server.logIn();
      session.logIn({ ...tokens, access_token: ` ${access_token}\r\n` });
      server.expireAccess();
      expect((await bearer.fetch(`${api}/x`)).status).toBe(200);
      expect(server.calls.map(({ status }) => status)).toEqual([401, 200]);
    });
  }

  it('that a header cannot carry is an error without the token in it', async () => {
    const { bearer, session, server } = polling();
    session.logIn({ ...server.logIn(), access_token: 'secret\nInjected: 1' });
    const { error } = await standing(bearer.fetch(`${api}/x`));
    expect(code(error)).toBe('invalid_token_response');
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('secret');
    expect(server.calls.length).toBe(0);
  });
});
