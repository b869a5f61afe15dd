import { AuthError, logger } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import { api, credentials, testApp } from './support/test-app.js';
import { json, refreshing, TestServer } from './support/test-server.js';

describe('login()', () => {
  it('sends the credentials by POST and redirects to loginRedirect', async () => {
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

  it('accepts email and password', async () => {
    const { authService, page, server } = testApp();
    await authService.login('ada@example.com', 'secret', {}, '#/inbox');
    expect(server.seen[0]?.body).toBe('{"email":"ada@example.com","password":"secret"}');
    expect(page.visited).toEqual(['#/inbox']);
  });

  it("does not modify the caller's objects [B31]", async () => {
    const { authService } = testApp({ clientId: 'web', clientSecret: 'x' });
    const given = Object.freeze({ ...credentials });
    const options = Object.freeze({ headers: Object.freeze({ 'X-One': '1' }) });
    await authService.login(given, options);
    expect(given).toEqual(credentials);
  });

  it('without arguments sends only the client_id [B31]', async () => {
    const { authService, server } = testApp({ clientId: 'web' });
    await authService.login();
    expect(server.seen[0]?.body).toBe('{"client_id":"web"}');
  });

  it('encodes the body as a form for that content type', async () => {
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

  it('accepts a form', async () => {
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
    ['no refresh token at refreshTokenProp', refreshing, { access_token: 'a', refreshToken: 'r', expires_in: 60 }, 1],
    ['a refresh token that is no string', refreshing, { access_token: 'a', refresh_token: 7, expires_in: 60 }, 1],
    ['a refresh token', refreshing, { access_token: 'a', refresh_token: 'r', expires_in: 60 }, 0],
    ['an access token without expiry', refreshing, { access_token: 'a' }, 0],
    [
      'the refresh token in a cookie',
      { ...refreshing, refreshTokenIn: 'cookie' },
      { access_token: 'a', expires_in: 60 },
      0,
    ],
    ['no refresh token, if useRefreshToken is off', {}, { access_token: 'a', expires_in: 60 }, 0],
  ] as const) {
    it(`${warnings ? 'warns of' : 'does not warn of'} a response with ${what} [F17]`, () => {
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

  it('rejects with an unsuccessful Response, and keeps the session [B23]', async () => {
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

  it('rejects a response without a token, and names its properties [B33]', async () => {
    const server = new TestServer().on('POST /auth/login', () => json({ access_token: null, user: 'ada' }));
    const { authService } = testApp({ accessTokenProp: 'data.access' }, { server });
    await expectAsync(authService.login(credentials)).toBeRejectedWithError(
      AuthError,
      /Token not found in response.*user/,
    );
    expect(authService.authenticated).toBe(false);
  });

  it('accepts an absolute loginUrl [B35]', async () => {
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

  it('uses the configured client', async () => {
    const endpoint = new HttpClient();
    endpoint.configure(config => config.withBaseUrl('https://login.example.com/'));
    const { authService, server } = testApp({ endpoint });
    await authService.login(credentials);
    expect(server.seen.map(({ url }) => url)).toEqual(['https://login.example.com/auth/login']);
  });

  it('does not read an access token as a refresh or ID token [B16]', async () => {
    const server = new TestServer().on('POST /auth/login', () => json({ token: 'access' }));
    const { authService } = testApp({ useRefreshToken: true }, { server });
    await authService.login(credentials);
    expect(authService.getAccessToken()).toBe('access');
    expect(authService.getRefreshToken()).toBeNull();
    expect(authService.getIdToken()).toBeNull();
  });
});

describe('the redirect after login()', () => {
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
    it(`for the argument ${JSON.stringify(argument)} leads to ${JSON.stringify(visited)} [B29] [C-19]`, async () => {
      const { authService, page } = testApp({
        loginRedirect: '#/home',
        logoutRedirect: 'https://partner.example/bye',
      });
      await authService.login(credentials, {}, argument);
      expect(page.visited).toEqual([...visited]);
    });
  }

  it('is disabled by loginRedirect: false', async () => {
    const { authService, page } = testApp(config => {
      config.loginRedirect = undefined;
    });
    await authService.login(credentials);
    expect(page.visited).toEqual([]);
  });
});

describe('signup()', () => {
  for (const [config, target] of [
    [{}, '#/'],
    [{ signupRedirect: '#/welcome' }, '#/welcome'],
    [{ signupRedirect: false }, undefined],
    [{ loginOnSignup: false }, '#/login'],
  ] as const) {
    it(`redirects to ${target} with ${JSON.stringify(config)} [B30]`, async () => {
      const { authService, page, server } = testApp(config);
      server.on('POST /auth/signup', server.tokens);
      await authService.signup({ name: 'Ada' });
      expect(page.visited).toEqual(target === undefined ? [] : [target]);
    });
  }

  it('sends the form by POST and signs in', async () => {
    const { authService, server } = testApp();
    server.on('POST /auth/signup', server.tokens);
    await authService.signup('Ada', 'ada@example.com', 'secret');
    expect(server.seen[0]?.body).toBe('{"displayName":"Ada","email":"ada@example.com","password":"secret"}');
    expect(authService.authenticated).toBe(true);
  });

  it('accepts an object, and does not sign in with loginOnSignup: false', async () => {
    const { authService, server } = testApp({ loginOnSignup: false });
    server.on('POST /auth/signup', () => json({ id: 7 }));
    expect(await authService.signup({ name: 'Ada' }, {}, '')).toEqual({ id: 7 });
    expect(server.seen[0]?.body).toBe('{"name":"Ada"}');
    expect(authService.authenticated).toBe(false);
  });
});
