import { AuthError, BaseConfig, logger } from 'aurelia-auth-refresh';
import { Bearer } from 'aurelia-auth-refresh/core';
import { settled } from 'aurelia-auth-refresh/testing';
import { HttpClient } from 'aurelia-fetch-client';
import { api, credentials, type TestApp, testApp } from './support/test-app.js';
import { guardedBy, json, TestServer } from './support/test-server.js';

const refreshing = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };

function ordersServer(accepted = 'access-1'): TestServer {
  const server = new TestServer(600);
  server.on('POST /auth/token', server.tokens);
  server.on('GET /orders', guardedBy(accepted)).on('POST /orders', guardedBy(accepted));
  return server;
}

async function signedIn(options = {}, server = ordersServer()) {
  const app = testApp({ ...refreshing, ...options }, { server });
  app.fetchConfig.configure();
  await app.authService.login(credentials);
  return app;
}

describe('a configured HTTP client', () => {
  it('sends the token with requests to its base URL', async () => {
    const { http, server } = await signedIn();
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer access-1']);
  });

  it('sends the token to no other URL [B9]', async () => {
    const { http, server } = await signedIn();
    http.baseUrl = api;
    for (const url of ['https://evil.example/orders', '.evil.example/x', `${api}.evil.example/x`]) {
      await http.fetch(url);
    }
    expect(server.seen.slice(1).map(({ headers }) => headers.get('Authorization'))).toEqual([null, null, null]);
  });

  it('checks the URL that another interceptor set [C-03]', async () => {
    const { http, server } = await signedIn();
    http.configure(config => {
      config.withInterceptor({ request: request => new Request('https://evil.example/orders', request) });
    });
    await http.fetch('orders');
    expect(server.seen.at(-1)?.url).toBe('https://evil.example/orders');
    expect(server.seen.at(-1)?.headers.has('Authorization')).toBe(false);
  });

  it('never replaces a header of the caller [C-06]', async () => {
    const { http, server } = await signedIn();
    await http.fetch('orders', { headers: { Authorization: 'Basic abc' } });
    expect(server.to('/orders').map(({ headers }) => headers.get('Authorization'))).toEqual(['Basic abc']);
  });

  it('omits the token with auth: false, even if another interceptor replaces the request', async () => {
    const { http, server } = await signedIn();
    http.configure(config => {
      config.withInterceptor({ request: request => new Request(request, { cache: 'no-store' }) });
    });
    await Promise.all([http.fetch('public', { auth: false }), http.fetch('orders')]);
    const carried = (path: string) => server.to(path).map(({ headers }) => headers.has('Authorization'));
    expect([carried('/public'), carried('/orders')]).toEqual([[false], [true]]);
  });

  for (const [failure, answer] of [
    ['fails', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['receives 503', () => new Response('', { status: 503 })],
    ['receives 401', () => new Response('', { status: 401 })],
  ] as const) {
    it(`omits the token when withRetry retries because a request with auth: false ${failure} [C-06]`, async () => {
      const { http, server } = await signedIn({}, ordersServer().on('GET /public', answer));
      http.configure(config => {
        config.rejectErrorResponses().withRetry({ maxRetries: 2, interval: 1 });
      });
      const [failed] = await Promise.allSettled([http.fetch('public', { auth: false }), http.fetch('orders')]);
      expect(failed.status).toBe('rejected');
      const carried = (path: string) => server.to(path).map(({ headers }) => headers.has('Authorization'));
      expect([carried('/public'), carried('/orders')]).toEqual([[false, false, false], [true]]);
    });
  }

  it('omits the token when another interceptor retries that request [C-06]', async () => {
    const { http, server } = await signedIn();
    let isFirst = true;
    http.configure(config =>
      config.withInterceptor({
        response: (response, request) => {
          const again = isFirst && request;
          isFirst = false;
          return again ? http.fetch(again) : response;
        },
      }),
    );
    await http.fetch('orders', { auth: false });
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, false]);
  });

  it('supports auth: false and replay: false as defaults of the client, which a request overrides', async () => {
    const { http, server } = await signedIn({}, ordersServer('access-2'));
    http.configure(config => config.withDefaults({ auth: false, replay: false }));
    await http.fetch('orders');
    await http.fetch('orders', { auth: true });
    await http.fetch('orders', { auth: true, replay: true });
    const sent = server.to('/orders').map(({ headers }) => headers.get('Authorization'));
    expect(sent).toEqual([null, 'Bearer access-1', 'Bearer access-1', 'Bearer access-2']);
  });

  it('uses the configured header and scheme', async () => {
    const { http, server } = await signedIn({ authHeader: 'X-Auth', authTokenType: false });
    await http.fetch('orders');
    expect(server.to('/orders')[0]?.headers.get('X-Auth')).toBe('access-1');
  });

  it('sends no token with httpInterceptor: false', async () => {
    const { http, server } = await signedIn({ httpInterceptor: false });
    await http.fetch('orders');
    expect(server.to('/orders')[0]?.headers.has('Authorization')).toBe(false);
  });

  for (const baseUrl of ['', '/v1', 'v1']) {
    it(`sends no token to the page's origin when the client's base URL is elsewhere and baseUrl is ${JSON.stringify(baseUrl)} [C-01]`, async () => {
      const { http, server } = await signedIn({ baseUrl, loginUrl: `${api}/auth/login` });
      await http.fetch('https://app.example.com/orders');
      await http.fetch('orders');
      expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, true]);
    });
  }

  it("sends the token to the page's origin without a base URL", async () => {
    const { http, server } = await signedIn();
    http.baseUrl = '';
    await http.fetch('https://app.example.com/orders');
    await http.fetch(`${api}/orders`);
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([true, false]);
  });

  it('sends the token to the origin of an absolute baseUrl', async () => {
    const { http, server } = await signedIn({ baseUrl: 'https://auth.example.com/v1/', loginUrl: `${api}/auth/login` });
    await http.fetch('https://auth.example.com/orders');
    expect(server.to('/orders')[0]?.headers.has('Authorization')).toBe(true);
  });

  it('is logged when protectedUrls omits its origin', () => {
    const warn = spyOn(logger, 'warn');
    testApp({ protectedUrls: [`${api}/orders`, 'https://['] }).fetchConfig.configure();
    expect(warn).not.toHaveBeenCalled();
    testApp({ protectedUrls: ['https://cdn.example.com/'], httpInterceptor: false }).fetchConfig.configure();
    expect(warn).not.toHaveBeenCalled();
    const { fetchConfig } = testApp({ protectedUrls: ['https://cdn.example.com/', '/own'] });
    fetchConfig.configure();
    fetchConfig.configure();
    expect(warn).toHaveBeenCalledOnceWith(jasmine.stringMatching(`${api}: .*"protectedUrls" does not list it`));
  });

  it('sends the token to protectedUrls only, by path segment', async () => {
    const { http, server } = await signedIn({ protectedUrls: [`${api}/orders`, '/private'] });
    for (const url of ['orders', 'orders/1', 'ordersabc', 'https://app.example.com/private', 'public']) {
      await http.fetch(url);
    }
    const carried = server.seen.slice(1).map(({ headers }) => headers.has('Authorization'));
    expect(carried).toEqual([true, true, false, true, false]);
  });

  it('sends the token over plain http: to an origin that protectedUrls lists, and warns once', async () => {
    const warn = spyOn(logger, 'warn');
    const { http, server } = await signedIn({ protectedUrls: ['http://intranet.example/'] });
    http.baseUrl = 'http://intranet.example/';
    await http.fetch('orders');
    await http.fetch('orders');
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([true, true]);
    expect(warn.calls.allArgs().filter(([text]) => String(text).includes('http://intranet.example/')).length).toBe(1);
  });

  it('sends no token over plain http: because of a relative entry of protectedUrls', async () => {
    const { http, page, server } = await signedIn({ protectedUrls: ['/'] });
    page.address = 'http://intranet.example/';
    await http.fetch('http://intranet.example/orders');
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
  });

  it('warns once that plain http: gets no token [C-05]', async () => {
    const { http, server } = await signedIn();
    spyOn(logger, 'warn');
    http.baseUrl = 'http://intranet.example/';
    await http.fetch('orders');
    await http.fetch('orders');
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, false]);
    expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('http://intranet.example'));
  });
});

describe('a request with a 401 response', () => {
  it('is retried with a refreshed token, and resolves to the second response [B1] [B24]', async () => {
    const { http, server } = await signedIn({}, ordersServer('access-2'));
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').map(({ headers }) => headers.get('Authorization'))).toEqual([
      'Bearer access-1',
      'Bearer access-2',
    ]);
    expect(server.to('/auth/token').length).toBe(1);
  });

  it('is retried with its body [B2]', async () => {
    const { http } = await signedIn({}, ordersServer('access-2'));
    const response = await http.post('orders', JSON.stringify({ amount: 3 }));
    expect(await response.json()).toEqual({ body: '{"amount":3}' });
  });

  it('is retried after one refresh for a hundred concurrent requests', async () => {
    const { http, server } = await signedIn({}, ordersServer('access-2'));
    const responses = await Promise.all(Array.from({ length: 100 }, () => http.fetch('orders')));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(server.to('/auth/token').length).toBe(1);
  });

  it('shows other interceptors the final response only, while isRequesting is true [B3] [F72]', async () => {
    const { http } = await signedIn({}, ordersServer('access-2'));
    const seen: [number, boolean][] = [];
    http.configure(config => {
      config.withInterceptor({
        response: response => {
          seen.push([response.status, http.isRequesting]);
          return response;
        },
      });
    });
    await http.fetch('orders');
    expect(seen).toEqual([[200, true]]);
  });

  it('is retried with rejectErrorResponses and withRetry, configured before or after [F71]', async () => {
    const { http, server, fetchConfig } = await signedIn({}, ordersServer('access-2'));
    http.configure(config => {
      config.rejectErrorResponses().withRetry({ maxRetries: 1, interval: 1 });
    });
    expect((await http.fetch('orders')).status).toBe(200);

    const other = new HttpClient();
    other.configure(config => {
      config.withBaseUrl(`${api}/`).rejectErrorResponses().withRetry({ maxRetries: 1, interval: 1 });
    });
    fetchConfig.configure(other);
    other.configure(config => config);
    expect((await other.fetch('orders')).status).toBe(200);
    expect(server.to('/auth/token').length).toBe(1);
  });

  it('is not retried by withRetry after the session has ended [C-47]', async () => {
    const server = ordersServer().on('GET /orders', () => {
      void authService.logout();
      return new Response('', { status: 503 });
    });
    const { http, authService } = await signedIn({}, server);
    http.configure(config => {
      config.rejectErrorResponses().withRetry({ maxRetries: 2, interval: 1 });
    });
    await expectAsync(http.fetch('orders')).toBeRejected();
    expect(server.to('/orders').length).toBe(1);
  });

  it('resolves to the 401 if the retry fails too', async () => {
    const { http, server, authService } = await signedIn({}, ordersServer('nothing will do'));
    const response = await http.fetch('orders');
    expect(response.status).toBe(401);
    expect(server.to('/orders').length).toBe(2);
    expect(authService.authenticated).toBe(true);
  });

  it('is not retried with replay: false, or if its body is a stream', async () => {
    const { authService, http, server } = await signedIn({}, ordersServer('access-2'));
    const stream = () => new ReadableStream({ start: controller => controller.close() });
    await http.fetch('orders', { replay: false });
    await http.fetch('orders', { method: 'POST', body: stream(), duplex: 'half' } as object).catch(() => undefined);
    await authService.client.post('orders', stream(), { duplex: 'half' } as object).catch(() => undefined);
    expect(server.to('/orders').length).toBe(3);
    expect(server.to('/auth/token').length).toBe(0);
  });

  it('resolves to the Response while no user is signed in [B23]', async () => {
    const { fetchConfig, http, server } = testApp(refreshing, { server: ordersServer() });
    fetchConfig.configure();
    expect((await http.fetch('orders')).status).toBe(401);
    expect(server.to('/auth/token').length).toBe(0);
  });

  it('ends the session only if the refresh is refused, and resolves to the 401', async () => {
    const server = ordersServer('access-2').on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
    const { authService, http } = await signedIn({}, server);
    expect((await http.fetch('orders')).status).toBe(401);
    expect(authService.authenticated).toBe(false);
  });

  it('ends the session with logoutOnInvalidToken, once, if the retry with a fresh token fails [B22]', async () => {
    const server = ordersServer('none').on('GET /auth/logout', () => new Response('', { status: 401 }));
    const { authService, http } = await signedIn({ logoutOnInvalidToken: true, logoutUrl: '/auth/logout' }, server);
    const onLogout = jasmine.createSpy('onLogout');
    authService.onLogout = onLogout;
    const responses = await Promise.all([http.fetch('orders'), http.fetch('orders')]);
    await settled();
    expect(responses.map(({ status }) => status)).toEqual([401, 401]);
    expect(authService.authenticated).toBe(false);
    expect(server.to('/auth/logout').length).toBe(1);
    expect(onLogout).toHaveBeenCalledTimes(1);
  });

  for (const [what, meanwhile] of Object.entries({
    refreshed: (app: TestApp) => app.authService.updateToken(),
    'replaced by a login': (app: TestApp) => app.authService.login(credentials),
  })) {
    it(`keeps the session with logoutOnInvalidToken when it was ${what} before the 401 [C-42] [C-47]`, async () => {
      const server = ordersServer().on('GET /orders', async () => {
        await meanwhile(app);
        return new Response('', { status: 401 });
      });
      const app = await signedIn({ logoutOnInvalidToken: true }, server);
      expect((await app.http.fetch('orders', { replay: false })).status).toBe(401);
      expect(app.authService.authenticated).toBe(true);
    });
  }

  for (const error of ['insufficient_user_authentication', 'insufficient_scope', 'invalid_request']) {
    it(`keeps the session with logoutOnInvalidToken if the token is valid: ${error}`, async () => {
      const headers = { 'WWW-Authenticate': `Bearer error="${error}"` };
      const server = ordersServer().on('POST /orders', () => new Response('', { status: 401, headers }));
      const { authService, http } = await signedIn({ logoutOnInvalidToken: true }, server);
      expect((await http.post('orders', '{}')).status).toBe(401);
      expect(authService.authenticated).toBe(true);
      expect(server.to('/orders').length).toBe(1);
      expect(server.to('/auth/token').length).toBe(0);
    });
  }

  for (const [what, answer] of [
    ['responds with 503', () => new Response('', { status: 503 })],
    ['hangs', () => new Promise<Response>(() => undefined)],
  ] as const) {
    it(`keeps the session with logoutOnInvalidToken while the refresh endpoint ${what}`, async () => {
      const server = ordersServer('none').on('POST /auth/token', answer);
      const app = await signedIn({ logoutOnInvalidToken: true, tokenWaitSeconds: 1 }, server);
      const response = app.http.fetch('orders');
      await app.clock.advance(2000);
      expect((await response).status).toBe(401);
      expect(app.authService.authenticated).toBe(true);
    });
  }
});

describe('a request after expiry', () => {
  it('waits for the refreshed token [B26]', async () => {
    const { clock, http, server } = await signedIn({ autoUpdateToken: true }, ordersServer('access-2'));
    await clock.sleep(700_000);
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').length).toBe(1);
  });

  it('rejects as retryable if no token is available in time', async () => {
    const server = ordersServer().on('POST /auth/token', () => new Response('', { status: 503 }));
    const { clock, http } = await signedIn({ tokenWaitSeconds: 3 }, server);
    await clock.sleep(700_000);
    const failure = http.fetch('orders').catch((error: unknown) => error);
    await clock.advance(4000);
    const error = await failure;
    expect(error).toBeInstanceOf(AuthError);
    expect((error as AuthError).code).toBe('refresh_postponed');
  });

  it('does not delay the refresh request [B4]', async () => {
    const server = ordersServer().on('POST /auth/token', () => new Response('', { status: 401 }));
    const { authService, clock, http } = await signedIn({}, server);
    await clock.sleep(700_000);
    await expectAsync(http.fetch('orders')).toBeRejectedWith(jasmine.objectContaining({ code: 'session_ended' }));
    // The second time without the expired access token.
    expect(server.to('/auth/token').length).toBe(2);
    expect(authService.authenticated).toBe(false);
  });
});

describe('FetchConfig.configure()', () => {
  it('does nothing when called twice [B32]', async () => {
    const { fetchConfig, http } = await signedIn();
    const before = [...http.interceptors];
    expect(fetchConfig.configure(http)).toBe(http);
    expect(http.interceptors).toEqual(before);
  });

  it('accepts the default client, a client, a wrapped client or a list', () => {
    const { fetchConfig, http } = testApp();
    const other = new HttpClient();
    expect(fetchConfig.configure()).toBe(http);
    expect(fetchConfig.configure({ client: other })).toBe(other);
    expect(fetchConfig.configure([http, other])).toEqual([http, other]);
  });

  it('rejects named endpoints without aurelia-api', () => {
    const { fetchConfig } = testApp();
    expect(() => fetchConfig.configure('orders')).toThrowError(
      /There is no 'orders' endpoint registered\..*aurelia-api/,
    );
    expect(() => fetchConfig.configure('')).toThrowError(/There is no 'default' endpoint registered\./);
  });

  it('shows the header to interceptors that are added later, and not to earlier ones', async () => {
    const seen: boolean[] = [];
    const noting = {
      request: (request: Request) => {
        seen.push(request.headers.has('Authorization'));
        return request;
      },
    };
    const { container, fetchConfig, http: configured, server } = await signedIn();
    const http: HttpClient = container.invoke(HttpClient);
    http.baseUrl = configured.baseUrl;
    http.interceptors.push(noting);
    fetchConfig.configure(http);
    http.interceptors.push(noting);
    await http.fetch('orders');
    await http.fetch('orders', { method: 'POST', body: 'once' });
    await http.fetch('orders', { auth: false });
    expect(seen).toEqual([false, true, false, true, false, false]);
    const sent = server.to('/orders').map(({ headers, body }) => [headers.has('Authorization'), body]);
    expect(sent).toEqual([
      [true, ''],
      [true, 'once'],
      [false, ''],
    ]);
  });

  it('sends the token if a later interceptor redirects a request to a protected URL', async () => {
    const { http, server } = await signedIn();
    http.interceptors.push({ request: () => new Request(`${api}/moved`) });
    await http.fetch('https://other.example/orders');
    expect(server.to('/moved')[0]?.headers.has('Authorization')).toBe(true);
  });

  it('has an interceptor for clients that it does not know', async () => {
    const { fetchConfig } = await signedIn({}, ordersServer('access-2'));
    const client = new HttpClient();
    client.interceptors.push(fetchConfig.interceptor);
    expect((await client.fetch(`${api}/orders`)).status).toBe(200);
  });

  it('accepts an interceptor that returns a response', async () => {
    const { http } = await signedIn();
    http.configure(config => {
      config.withInterceptor({ request: () => new Response('from the cache') });
    });
    expect(await (await http.fetch('orders')).text()).toBe('from the cache');
  });

  it('warns once when configure({…}) removed the interceptors and a protected request has no token', async () => {
    const { fetchConfig, http, server } = await signedIn();
    spyOn(logger, 'warn');
    http.configure({ credentials: 'include' });
    http.baseUrl = `${api}/`;
    await http.fetch('https://elsewhere.example/');
    expect(logger.warn).not.toHaveBeenCalled();
    await http.fetch('orders');
    await http.fetch('orders');
    expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining(`${api} goes out without the token`));
    fetchConfig.configure(http);
    await http.fetch('orders');
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, false, true]);
  });

  it('reports activity without tokens [C-07]', async () => {
    const activities: unknown[] = [];
    const { http } = await signedIn(
      { onActivity: (activity: unknown) => activities.push(activity) },
      ordersServer('access-2'),
    );
    await http.fetch('orders');
    expect(activities.map(activity => (activity as { type: string }).type)).toEqual([
      'sent',
      'rejected',
      'replayed',
      'responded',
    ]);
    expect(JSON.stringify(activities)).not.toContain('access-');
  });

  it('reports activity as soon as onActivity is set', async () => {
    const observed = spyOn(Bearer.prototype, 'subscribe').and.callThrough();
    const { http, container } = await signedIn();
    await http.fetch('orders');
    expect(observed).not.toHaveBeenCalled();
    const activities: string[] = [];
    const config: BaseConfig = container.get(BaseConfig);
    config.configure({ onActivity: ({ type }) => activities.push(type) });
    await http.fetch('orders');
    await http.fetch('orders');
    expect(activities).toEqual(['sent', 'responded', 'sent', 'responded']);
    expect(observed).toHaveBeenCalledTimes(1);
  });

  it('sends and retries even if onActivity throws, and logs that', async () => {
    spyOn(logger, 'warn');
    const bug = new Error('a bug of the listener');
    const onActivity = () => {
      throw bug;
    };
    const { http } = await signedIn({ onActivity }, ordersServer('access-2'));
    expect((await http.fetch('orders')).status).toBe(200);
    expect(logger.warn).toHaveBeenCalledWith('A non-fatal error occurred.', bug);
  });
});
