import fc from 'fast-check';
import { protectedUrls } from '../../src/core.js';
import { ended, rejection, standing } from '../session/support.js';
import { api, houseWithBearer, type WithBearer } from './support.js';

/** Signed in, with a token that the API rejects. */
function rejected(...options: Parameters<typeof houseWithBearer>): WithBearer {
  const all = houseWithBearer(...options);
  all.session.logIn(all.server.logIn());
  all.server.expireAccess();
  return all;
}

/** An API that responds 401 to every request below a path. */
function deaf(path: string, all: () => WithBearer): (request: Request) => Promise<Response> {
  return request =>
    new URL(request.url).pathname.startsWith(path)
      ? Promise.resolve(new Response('no', { status: 401 }))
      : all().server.fetch(request);
}

describe('requests on failure', () => {
  it('[F58] are sent at most twice to an API that always responds 401, and soon without a refresh', async () => {
    const all: WithBearer = houseWithBearer({ fetch: request => deaf('/', () => all)(request) });
    const { bearer, session, server, clock, activities } = all;
    session.logIn(server.logIn());
    for (let second = 0; second < 59; second++) {
      const answer = bearer.fetch(`${api}/x`);
      await clock.advance(1000);
      const response = (await standing(answer)).value;
      expect(response?.status).toBe(401);
      expect(await response?.text()).toBe('no');
    }
    expect(server.refreshes.length).toBeLessThanOrEqual(4);
    expect(activities.some(({ type }) => type === 'paused')).toBeTrue();
    expect(ended(session)).toBeUndefined();
  });

  it('[F59] succeed at the rest of an API of which one part always responds 401', async () => {
    const all: WithBearer = houseWithBearer({ fetch: request => deaf('/deaf', () => all)(request) });
    const { bearer, session, server, clock } = all;
    session.logIn(server.logIn());
    for (let second = 0; second < 50; second++) {
      const answers = [bearer.fetch(`${api}/deaf`), bearer.fetch(`${api}/good`)];
      await clock.advance(1000);
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(statuses).toEqual([401, 200]);
    }
    expect(server.refreshes.length).toBeLessThanOrEqual(4);
  });

  it('[F59] do not refresh for ever if one part of an API always responds 401, and all others revoke each old token', async () => {
    const all: WithBearer = houseWithBearer({ fetch: request => deaf('/deaf', () => all)(request) });
    const { bearer, session, server, clock } = all;
    session.logIn(server.logIn());
    for (let second = 0; second < 50; second++) {
      const rejected = bearer.fetch(`${api}/deaf`);
      await clock.advance(500);
      const revoked = await bearer.authorize(new Request(`${api}/good`));
      await rejected;
      await clock.advance(500);
      expect((await bearer.handleResponse(await server.fetch(revoked), revoked)).status).toBe(200);
    }
    expect(server.refreshes.length).toBeLessThanOrEqual(4);
  });

  it('[F59] [C-42] are replayed while refreshes are paused, if their token was replaced meanwhile', async () => {
    const all: WithBearer = houseWithBearer({ fetch: request => deaf('/deaf', () => all)(request) });
    const { bearer, session, server, clock, activities } = all;
    session.logIn(server.logIn());
    const early = await bearer.authorize(new Request(`${api}/good`));
    for (let second = 0; second < 5; second++) {
      const rejected = bearer.fetch(`${api}/deaf`);
      await clock.advance(1000);
      await rejected;
    }
    expect(activities.some(({ type }) => type === 'paused')).toBeTrue();
    const refreshes = server.refreshes.length;
    expect((await bearer.handleResponse(new Response('', { status: 401 }), early)).status).toBe(200);
    expect(server.refreshes.length).toBe(refreshes);
  });

  it('[F59] do not refresh for ever if each replay meets a token that was replaced meanwhile', async () => {
    let replays = 0;
    const all: WithBearer = houseWithBearer({
      fetch: async () => {
        // As another tab does whose request was rejected as well.
        if (all.activities.at(-1)?.type === 'replayed') {
          replays++;
          await all.session.updateToken();
        }
        return new Response('no', { status: 401 });
      },
    });
    const { bearer, session, server, clock } = all;
    session.logIn(server.logIn());
    for (let second = 0; second < 20; second++) {
      const rejected = bearer.fetch(`${api}/x`);
      await clock.advance(1000);
      expect((await rejected).status).toBe(401);
    }
    expect(replays).toBe(3);
  });

  it('[F61] are replayed with the token that another tab has refreshed meanwhile', async () => {
    const { bearer, session, server, open, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.advance(100);
    const request = await bearer.authorize(new Request(`${api}/x`));
    await open().session.updateToken();
    await clock.advance(100);
    const response = await bearer.handleResponse(new Response('', { status: 401 }), request);
    expect(response.status).toBe(200);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F62] [F64] never carry the token to another origin, for any URL', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const part = fc.constantFrom(
      ...['https:', 'http:', 'blob:', 'data:', 'javascript:', '//', '/', '\\', '@', ':', '?', '#', '.', '%2e', '%00'],
      ...['api.example', 'API.EXAMPLE', 'evil.test', 'ａpi', 'ex​ample', '\t', '\n', ' ', ':443', ':8443', 'x', 'user'],
    );
    const address = fc.oneof(
      fc.array(part, { maxLength: 8 }).map(parts => parts.join('')),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string().map(text => `https://api.example${text}`),
      fc.string({ unit: 'binary' }).map(text => `https://${text}api.example/`),
    );
    let protectedOnes = 0;
    await fc.assert(
      fc.asyncProperty(address, async text => {
        const request = requestTo(text);
        if (!request) return;
        const { origin, protocol } = placeOf(request.url);
        const carrier = await bearer.authorize(request);
        const carries = carrier.headers.has('Authorization');
        expect(carries).toBe(origin === api && protocol === 'https:');
        if (carries) protectedOnes++;
      }),
      { numRuns: 2000 },
    );
    expect(protectedOnes).toBeGreaterThan(20);
  });

  it('[F64] [C-02] carry the token exactly below a protected path', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', '..', '.', '%2e%2e', '%2E.', '', 'a%2fb', 'a;b', '\\..');
    const path = fc.array(segment, { maxLength: 6 }).map(segments => `/${segments.join('/')}`);
    const isProtected = protectedUrls([`${api}/a/b`], 'https://app.example/');
    fc.assert(
      fc.property(path, fc.constantFrom('', '?x', '#x', '/?/a/b'), (requested, rest) => {
        const { href, pathname } = new URL(api + requested + rest);
        expect(isProtected(href)).toBe(`${pathname}/`.startsWith('/a/b/'));
      }),
      { numRuns: 2000 },
    );
  });

  it('[F65] [F70] take effect once if the API responds 401 first: a POST arrives twice, and succeeds once', async () => {
    const { bearer, server } = rejected();
    const response = await bearer.fetch(`${api}/order`, { method: 'POST', body: '{"item":1}' });
    expect(response.status).toBe(200);
    expect(server.calls.map(({ method, status, body }) => [method, status, body])).toEqual([
      ['POST', 401, '{"item":1}'],
      ['POST', 200, '{"item":1}'],
    ]);
  });

  it('[F70] wait for a fresh token instead of being rejected, so a POST is sent once', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(55_000);
    await bearer.fetch(`${api}/order`, { method: 'POST', body: '{"item":1}' });
    expect(server.calls.map(({ status }) => status)).toEqual([200]);
  });

  for (const headerName of ['Authorization', 'X-Auth']) {
    for (const method of ['GET', 'POST']) {
      it(`[F70] [C-43] are not replayed with replay: false: ${method} with ${headerName}`, async () => {
        const { bearer, server } = rejected({ headerName });
        const body = method === 'POST' ? { body: '{}' } : {};
        const response = await bearer.fetch(`${api}/x`, { method, replay: false, ...body });
        expect(response.status).toBe(401);
        expect(server.calls.length).toBe(1);
        expect(server.refreshes.length).toBe(0);
      });
    }
  }

  for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
    it(`[F66] [C-43] keep their settings in a replay: ${method}`, async () => {
      const sent: Request[] = [];
      const all: WithBearer = rejected({
        fetch: request => {
          sent.push(request);
          return all.server.fetch(request);
        },
      });
      const init: RequestInit = { method, credentials: 'include', cache: 'no-store', headers: { 'X-Own': 'a' } };
      const response = await all.bearer.fetch(new Request(`${api}/x?y#z`, init));
      expect(response.status).toBe(200);
      const [first, second] = sent.map(({ url, method: as, credentials, cache, headers, mode }) => {
        return { url, as, credentials, cache, mode, own: headers.get('X-Own') };
      });
      expect(second).toEqual(first as NonNullable<typeof first>);
    });
  }

  it('[F67] do not read a stream ahead, and return its 401', async () => {
    if (!streamsCanBeSent()) {
      expect(streamsCanBeSent()).toBeFalse();
      return;
    }
    const all: WithBearer = rejected({ fetch: () => Promise.resolve(new Response('no', { status: 401 })) });
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: controller => {
          pulled++;
          controller.enqueue(new Uint8Array(65_536));
        },
      },
      { highWaterMark: 0 },
    );
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
    const response = await all.bearer.fetch(`${api}/x`, init);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('no');
    expect(pulled).toBe(0);
  });

  it('[F68] tell listeners that they failed if the replay fails without a response', async () => {
    const all: WithBearer = rejected({
      fetch: async request => {
        if (all.activities.at(-1)?.type === 'replayed') throw new TypeError('Failed to fetch');
        return all.server.fetch(request);
      },
    });
    await expectAsync(all.bearer.fetch(`${api}/x`)).toBeRejectedWithError(TypeError);
    await all.clock.advance(0);
    expect(all.activities.map(({ type }) => type)).toEqual(['sent', 'rejected', 'replayed', 'failed']);
  });

  it('[F68] cancel the body of a 401 before the replay', async () => {
    let cancelled = 0;
    const all: WithBearer = rejected({
      fetch: async request => {
        const answer = await all.server.fetch(request);
        if (answer.status !== 401) return answer;
        const endless = new ReadableStream({
          pull: controller => controller.enqueue(new Uint8Array(1024)),
          cancel: () => {
            cancelled++;
          },
        });
        return new Response(endless, { status: 401 });
      },
    });
    expect((await all.bearer.fetch(`${api}/x`)).status).toBe(200);
    expect(cancelled).toBe(1);
  });

  it('[F68] return a 401 with its body unread if there is no replay', async () => {
    const { bearer, server, session } = rejected();
    server.revoke();
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(401);
    expect(response.bodyUsed).toBeFalse();
    expect(await response.json()).toEqual({ error: 'invalid_token' });
    expect(ended(session)).toBe('refused');
  });

  it('[F69] are not sent if they were aborted before', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    const reason = new Error('left the page');
    const answer = bearer.fetch(`${api}/x`, { signal: AbortSignal.abort(reason) });
    expect((await standing(answer)).error).toBe(reason);
    await clock.advance(1000);
    expect(server.calls.length).toBe(0);
  });

  it('[F69] stop waiting at their own timeout, while others go on waiting', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ delayMs: 3000 });
    const impatient = bearer.fetch(`${api}/x`, { signal: AbortSignal.timeout(1) });
    const patient = bearer.fetch(`${api}/y`);
    const { error } = await impatient.then(
      () => ({ error: undefined }),
      cause => ({ error: cause }),
    );
    expect((error as DOMException).name).toBe('TimeoutError');
    await clock.advance(3000);
    expect((await patient).status).toBe(200);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F69] are not replayed if they are aborted during the refresh', async () => {
    const { bearer, server, clock } = rejected();
    server.fail({ delayMs: 500 });
    const controller = new AbortController();
    const answer = bearer.fetch(`${api}/x`, { signal: controller.signal });
    await clock.advance(100);
    expect(server.calls.length).toBe(1);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    expect((await standing(answer)).error).toBe(reason);
    await clock.advance(1000);
    expect(server.calls.length).toBe(1);
  });

  it('[F54] [C-47] of one user are not replayed for the next user', async () => {
    const { bearer, session, server, clock } = rejected();
    server.fail({ delayMs: 500 });
    const answer = bearer.fetch(`${api}/x`);
    await clock.advance(100);
    session.logIn(server.logIn('bob'));
    expect(await rejection(answer)).toBe('session_changed');
    expect(server.calls.length).toBe(1);
  });

  it('[F54] return their 401 if the user has logged out meanwhile', async () => {
    const { bearer, session, server, clock } = rejected();
    server.fail({ delayMs: 500 });
    const answer = bearer.fetch(`${api}/x`);
    await clock.advance(100);
    session.logOut();
    expect((await standing(answer)).value?.status).toBe(401);
    expect(server.calls.length).toBe(1);
  });

  it('[F60] are replayed after one refresh, fifty at once', async () => {
    const { bearer, server } = rejected();
    const answers = Array.from({ length: 50 }, (_, index) => bearer.fetch(`${api}/${index}`));
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBeTrue();
    expect(server.refreshes.length).toBe(1);
    expect(server.calls.length).toBe(100);
  });

  it('[F74] get a fresh token at once, so a keepalive request of a closing page carries it', () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const request = new Request(`${api}/leave`, { method: 'POST', body: 'bye', keepalive: true });
    const carrier = bearer.authorize(request) as Request;
    expect(carrier).toBeInstanceOf(Request);
    expect(carrier.headers.get('Authorization')).toContain('Bearer ');
    expect(carrier.keepalive).toBeTrue();
  });

  it('[F75] [C-08] carry tokens in headers only, never in a URL, and the refresh token in a POST only', async () => {
    const { bearer, session, server, clock } = houseWithBearer();
    session.logIn(server.logIn());
    for (let round = 0; round < 5; round++) {
      await bearer.fetch(`${api}/x?round=${round}`, { method: 'POST', body: 'x' });
      server.expireAccess();
      await bearer.fetch(`${api}/x`);
      await clock.advance(60_000);
    }
    for (const { url, kind, body, headers, method } of server.requests) {
      expect(url).not.toMatch(/eyJ|rt-0/);
      expect(JSON.stringify([...headers])).not.toContain('rt-0');
      expect(/rt-0-\d/.test(body)).toBe(kind === 'refresh');
      if (kind === 'refresh') expect([method, url]).toEqual(['POST', 'https://app.example/auth/login']);
    }
    expect(server.refreshes.length).toBeGreaterThan(5);
  });

  it('[F90] carry a token of 64 KB, and return the server’s response to it', async () => {
    const all: WithBearer = houseWithBearer({ fetch: async () => new Response('too large', { status: 431 }) });
    const { bearer, session, server } = all;
    session.logIn({ ...server.logIn(), access_token: 'x'.repeat(65_536) });
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(431);
    expect(server.refreshes.length).toBe(0);
    expect(session.freshToken()).toBeDefined();
  });

  it('[C-41] return the second 401 unchanged', async () => {
    const { bearer, server, session } = rejected();
    server.failAlways({ edit: body => ({ ...body, access_token: 'of another server' }) });
    const response = await bearer.fetch(`${api}/x`);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: 'invalid_token' });
    expect(server.calls.length).toBe(2);
    expect(ended(session)).toBeUndefined();
  });
});

/** Origin of a URL. Firefox gives some `data:` requests a URL that it cannot parse itself. */
function placeOf(url: string): { origin?: string; protocol?: string } {
  try {
    return new URL(url);
  } catch {
    return {};
  }
}

function requestTo(address: string): Request | undefined {
  try {
    return new Request(address);
  } catch {
    return undefined;
  }
}

function streamsCanBeSent(): boolean {
  let asked = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      asked = true;
      return 'half';
    },
  };
  const { headers } = new Request('https://app.example/', init);
  return asked && !headers.has('Content-Type');
}
