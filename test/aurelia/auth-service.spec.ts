import { AuthError, type AuthenticationState, type AuthService, logger, memoryStore } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { HttpClient } from 'aurelia-fetch-client';
import { ObserverLocator } from 'aurelia-framework';
import { api, credentials, type TestApp, testApp, testBrowser } from './support/test-app.js';
import { json, jwt, TestServer } from './support/test-server.js';

const refreshing = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };

function refreshingServer(lifetimeSeconds = 600): TestServer {
  const server = new TestServer(lifetimeSeconds);
  return server.on('POST /auth/token', server.tokens);
}

describe('signing in', () => {
  it('posts the credentials and goes where it is configured to', async () => {
    const { authService, log, page, server } = testApp({ clientId: 'web' });
    const response = await authService.login(credentials);
    expect(response).toEqual({ access_token: 'access-1', refresh_token: 'refresh-1' });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${api}/auth/login`]);
    expect(server.seen[0]?.headers.get('Content-Type')).toBe('application/json');
    expect(server.seen[0]?.body).toBe('{"email":"ada@example.com","password":"secret","client_id":"web"}');
    expect(authService.authenticated).toBe(true);
    expect(authService.getAccessToken()).toBe('access-1');
    expect(log).toEqual(['signal authentication-change', 'event true']);
    expect(page.visited).toEqual(['#/']);
  });

  it('takes email and password too', async () => {
    const { authService, page, server } = testApp();
    await authService.login('ada@example.com', 'secret', {}, '#/inbox');
    expect(server.seen[0]?.body).toBe('{"email":"ada@example.com","password":"secret"}');
    expect(page.visited).toEqual(['#/inbox']);
  });

  it("leaves the caller's objects alone [B31]", async () => {
    const { authService } = testApp({ clientId: 'web', clientSecret: 'x' });
    const given = Object.freeze({ ...credentials });
    const options = Object.freeze({ headers: Object.freeze({ 'X-One': '1' }) });
    await authService.login(given, options);
    expect(given).toEqual(credentials);
  });

  it('without arguments sends the client alone [B31]', async () => {
    const { authService, server } = testApp({ clientId: 'web' });
    await authService.login();
    expect(server.seen[0]?.body).toBe('{"client_id":"web"}');
  });

  it('encodes a form when that is the content type', async () => {
    const { authService, server } = testApp({
      defaultHeadersForTokenRequests: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    await authService.login(
      { username: 'ada', password: 'a&b', grant_type: 'password' },
      { headers: { 'X-One': '1' } },
    );
    expect(server.seen[0]?.headers.get('Content-Type')).toBe('application/x-www-form-urlencoded');
    expect(server.seen[0]?.headers.get('X-One')).toBe('1');
    expect(server.seen[0]?.body).toBe('username=ada&password=a%26b&grant_type=password');
  });

  it('takes the fields of a form', async () => {
    const form = new FormData();
    form.set('username', 'ada');
    form.set('password', 'a&b');
    const { authService, server } = testApp({ clientId: 'shop' });
    await authService.login(form);
    await authService.login(new URLSearchParams({ username: 'ada', password: 'a&b' }));
    const fields = { username: 'ada', password: 'a&b', client_id: 'shop' };
    expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([fields, fields]);
  });

  for (const [what, options, answer, warnings] of [
    ['no refresh token at its name', refreshing, { access_token: 'a', refreshToken: 'r', expires_in: 60 }, 1],
    ['something else for a refresh token', refreshing, { access_token: 'a', refresh_token: 7, expires_in: 60 }, 1],
    ['a refresh token', refreshing, { access_token: 'a', refresh_token: 'r', expires_in: 60 }, 0],
    ['an access token for ever', refreshing, { access_token: 'a' }, 0],
    [
      'the refresh token in a cookie',
      { ...refreshing, refreshTokenIn: 'cookie' },
      { access_token: 'a', expires_in: 60 },
      0,
    ],
    ['no refresh token, which nobody wants', {}, { access_token: 'a', expires_in: 60 }, 0],
  ] as const) {
    it(`${warnings ? 'warns of' : 'does not warn of'} an answer with ${what} [F17]`, () => {
      const warn = spyOn(logger, 'warn');
      const { authService } = testApp(options);
      authService.setResponseObject(answer);
      expect(
        warn.calls
          .allArgs()
          .flat()
          .filter(text => /useRefreshToken/.test(String(text))).length,
      ).toBe(warnings);
    });
  }

  it('rejects with the Response of a server that refuses, and the session is as it was [B23]', async () => {
    const server = new TestServer().on('POST /auth/login', () => json({ message: 'wrong password' }, 401));
    const { authService, fetchConfig } = testApp(refreshing, { server });
    fetchConfig.configure();
    authService.setResponseObject({ access_token: 'kept' });
    const refused = await authService.login(credentials).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Response);
    expect(await (refused as Response).json()).toEqual({ message: 'wrong password' });
    expect(authService.getAccessToken()).toBe('kept');
    expect(server.seen.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
  });

  it('rejects an answer without a token, and says what was in it [B33]', async () => {
    const server = new TestServer().on('POST /auth/login', () => json({ access_token: null, user: 'ada' }));
    const { authService } = testApp({ accessTokenProp: 'data.access' }, { server });
    await expectAsync(authService.login(credentials)).toBeRejectedWithError(
      AuthError,
      /Token not found in response.*user/,
    );
    expect(authService.authenticated).toBe(false);
  });

  it('reaches a server on another host [B35]', async () => {
    const { authService, server } = testApp({ loginUrl: 'https://login.example.com/token', baseUrl: '/ignored' });
    server.on('POST /token', server.tokens);
    await authService.login(credentials);
    expect(server.seen.map(({ url }) => url)).toEqual(['https://login.example.com/token']);
  });

  it('joins the base URLs with one slash each', async () => {
    const { authService, server } = testApp({ baseUrl: '/v1/', loginUrl: '/auth/login' });
    server.on('POST /v1/auth/login', server.tokens);
    await authService.login(credentials);
    expect(server.seen.map(({ url }) => url)).toEqual([`${api}/v1/auth/login`]);
  });

  it('goes through the configured client', async () => {
    const endpoint = new HttpClient();
    endpoint.configure(config => config.withBaseUrl('https://login.example.com/'));
    const { authService, server } = testApp({ endpoint });
    await authService.login(credentials);
    expect(server.seen.map(({ url }) => url)).toEqual(['https://login.example.com/auth/login']);
  });

  it('does not take an access token for a refresh or id token [B16]', async () => {
    const server = new TestServer().on('POST /auth/login', () => json({ token: 'access' }));
    const { authService } = testApp({ useRefreshToken: true }, { server });
    await authService.login(credentials);
    expect(authService.getAccessToken()).toBe('access');
    expect(authService.getRefreshToken()).toBeNull();
    expect(authService.getIdToken()).toBeUndefined();
  });
});

describe('after signing in', () => {
  for (const [argument, visited] of [
    ['', []],
    [true, []],
    [0, []],
    [undefined, ['#/home']],
    [null, ['#/home']],
    [false, ['#/home']],
    ['#/there?x=%20', ['#/there?x=%20']],
    ['/there', ['/there']],
    ['https://app.example.com/there', ['https://app.example.com/there']],
    ['https://partner.example/bye', ['https://partner.example/bye']],
    ['https://evil.example/', ['#/home']],
    ['//evil.example/', ['#/home']],
    ['/\\evil.example/', ['#/home']],
    ['\t//evil.example/', ['#/home']],
    ['https://ada@app.example.com/', ['#/home']],
    ['javascript:alert(1)', ['#/home']],
    ['data:text/html,x', ['#/home']],
    ['https://', ['#/home']],
  ] as const) {
    it(`a redirect of ${JSON.stringify(argument)} goes to ${JSON.stringify(visited)} [B29] [C-19]`, async () => {
      const { authService, page } = testApp({
        loginRedirect: '#/home',
        logoutRedirect: 'https://partner.example/bye',
      });
      await authService.login(credentials, {}, argument);
      expect(page.visited).toEqual([...visited]);
    });
  }

  it('stays where loginRedirect is off', async () => {
    const { authService, page } = testApp(config => {
      config.loginRedirect = undefined;
    });
    await authService.login(credentials);
    expect(page.visited).toEqual([]);
  });
});

describe('signing up', () => {
  for (const [config, target] of [
    [{}, '#/'],
    [{ signupRedirect: '#/welcome' }, '#/welcome'],
    [{ signupRedirect: false }, undefined],
    [{ loginOnSignup: false }, '#/login'],
  ] as const) {
    it(`leads to ${target} with ${JSON.stringify(config)} [B30]`, async () => {
      const { authService, page, server } = testApp(config);
      server.on('POST /auth/signup', server.tokens);
      await authService.signup({ name: 'Ada' });
      expect(page.visited).toEqual(target === undefined ? [] : [target]);
    });
  }

  it('posts the form and signs in', async () => {
    const { authService, server } = testApp();
    server.on('POST /auth/signup', server.tokens);
    await authService.signup('Ada', 'ada@example.com', 'secret');
    expect(server.seen[0]?.body).toBe('{"displayName":"Ada","email":"ada@example.com","password":"secret"}');
    expect(authService.authenticated).toBe(true);
  });

  it('takes an object, and does not sign in with loginOnSignup: false', async () => {
    const { authService, server } = testApp({ loginOnSignup: false });
    server.on('POST /auth/signup', () => json({ id: 7 }));
    expect(await authService.signup({ name: 'Ada' }, {}, '')).toEqual({ id: 7 });
    expect(server.seen[0]?.body).toBe('{"name":"Ada"}');
    expect(authService.authenticated).toBe(false);
  });
});

describe('signing out', () => {
  it('happens at once, then tells the server with the old token, then redirects, then calls onLogout [C-34]', async () => {
    const { authService, log, page, server } = testApp({ logoutUrl: '/auth/logout', logoutMethod: 'post' });
    server.on('POST /auth/logout', () => json({ bye: true }));
    await authService.login(credentials, {}, '');
    authService.onLogout = response => log.push(`onLogout ${JSON.stringify(response)} at ${page.visited}`);
    const done = authService.logout(undefined, { from: 'menu' });
    expect(authService.authenticated).toBe(false);
    expect(authService.isAuthenticated()).toBe(false);
    expect(await done).toEqual({ bye: true });
    await settled();
    expect(server.to('/auth/logout').map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer access-1']);
    expect(page.visited).toEqual(['#/?from=menu']);
    expect(log.slice(2)).toEqual([
      'signal authentication-change',
      'event false',
      'onLogout {"bye":true} at #/?from=menu',
    ]);
  });

  it('in a listener of the login is heard of by the others after the login, and holds at once', async () => {
    const { authService, events } = testApp();
    const held: unknown[] = [];
    events.subscribe('authentication-change', (authenticated: boolean) => {
      if (!authenticated) return;
      void authService.logout('');
      held.push(authService.isAuthenticated(), authService.getAccessToken());
    });
    const heard: boolean[] = [];
    events.subscribe('authentication-change', (authenticated: boolean) => heard.push(authenticated));
    await authService.login(credentials, {}, '');
    expect(held).toEqual([false, undefined]);
    expect(heard).toEqual([true, false]);
    expect(authService.authenticated).toBe(false);
  });

  for (const [fault, answer] of [
    ['answers 500', () => new Response('', { status: 500 })],
    ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))],
  ] as const) {
    it(`resolves when the server ${fault}`, async () => {
      const { authService, page, server } = testApp({ logoutUrl: '/auth/logout' });
      server.on('GET /auth/logout', answer);
      await authService.login(credentials, {}, '');
      await expectAsync(authService.logout()).toBeResolved();
      expect(page.visited).toEqual(['#/']);
    });
  }

  it('tells the server without the token when that has expired', async () => {
    const server = new TestServer(600).on('POST /auth/token', () => new Response('', { status: 503 }));
    const { authService, clock } = testApp({ ...refreshing, logoutUrl: '/auth/logout' }, { server });
    await authService.login(credentials, {}, '');
    await clock.sleep(601_000);
    expect(authService.authenticated).toBe(true);
    await authService.logout();
    expect(server.to('/auth/logout').map(({ headers }) => headers.get('Authorization'))).toEqual([null]);
  });

  it('does not wait for ever for a server that hangs', async () => {
    const { authService, clock, page, server } = testApp({ logoutUrl: '/auth/logout' });
    server.on('GET /auth/logout', () => new Promise(() => undefined));
    await authService.login(credentials, {}, '');
    const done = authService.logout();
    await clock.advance(10_000);
    await expectAsync(done).toBeResolved();
    expect(page.visited).toEqual(['#/']);
  });

  it('happens once, even if onLogout throws [B37]', async () => {
    const { authService, log } = testApp();
    spyOn(logger, 'warn');
    await authService.login(credentials, {}, '');
    const onLogout = jasmine.createSpy('onLogout').and.throwError('of the application');
    authService.onLogout = onLogout;
    await expectAsync(authService.logout()).toBeResolved();
    await settled();
    expect(onLogout).toHaveBeenCalledTimes(1);
    expect(log.filter(entry => entry === 'event false').length).toBe(1);
  });

  it('stays signed out when a refresh returns after it [B11]', async () => {
    const server = refreshingServer();
    let answer: (response: Response) => void = () => undefined;
    server.on('POST /auth/token', () => new Promise(resolve => (answer = resolve)));
    const { authService } = testApp(refreshing, { server });
    await authService.login(credentials);
    const refreshed = authService.updateToken();
    await settled();
    await authService.logout();
    answer(server.tokens());
    await expectAsync(refreshed).toBeRejectedWith(jasmine.objectContaining({ code: 'refresh_discarded' }));
    expect(authService.authenticated).toBe(false);
  });

  for (const [what, begin] of Object.entries({
    login: (app: TestApp) => app.authService.login(credentials),
    signup: (app: TestApp) => app.authService.signup(credentials),
  })) {
    it(`stays signed out when the answer to a ${what} comes after it [C-34] [F57]`, async () => {
      let answer: (response: Response) => void = () => undefined;
      const server = new TestServer();
      const late = () =>
        new Promise<Response>(resolve => {
          answer = resolve;
        });
      const app = testApp({}, { server: server.on('POST /auth/login', late).on('POST /auth/signup', late) });
      const outcome = begin(app).catch((error: AuthError) => error.code);
      await settled();
      await app.authService.logout();
      answer(server.tokens());
      expect(await outcome).toBe('session_ended');
      expect(app.authService.authenticated).toBe(false);
    });
  }

  it('revokes the refresh token where the server offers that', async () => {
    const server = refreshingServer().on('POST /auth/revoke', () => new Response());
    const { authService } = testApp({ ...refreshing, revocationUrl: '/auth/revoke', clientId: 'web' }, { server });
    await authService.login(credentials);
    await authService.logout();
    await settled();
    expect(server.to('/auth/revoke').map(({ url, body }) => [url, body])).toEqual([
      [`${api}/auth/revoke`, 'client_id=web&token=refresh-1&token_type_hint=refresh_token'],
    ]);
  });
});

describe('refreshing', () => {
  it('posts the refresh token with the old access token, to the server that the client talks to', async () => {
    const server = refreshingServer();
    const { authService, http } = testApp({ ...refreshing, clientId: 'web', clientSecret: 's' }, { server });
    http.configure(config => config.withDefaults({ credentials: 'include', headers: { 'X-Api-Key': () => 'key' } }));
    await authService.login(credentials);
    expect(await authService.updateToken()).toBe(true);
    const [request] = server.to('/auth/token');
    expect(request?.url).toBe(`${api}/auth/token`);
    expect(request?.body).toBe(
      '{"grant_type":"refresh_token","client_id":"web","client_secret":"s","refresh_token":"refresh-1"}',
    );
    expect(request?.headers.get('Content-Type')).toBe('application/json');
    expect(request?.headers.get('Authorization')).toBe('Bearer access-1');
    expect(request?.headers.get('X-Api-Key')).toBe('key');
    expect(request?.credentials).toBe('include');
    expect(authService.getAccessToken()).toBe('access-2');
    expect(authService.getRefreshToken()).toBe('refresh-2');
  });

  it('goes to loginUrl where there is no refreshTokenUrl, in the encoding and with the header that are configured', async () => {
    const server = new TestServer(600);
    const { authService } = testApp(
      {
        useRefreshToken: true,
        authHeader: 'X-Token',
        authTokenType: 'JWT',
        refreshTokenSubmitProp: 'token',
        defaultHeadersForTokenRequests: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      { server },
    );
    await authService.login(credentials);
    await authService.updateToken();
    const request = server.to('/auth/login')[1];
    expect(request?.body).toBe('grant_type=refresh_token&token=refresh-1');
    expect(request?.headers.get('X-Token')).toBe('JWT access-1');
  });

  it('keeps the old access token back with sendAccessTokenOnRefresh: false', async () => {
    const server = refreshingServer();
    const { authService } = testApp({ ...refreshing, sendAccessTokenOnRefresh: false }, { server });
    await authService.login(credentials);
    await authService.updateToken();
    expect(server.to('/auth/token')[0]?.headers.has('Authorization')).toBe(false);
  });

  it('keeps a refresh token that the answer leaves out [B6]', async () => {
    const server = refreshingServer().on('POST /auth/token', () => json({ access_token: 'next', expires_in: 600 }));
    const { authService } = testApp(refreshing, { server });
    await authService.login(credentials);
    await authService.updateToken();
    expect(authService.getAccessToken()).toBe('next');
    expect(authService.getRefreshToken()).toBe('refresh-1');
  });

  for (const [keepOldResponseProperties, name] of [
    [true, 'Ada'],
    [false, undefined],
  ] as const) {
    it(`keeps properties that the answer leaves out: ${keepOldResponseProperties}, and after login never [B28]`, async () => {
      const server = refreshingServer().on('POST /auth/token', () => json({ access_token: 'next', level: 2 }));
      const { authService } = testApp({ ...refreshing, keepOldResponseProperties }, { server });
      const response = () => authService.authentication.getResponseObject() as Record<string, unknown>;
      authService.setResponseObject({ access_token: 'first', refresh_token: 'r', name: 'Ada', level: 1 });
      await authService.updateToken();
      expect([response()['access_token'], response()['name'], response()['level']]).toEqual(['next', name, 2]);
      authService.setResponseObject({ access_token: "another user's" });
      expect(response()).toEqual({ access_token: "another user's" });
    });
  }

  it('rejects where there is no refresh token', async () => {
    const { authService, log } = testApp();
    await expectAsync(authService.updateToken()).toBeRejectedWithError(/refreshToken not set/);
    await authService.login(credentials);
    await expectAsync(authService.updateToken()).toBeRejectedWithError(/refreshToken not set/);
    expect(log.length).toBe(2);
  });

  it('ends the session when the server refuses, and goes to expiredRedirect', async () => {
    const server = refreshingServer().on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
    const { authService, log, page } = testApp({ ...refreshing, expiredRedirect: '#/expired' }, { server });
    await authService.login(credentials, {}, '');
    await expectAsync(authService.updateToken()).toBeRejectedWith(
      jasmine.objectContaining({ code: 'refresh_refused' }),
    );
    expect(authService.authenticated).toBe(false);
    expect(authService.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
    expect(page.visited).toEqual(['#/expired']);
    expect(log.at(-1)).toBe('event false');
  });

  for (const [fault, answer] of [
    ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['answers 503', () => new Response('', { status: 503 })],
    ['answers 429', () => new Response('', { status: 429 })],
    ['answers with a captive portal', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
  ] as const) {
    it(`keeps the session when the server ${fault} [B5]`, async () => {
      const server = refreshingServer().on('POST /auth/token', answer);
      const { authService, log, page } = testApp(refreshing, { server });
      await authService.login(credentials, {}, '');
      await expectAsync(authService.updateToken()).toBeRejectedWith(
        jasmine.objectContaining({ code: 'refresh_postponed', retryable: true }),
      );
      expect(authService.authenticated).toBe(true);
      expect(page.visited).toEqual([]);
      expect(log.length).toBe(2);
    });
  }

  it('gives a hanging server up after refreshTimeoutSeconds [B38]', async () => {
    const server = refreshingServer().on('POST /auth/token', () => new Promise(() => undefined));
    const { authService, clock } = testApp({ ...refreshing, refreshTimeoutSeconds: 3 }, { server });
    await authService.login(credentials);
    const failure = authService.updateToken().catch((error: unknown) => error);
    await clock.advance(3000);
    expect(await failure).toEqual(jasmine.objectContaining({ code: 'refresh_postponed' }));
  });

  it('asks classifyRefreshResponse what an answer means', async () => {
    const server = refreshingServer().on('POST /auth/token', () => new Response('', { status: 404 }));
    const { authService } = testApp({ ...refreshing, classifyRefreshResponse: () => 'refused' }, { server });
    await authService.login(credentials);
    await expectAsync(authService.updateToken()).toBeRejected();
    expect(authService.authenticated).toBe(false);
  });

  it('happens before expiry by itself, without a redirect or an event', async () => {
    const server = refreshingServer();
    const { authService, clock, log, page } = testApp(refreshing, { server });
    await authService.login(credentials, {}, '');
    await clock.advance(599_000);
    expect(authService.getAccessToken()).toBe('access-2');
    expect(log.length).toBe(2);
    expect(page.visited).toEqual([]);
  });

  it('does not happen by itself with autoUpdateToken: false; the session then ends with its token', async () => {
    const server = refreshingServer();
    const { authService, clock, page } = testApp({ ...refreshing, autoUpdateToken: false }, { server });
    await authService.login(credentials, {}, '');
    await clock.advance(601_000);
    expect(server.to('/auth/token').length).toBe(0);
    expect(authService.authenticated).toBe(false);
    expect(page.visited).toEqual(['#/']);
  });

  it('is told on authentication-state, without tokens [C-07]', async () => {
    const server = refreshingServer().on('POST /auth/token', () => new Response('', { status: 503 }));
    const { authService, clock, events } = testApp(refreshing, { server });
    const told: AuthenticationState[] = [];
    events.subscribe('authentication-state', (change: AuthenticationState) => told.push(change));
    await authService.login(credentials);
    await authService.updateToken().catch(() => undefined);
    server.on('POST /auth/token', server.tokens);
    await clock.advance(2000);
    await authService.logout();
    expect(told.map(({ event }) => event.type)).toEqual([
      'logged-in',
      'refresh-started',
      'refresh-postponed',
      'refresh-started',
      'refreshed',
      'logged-out',
    ]);
    expect(told.map(({ state }) => state.degraded !== undefined)).toEqual([false, false, true, true, false, false]);
    expect(told[2]?.event.error?.code).toBe('refresh_postponed');
    expect(told.at(-1)?.state.ended).toBe('requested');
    expect(JSON.stringify(told)).not.toMatch(/access-|refresh-\d|secret/);
  });
});

describe('a user who is not there', () => {
  it('is signed out after idleTimeoutSeconds, with a countdown, and led to expiredRedirect', async () => {
    const left: (number | undefined)[] = [];
    const signs: (() => void)[] = [];
    const { authService, clock, page } = testApp(
      {
        idleTimeoutSeconds: 100,
        idleCountdownSeconds: 2,
        onIdleCountdown: seconds => left.push(seconds),
        expiredRedirect: '#/idle',
      },
      {
        prepare: ({ page }) =>
          spyOn(page, 'user').and.returnValue({
            after: page.clock.after,
            wall: page.clock.wall,
            lastActive: memoryStore(),
            onActivity: active => {
              signs.push(active);
              return () => undefined;
            },
          }),
      },
    );
    await authService.login(credentials, {}, '');
    await clock.advance(60_000);
    for (const sign of signs) sign();
    await clock.advance(60_000);
    expect(authService.authenticated).toBe(true);
    await clock.advance(40_000);
    expect(authService.authenticated).toBe(false);
    expect(left.filter(seconds => seconds !== undefined)).toEqual([2, 1]);
    expect(page.visited).toEqual(['#/idle']);
  });
});

describe('the session of the last visit', () => {
  async function visitedBefore(server: TestServer, options = refreshing) {
    const browser = testBrowser(server);
    const before = testApp(options, { browser, server });
    await before.authService.login(credentials);
    before.authService.session.dispose();
    before.page.tab.close();
    return browser;
  }

  it('is there at once, and told of while the plugin is configured', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server);
    const { authService, log } = testApp(refreshing, { browser, server });
    expect(authService.authenticated).toBe(true);
    expect(authService.getAccessToken()).toBe('access-1');
    expect(log).toEqual(['signal authentication-change', 'event true']);
  });

  it('is refreshed first when its access token has expired [B10]', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server);
    await browser.options.clock.sleep(700_000);
    const { authService } = testApp(refreshing, { browser, server });
    await authService.ready;
    expect(authService.getAccessToken()).toBe('access-2');
    expect(authService.authenticated).toBe(true);
  });

  it('has ended when its access token has expired and there is nothing to refresh with', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server, { ...refreshing, useRefreshToken: false });
    await browser.options.clock.sleep(700_000);
    const { authService, log, page } = testApp({}, { browser, server });
    expect(authService.authenticated).toBe(false);
    expect(log).toEqual([]);
    expect(page.visited).toEqual([]);
  });

  for (const stored of ['{corrupt', '"text"', '7', '[]', '{"renamed":"token"}']) {
    it(`does not keep the application from starting when ${stored} is stored [B12]`, () => {
      const browser = testBrowser(new TestServer());
      browser.openTab().store.write(stored);
      const { authService } = testApp({}, { browser });
      expect(authService.authenticated).toBe(false);
    });
  }
});

describe('another tab', () => {
  async function twoTabs(options = {}) {
    const server = refreshingServer();
    const browser = testBrowser(server);
    const one = testApp({ ...refreshing, ...options }, { browser, server });
    const other = testApp({ ...refreshing, ...options }, { browser, server });
    await one.authService.login(credentials, {}, '');
    await browser.options.clock.advance(10);
    return { one, other, browser, clock: browser.options.clock };
  }

  it('that signs in signs this one in, and redirects it', async () => {
    const { other } = await twoTabs({ storageChangedRedirect: '#/changed', storageChangedReload: true });
    expect(other.authService.authenticated).toBe(true);
    expect(other.log).toEqual(['signal authentication-change', 'event true']);
    expect(other.page.visited).toEqual(['#/changed']);
    expect(other.page.reloads).toBe(1);
  });

  it('that signs another user in says so here, and redirects; that of the same user goes unnoticed [B28]', async () => {
    const { one, other, clock } = await twoTabs({ storageChangedRedirect: '#/changed' });
    const signIn = async (sub: string, jti: number, issuer?: string) => {
      other.log.length = 0;
      other.page.visited.length = 0;
      const claims = { sub, jti, ...(issuer && { iss: issuer }) };
      one.authService.setResponseObject({ access_token: jwt(claims), expires_in: 600 });
      await clock.advance(10);
      expect(other.authService.getTokenPayload()).toEqual(claims);
      return [...other.log, ...other.page.visited];
    };
    await signIn('ada', 1);
    expect(await signIn('ada', 2)).toEqual([]);
    expect(await signIn('bob', 3)).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(await signIn('bob', 4, 'elsewhere')).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(one.page.visited).toEqual([]);
  });

  it('that signs in counts as another user where the tokens do not tell, as when this one slept through the logout [C-67]', async () => {
    const { one, other, clock } = await twoTabs({ storageChangedRedirect: '#/changed' });
    other.log.length = 0;
    other.page.visited.length = 0;
    one.authService.setResponseObject({ access_token: 'of somebody', expires_in: 600 });
    await clock.advance(10);
    expect(other.authService.getAccessToken()).toBe('of somebody');
    expect([...other.log, ...other.page.visited]).toEqual(['signal authentication-change', 'event true', '#/changed']);
    expect(one.page.visited).toEqual([]);
  });

  it('that signs out signs this one out', async () => {
    const { one, other, clock } = await twoTabs();
    await one.authService.logout();
    await clock.advance(10);
    expect(other.authService.authenticated).toBe(false);
    expect(other.authService.state).toEqual(jasmine.objectContaining({ ended: 'other_tab' }));
  });

  it('that refreshes hands its tokens over, and nothing else happens', async () => {
    const { one, other, clock } = await twoTabs();
    const before = [other.log.length, other.page.visited.length];
    await one.authService.updateToken();
    await clock.advance(10);
    expect(other.authService.getAccessToken()).toBe('access-2');
    expect([other.log.length, other.page.visited.length]).toEqual(before);
  });
});

describe('what is known of the token', () => {
  it('is nothing while nobody is signed in', () => {
    const { authService } = testApp();
    expect(authService.getAccessToken()).toBeUndefined();
    expect(authService.getRefreshToken()).toBeNull();
    expect(authService.getIdToken()).toBeUndefined();
    expect(authService.getTokenPayload()).toBeNull();
    expect(authService.getIdTokenPayload()).toBeNull();
    expect(authService.getExp()).toBeNaN();
    expect(authService.getTtl()).toBeNaN();
    expect(authService.isTokenExpired()).toBeUndefined();
  });

  it('is what a JWT says, in seconds [B18]', () => {
    const { authService, clock } = testApp();
    const now = clock.now() / 1000;
    authService.setResponseObject({ access_token: jwt({ sub: 'ada', exp: now + 60 }), id_token: jwt({ name: 'Ada' }) });
    expect(authService.getExp()).toBe(now + 60);
    expect(authService.getTtl()).toBe(60);
    expect(authService.isTokenExpired()).toBe(false);
    expect(authService.getTokenPayload()).toEqual({ sub: 'ada', exp: now + 60 });
    expect(authService.getIdTokenPayload()).toEqual({ name: 'Ada' });
  });

  it('is fixed at receipt where a function of the application tells [B8]', async () => {
    let calls = 0;
    const { authService, clock } = testApp({
      getExpirationDateFromResponse: () => {
        calls += 1;
        return clock.now() / 1000 + 60;
      },
    });
    authService.setResponseObject({ access_token: 'opaque' });
    const exp = authService.getExp();
    await clock.advance(30_000);
    expect(authService.isAuthenticated()).toBe(true);
    expect(authService.getExp()).toBe(exp);
    expect(authService.getTtl()).toBe(30);
    await clock.advance(31_000);
    expect(authService.isAuthenticated()).toBe(false);
    expect(calls).toBe(1);
  });

  it('outlasts the longest timer [B7]', async () => {
    const { authService, clock } = testApp();
    const days30 = 30 * 24 * 3600;
    authService.setResponseObject({ access_token: 'opaque', expires_in: days30 });
    await clock.advance((days30 - 1) * 1000);
    expect(authService.authenticated).toBe(true);
    await clock.advance(2000);
    expect(authService.authenticated).toBe(false);
  });

  it('makes nobody signed in when it came expired', async () => {
    const { authService, clock, log, page } = testApp();
    authService.setResponseObject({ access_token: jwt({ exp: clock.now() / 1000 - 60 }) });
    expect(authService.authenticated).toBe(false);
    await clock.advance(1000);
    expect(log).toEqual([]);
    expect(page.visited).toEqual([]);
  });

  it('is good to be sent when it comes from getFreshToken', async () => {
    const server = refreshingServer();
    const { authService, clock } = testApp(refreshing, { server });
    await authService.login(credentials);
    expect(await authService.getFreshToken()).toBe('access-1');
    await clock.sleep(700_000);
    expect(await authService.getFreshToken()).toBe('access-2');
  });
});

describe('isAuthenticated', () => {
  it('tells the callback a moment later', async () => {
    const { authService } = testApp();
    const told: boolean[] = [];
    authService.isAuthenticated(value => told.push(value));
    expect(told).toEqual([]);
    await settled();
    expect(told).toEqual([false]);
  });

  for (const [answer, expected] of [
    [() => json({ error: 'invalid_grant' }, 400), false],
    [() => json({ access_token: 'next', expires_in: 600 }), true],
  ] as const) {
    it(`tells the callback ${expected} after the refresh that it needed [B15]`, async () => {
      const server = refreshingServer().on('POST /auth/token', answer);
      const { authService, clock } = testApp(refreshing, { server });
      await authService.login(credentials);
      await clock.sleep(700_000);
      const told: boolean[] = [];
      expect(authService.isAuthenticated(value => told.push(value))).toBe(true);
      await settled();
      expect(told).toEqual([expected]);
    });
  }

  it('survives a callback that throws', async () => {
    const { authService } = testApp();
    spyOn(logger, 'warn');
    authService.isAuthenticated(() => {
      throw new Error('of the application');
    });
    await settled();
    expect(logger.warn).toHaveBeenCalled();
  });
});

describe('authenticated', () => {
  it('is observed by bindings without dirty checking', async () => {
    const { authService, container } = testApp();
    const observer = container.get(ObserverLocator).getObserver(authService, 'authenticated');
    expect(observer.constructor.name).not.toContain('Dirty');
    const told: boolean[] = [];
    observer.subscribe((value: boolean) => told.push(value));
    await authService.login(credentials);
    await settled();
    expect(told).toEqual([true]);
  });
});

describe('the profile', () => {
  for (const [criteria, search] of [
    [undefined, ''],
    [5, '?id=5'],
    ['ada', '?id=ada'],
    [{ role: 'admin', ids: [1, 2] }, '?role=admin&ids%5B%5D=1&ids%5B%5D=2'],
  ] as const) {
    it(`is asked for with the criteria ${JSON.stringify(criteria)}, and the token`, async () => {
      const { authService, server } = testApp();
      server.on('GET /auth/me', () => json({ name: 'Ada' }));
      await authService.login(credentials);
      expect(await authService.getMe(criteria)).toEqual({ name: 'Ada' });
      expect(server.seen[1]?.url).toBe(`${api}/auth/me${search}`);
      expect(server.seen[1]?.headers.get('Authorization')).toBe('Bearer access-1');
    });
  }

  for (const [profileMethod, method] of [
    ['put', 'PUT'],
    ['post', 'PATCH'],
  ] as const) {
    it(`is changed with ${method} when profileMethod is ${profileMethod}`, async () => {
      const { authService, fetchConfig, server } = testApp({ profileMethod });
      fetchConfig.configure();
      server.on(`${method} /auth/me`, ({ body }) => json(JSON.parse(body)));
      await authService.login(credentials);
      expect(await authService.updateMe({ name: 'Ada L.' }, 5)).toEqual({ name: 'Ada L.' });
      expect(server.seen[1]?.url).toBe(`${api}/auth/me?id=5`);
      expect(server.seen[1]?.headers.get('Authorization')).toBe('Bearer access-1');
    });
  }

  const calls: Record<string, (authService: AuthService) => Promise<unknown>> = {
    getMe: authService => authService.getMe(),
    updateMe: authService => authService.updateMe({}),
    unlink: authService => authService.unlink('google'),
    logout: authService => authService.logout(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const routes = { profileUrl: '/me', unlinkUrl: '/', logoutUrl: '/logout', logoutRedirect: false } as const;
    it(`is no reason to send a token over plain http: ${name}() [C-05]`, async () => {
      const { authService, server } = testApp({ ...routes, baseUrl: 'http://intranet.example' });
      const warn = spyOn(logger, 'warn');
      authService.setResponseObject({ access_token: 'access-1' });
      await call(authService).catch(() => undefined);
      expect(server.seen.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
      expect(warn).toHaveBeenCalledWith(jasmine.stringMatching(/No token is sent to http:\/\/intranet\.example/));
    });

    it(`is no reason to send a token elsewhere than to protected URLs: ${name}() [C-01]`, async () => {
      const { authService, server } = testApp({ ...routes, protectedUrls: ['https://other.example.com'] });
      authService.setResponseObject({ access_token: 'access-1' });
      await call(authService).catch(() => undefined);
      expect(server.seen.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
    });
  }

  it('is null where the answer is empty', async () => {
    const { authService, server } = testApp();
    server.on('GET /auth/me', () => new Response(null, { status: 204 }));
    expect(await authService.getMe()).toBeNull();
  });

  it('is not taken for empty where the answer breaks off', async () => {
    const { authService, http, server } = testApp();
    server.on('GET /auth/me', () => json({ name: 'Ada' }));
    const broken = new TypeError('network error');
    const body = new ReadableStream({ start: controller => controller.error(broken) });
    http.configure(config => config.withInterceptor({ response: () => new Response(body) }));
    await expectAsync(authService.getMe()).toBeRejected();
  });

  it('can be separated from a provider', async () => {
    const { authService, page, server } = testApp();
    server.on('GET /auth/unlink/google', () => json({}));
    await authService.login(credentials, {}, '');
    await authService.unlink('google');
    expect(server.seen[1]?.headers.get('Authorization')).toBe('Bearer access-1');
    expect(page.visited).toEqual([]);
  });
});
