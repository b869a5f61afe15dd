import type { AuthenticationState } from 'aurelia-auth-refresh';
import { api, credentials, testApp } from './support/test-app.js';
import { json, refreshing, refreshingServer, TestServer } from './support/test-server.js';

describe('a refresh', () => {
  it("sends the refresh token and the old access token by POST to the client's server", async () => {
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

  it('uses loginUrl without refreshTokenUrl, and the configured encoding and headers', async () => {
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

  it('omits the old access token with sendAccessTokenOnRefresh: false', async () => {
    const server = refreshingServer();
    const { authService } = testApp({ ...refreshing, sendAccessTokenOnRefresh: false }, { server });
    await authService.login(credentials);
    await authService.updateToken();
    expect(server.to('/auth/token')[0]?.headers.has('Authorization')).toBe(false);
  });

  it('keeps the refresh token if the response omits it [B6]', async () => {
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
    it(`keeps properties that the response omits: ${keepOldResponseProperties}, and never after login [B28]`, async () => {
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

  it('rejects without a refresh token', async () => {
    const { authService, log } = testApp();
    await expectAsync(authService.updateToken()).toBeRejectedWithError(/refreshToken not set/);
    await authService.login(credentials);
    await expectAsync(authService.updateToken()).toBeRejectedWithError(/refreshToken not set/);
    expect(log.length).toBe(2);
  });

  it('ends the session when the server refuses, and redirects to expiredRedirect', async () => {
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
    ['is unreachable', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['responds with 503', () => new Response('', { status: 503 })],
    ['responds with 429', () => new Response('', { status: 429 })],
    [
      'responds with the HTML of a captive portal',
      () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }),
    ],
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

  it('times out after refreshTimeoutSeconds [B38]', async () => {
    const server = refreshingServer().on('POST /auth/token', () => new Promise(() => undefined));
    const { authService, clock } = testApp({ ...refreshing, refreshTimeoutSeconds: 3 }, { server });
    await authService.login(credentials);
    const failure = authService.updateToken().catch((error: unknown) => error);
    await clock.advance(3000);
    expect(await failure).toEqual(jasmine.objectContaining({ code: 'refresh_postponed' }));
  });

  it('classifies the response by classifyRefreshResponse', async () => {
    const server = refreshingServer().on('POST /auth/token', () => new Response('', { status: 404 }));
    const { authService } = testApp({ ...refreshing, classifyRefreshResponse: () => 'refused' }, { server });
    await authService.login(credentials);
    await expectAsync(authService.updateToken()).toBeRejected();
    expect(authService.authenticated).toBe(false);
  });

  it('starts before expiry, without a redirect or an event', async () => {
    const server = refreshingServer();
    const { authService, clock, log, page } = testApp(refreshing, { server });
    await authService.login(credentials, {}, '');
    await clock.advance(599_000);
    expect(authService.getAccessToken()).toBe('access-2');
    expect(log.length).toBe(2);
    expect(page.visited).toEqual([]);
  });

  it('does not start with autoUpdateToken: false; the session ends with its token', async () => {
    const server = refreshingServer();
    const { authService, clock, page } = testApp({ ...refreshing, autoUpdateToken: false }, { server });
    await authService.login(credentials, {}, '');
    await clock.advance(601_000);
    expect(server.to('/auth/token').length).toBe(0);
    expect(authService.authenticated).toBe(false);
    expect(page.visited).toEqual(['#/']);
  });

  it('is published on authentication-state, without tokens [C-07]', async () => {
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
