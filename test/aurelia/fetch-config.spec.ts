import { AuthError, logger } from 'aurelia-auth-refresh';
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

describe('an HTTP client that carries the token', () => {
  it('sends it with requests to its base URL', async () => {
    const { http, server } = await signedIn();
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer access-1']);
  });

  it('sends it nowhere else [B9]', async () => {
    const { http, server } = await signedIn();
    http.baseUrl = api;
    for (const url of ['https://evil.example/orders', '.evil.example/x', `${api}.evil.example/x`]) {
      await http.fetch(url);
    }
    expect(server.seen.slice(1).map(({ headers }) => headers.get('Authorization'))).toEqual([null, null, null]);
  });

  it('judges the address that another interceptor made of the request [C-03]', async () => {
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

  it('leaves it out when a request says auth: false, whatever other interceptors make of that request', async () => {
    const { http, server } = await signedIn();
    http.configure(config => {
      config.withInterceptor({ request: request => new Request(request, { cache: 'no-store' }) });
    });
    await Promise.all([http.fetch('public', { auth: false }), http.fetch('orders')]);
    const carried = (path: string) => server.to(path).map(({ headers }) => headers.has('Authorization'));
    expect([carried('/public'), carried('/orders')]).toEqual([[false], [true]]);
  });

  for (const [failure, answer] of [
    ['cannot be sent', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['is answered with 503', () => new Response('', { status: 503 })],
    ['is answered with 401', () => new Response('', { status: 401 })],
  ] as const) {
    it(`leaves it out of what withRetry sends again when a request with auth: false ${failure} [C-06]`, async () => {
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

  it('leaves it out of what another interceptor sends again as it is [C-06]', async () => {
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

  it('leaves it out, and sends nothing again, where that is a default of the client, unless a request says otherwise', async () => {
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

  it('carries none with httpInterceptor: false', async () => {
    const { http, server } = await signedIn({ httpInterceptor: false });
    await http.fetch('orders');
    expect(server.to('/orders')[0]?.headers.has('Authorization')).toBe(false);
  });

  for (const baseUrl of ['', '/v1', 'v1']) {
    it(`does not serve the page when the client's base URL is elsewhere and baseUrl is ${JSON.stringify(baseUrl)} [C-01]`, async () => {
      const { http, server } = await signedIn({ baseUrl, loginUrl: `${api}/auth/login` });
      await http.fetch('https://app.example.com/orders');
      await http.fetch('orders');
      expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, true]);
    });
  }

  it('serves the page when the client has no base URL', async () => {
    const { http, server } = await signedIn();
    http.baseUrl = '';
    await http.fetch('https://app.example.com/orders');
    await http.fetch(`${api}/orders`);
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([true, false]);
  });

  it('serves the origin of an absolute baseUrl', async () => {
    const { http, server } = await signedIn({ baseUrl: 'https://auth.example.com/v1/', loginUrl: `${api}/auth/login` });
    await http.fetch('https://auth.example.com/orders');
    expect(server.to('/orders')[0]?.headers.has('Authorization')).toBe(true);
  });

  it('is reported when protectedUrls leaves its own origin out', () => {
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

  it('keeps to protectedUrls when they are listed, by path segment', async () => {
    const { http, server } = await signedIn({ protectedUrls: [`${api}/orders`, '/private'] });
    for (const url of ['orders', 'orders/1', 'ordersabc', 'https://app.example.com/private', 'public']) {
      await http.fetch(url);
    }
    const carried = server.seen.slice(1).map(({ headers }) => headers.has('Authorization'));
    expect(carried).toEqual([true, true, false, true, false]);
  });

  it('warns once where plain http: keeps the token back [C-05]', async () => {
    const { http, server } = await signedIn();
    spyOn(logger, 'warn');
    http.baseUrl = 'http://intranet.example/';
    await http.fetch('orders');
    await http.fetch('orders');
    expect(server.to('/orders').map(({ headers }) => headers.has('Authorization'))).toEqual([false, false]);
    expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('http://intranet.example'));
  });
});

describe('a request that is answered with 401', () => {
  it('is sent again with a refreshed token, and the caller gets the second answer [B1] [B24]', async () => {
    const { http, server } = await signedIn({}, ordersServer('access-2'));
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').map(({ headers }) => headers.get('Authorization'))).toEqual([
      'Bearer access-1',
      'Bearer access-2',
    ]);
    expect(server.to('/auth/token').length).toBe(1);
  });

  it('is sent again with its body [B2]', async () => {
    const { http } = await signedIn({}, ordersServer('access-2'));
    const response = await http.post('orders', JSON.stringify({ amount: 3 }));
    expect(await response.json()).toEqual({ body: '{"amount":3}' });
  });

  it('goes out with the token of a shared refresh, a hundred at once', async () => {
    const { http, server } = await signedIn({}, ordersServer('access-2'));
    const responses = await Promise.all(Array.from({ length: 100 }, () => http.fetch('orders')));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(server.to('/auth/token').length).toBe(1);
  });

  it('shows every other interceptor one answer, the final one, while the client says it is requesting [B3] [F72]', async () => {
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

  it('is seen to under rejectErrorResponses and withRetry, installed before or after [F71]', async () => {
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

  it('is not sent again by withRetry once nobody is signed in [C-47]', async () => {
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

  it('comes back as it is when the new token fares no better', async () => {
    const { http, server, authService } = await signedIn({}, ordersServer('nothing will do'));
    const response = await http.fetch('orders');
    expect(response.status).toBe(401);
    expect(server.to('/orders').length).toBe(2);
    expect(authService.authenticated).toBe(true);
  });

  it('is not sent again when it says replay: false, or its body is a stream', async () => {
    const { authService, http, server } = await signedIn({}, ordersServer('access-2'));
    const stream = () => new ReadableStream({ start: controller => controller.close() });
    await http.fetch('orders', { replay: false });
    await http.fetch('orders', { method: 'POST', body: stream(), duplex: 'half' } as object).catch(() => undefined);
    await authService.client.post('orders', stream(), { duplex: 'half' } as object).catch(() => undefined);
    expect(server.to('/orders').length).toBe(3);
    expect(server.to('/auth/token').length).toBe(0);
  });

  it('resolves to the Response while nobody is signed in [B23]', async () => {
    const { fetchConfig, http, server } = testApp(refreshing, { server: ordersServer() });
    fetchConfig.configure();
    expect((await http.fetch('orders')).status).toBe(401);
    expect(server.to('/auth/token').length).toBe(0);
  });

  it('ends the session only when the refresh is refused, and then comes back as it is', async () => {
    const server = ordersServer('access-2').on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
    const { authService, http } = await signedIn({}, server);
    expect((await http.fetch('orders')).status).toBe(401);
    expect(authService.authenticated).toBe(false);
  });

  it('ends the session with logoutOnInvalidToken, once, when a fresh token fares no better [B22]', async () => {
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
    'taken over by a login': (app: TestApp) => app.authService.login(credentials),
  })) {
    it(`keeps the session with logoutOnInvalidToken when it was ${what} before the 401 came [C-42] [C-47]`, async () => {
      const server = ordersServer().on('GET /orders', async () => {
        await meanwhile(app);
        return new Response('', { status: 401 });
      });
      const app = await signedIn({ logoutOnInvalidToken: true }, server);
      expect((await app.http.fetch('orders', { replay: false })).status).toBe(401);
      expect(app.authService.authenticated).toBe(true);
    });
  }

  for (const [what, answer] of [
    ['is out of order', () => new Response('', { status: 503 })],
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

describe('a request while the token is out of date', () => {
  it('waits for the refreshed one instead of going out with the old [B26]', async () => {
    const { clock, http, server } = await signedIn({ autoUpdateToken: true }, ordersServer('access-2'));
    await clock.sleep(700_000);
    const response = await http.fetch('orders');
    expect(response.status).toBe(200);
    expect(server.to('/orders').length).toBe(1);
  });

  it('rejects with what can be done about it when no token comes in time', async () => {
    const server = ordersServer().on('POST /auth/token', () => new Response('', { status: 503 }));
    const { clock, http } = await signedIn({ tokenWaitSeconds: 3 }, server);
    await clock.sleep(700_000);
    const failure = http.fetch('orders').catch((error: unknown) => error);
    await clock.advance(4000);
    const error = await failure;
    expect(error).toBeInstanceOf(AuthError);
    expect((error as AuthError).code).toBe('refresh_postponed');
  });

  it('never stands in the way of the refresh itself [B4]', async () => {
    const server = ordersServer().on('POST /auth/token', () => new Response('', { status: 401 }));
    const { authService, clock, http } = await signedIn({}, server);
    await clock.sleep(700_000);
    await expectAsync(http.fetch('orders')).toBeRejectedWith(jasmine.objectContaining({ code: 'session_ended' }));
    expect(server.to('/auth/token').length).toBe(1);
    expect(authService.authenticated).toBe(false);
  });
});

describe('configuring clients', () => {
  it('twice changes nothing [B32]', async () => {
    const { fetchConfig, http } = await signedIn();
    const before = [...http.interceptors];
    expect(fetchConfig.configure(http)).toBe(http);
    expect(http.interceptors).toEqual(before);
  });

  it('takes the default client, a client, a wrapped client or a list', () => {
    const { fetchConfig, http } = testApp();
    const other = new HttpClient();
    expect(fetchConfig.configure()).toBe(http);
    expect(fetchConfig.configure({ client: other })).toBe(other);
    expect(fetchConfig.configure([http, other])).toEqual([http, other]);
  });

  it('names the door for named endpoints', () => {
    const { fetchConfig } = testApp();
    expect(() => fetchConfig.configure('orders')).toThrowError(
      /There is no 'orders' endpoint registered\..*aurelia-api/,
    );
    expect(() => fetchConfig.configure('')).toThrowError(/There is no 'default' endpoint registered\./);
  });

  it('stays the last to see a request when interceptors come later', async () => {
    const { http, server } = await signedIn();
    http.configure(config => {
      config.withInterceptor({
        request: request => {
          expect(request.headers.has('Authorization')).toBe(false);
          return request;
        },
      });
    });
    await http.fetch('orders');
    expect(server.to('/orders')[0]?.headers.has('Authorization')).toBe(true);
  });

  it('lets an interceptor answer for the server', async () => {
    const { http } = await signedIn();
    http.configure(config => {
      config.withInterceptor({ request: () => new Response('from the cache') });
    });
    expect(await (await http.fetch('orders')).text()).toBe('from the cache');
  });

  it('warns once when configure({…}) dropped the interceptors and a protected request goes out bare', async () => {
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

  it('tells what happens to requests, without tokens [C-07]', async () => {
    const activities: unknown[] = [];
    const { http } = await signedIn(
      { onActivity: (activity: unknown) => activities.push(activity) },
      ordersServer('access-2'),
    );
    await http.fetch('orders');
    expect(activities.map(activity => (activity as { type: string }).type)).toEqual(['rejected', 'replayed']);
    expect(JSON.stringify(activities)).not.toContain('access-');
  });

  it('is sent and sent again though a listener throws, which is said', async () => {
    spyOn(logger, 'warn');
    const bug = new Error('a bug of the listener');
    const onActivity = () => {
      throw bug;
    };
    const { http } = await signedIn({ onActivity }, ordersServer('access-2'));
    expect((await http.fetch('orders')).status).toBe(200);
    expect(logger.warn).toHaveBeenCalledWith('onActivity threw.', bug);
  });
});
