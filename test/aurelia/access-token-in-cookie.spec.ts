import { settled } from 'aurelia-auth-refresh/testing';
import { api, credentials, testApp, testBrowser } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

const config = {
  accessTokenIn: 'cookie',
  useRefreshToken: true,
  refreshTokenUrl: '/auth/refresh',
  logoutUrl: '/auth/logout',
} as const;

/** A server that keeps all tokens and identifies its user by a cookie, which specs ignore. */
function backend(): TestServer {
  const server = new TestServer();
  const session = () => json({ expires_in: 600, user: { name: 'Ada' } });
  return server
    .on('POST /auth/login', session)
    .on('POST /auth/refresh', session)
    .on('POST /auth/logout', () => json({}))
    .on('GET /expenses', () => json([]));
}

describe('cookie mode', () => {
  it('signs in without a token that the page can read', async () => {
    const { authService, log, page } = testApp(config, { server: backend() });
    expect(await authService.login(credentials)).toEqual({ expires_in: 600, user: { name: 'Ada' } });
    expect(authService.authenticated).toBe(true);
    expect(authService.getTtl()).toBe(600);
    expect(log).toEqual(['signal authentication-change', 'event true']);
    expect(page.visited).toEqual(['#/']);
    expect(authService.getAccessToken()).toBeUndefined();
    expect(authService.getRefreshToken()).toBeNull();
    expect(authService.getTokenPayload()).toBeNull();
    expect(await authService.getFreshToken()).toBe('');
  });

  it('sends requests with a header that other sites cannot send, and without a token', async () => {
    const { authService, fetchConfig, http, server } = testApp(config, { server: backend() });
    fetchConfig.configure();
    await authService.login(credentials);
    await http.fetch('expenses');
    const [request] = server.to('/expenses');
    expect(request?.headers.get('X-Requested-With')).toMatch(/^in-cookie/);
    expect(request?.headers.has('Authorization')).toBe(false);
  });

  it('refreshes before a request after expiry, once for concurrent requests', async () => {
    const { authService, clock, fetchConfig, http, server } = testApp(config, { server: backend() });
    fetchConfig.configure();
    await authService.login(credentials);
    await clock.sleep(601_000);
    await Promise.all(Array.from({ length: 20 }, () => http.fetch('expenses')));
    const [refresh, ...others] = server.to('/auth/refresh');
    expect(others).toEqual([]);
    expect(refresh?.body).toBe('{"grant_type":"refresh_token"}');
    expect(refresh?.credentials).toBe('include');
    expect(refresh?.headers.get('X-Requested-With')).toBe('XMLHttpRequest');
    expect(refresh?.headers.has('Authorization')).toBe(false);
    expect(server.to('/expenses').length).toBe(20);
    expect(authService.getTtl()).toBe(600);
  });

  it('refreshes and retries when the backend responds with 401 before expiry', async () => {
    const server = backend();
    const { authService, fetchConfig, http } = testApp(config, { server });
    fetchConfig.configure();
    await authService.login(credentials);
    server.on('GET /expenses', () => (server.to('/auth/refresh').length > 0 ? json([]) : json({}, 401)));
    expect((await http.fetch('expenses')).status).toBe(200);
    expect(server.to('/expenses').length).toBe(2);
  });

  it("ends with the backend's session, and reports the reason", async () => {
    const server = backend();
    const { authService, fetchConfig, http, log } = testApp({ ...config, expiredRedirect: '' }, { server });
    fetchConfig.configure();
    await authService.login(credentials);
    const over = () => json({ error: 'invalid_token' }, 401);
    server.on('GET /expenses', over).on('POST /auth/refresh', over);
    expect((await http.fetch('expenses')).status).toBe(401);
    expect(authService.authenticated).toBe(false);
    expect(authService.state).toEqual(jasmine.objectContaining({ status: 'logged-out', ended: 'refused' }));
    expect(log.at(-1)).toBe('event false');
  });

  it('keeps the session during an outage of the backend and a reload', async () => {
    const server = backend();
    const browser = testBrowser(server);
    const { authService, clock } = testApp(config, { server, browser });
    await authService.login(credentials);
    server.on('POST /auth/refresh', () => json({}, 503));
    await expectAsync(authService.updateToken()).toBeRejected();
    expect(authService.authenticated).toBe(true);
    await clock.advance(100);
    const reloaded = testApp(config, { server, browser });
    await settled();
    expect(reloaded.authService.authenticated).toBe(true);
    expect(reloaded.authService.getTtl()).toBe(600);
  });

  it('requests logoutUrl with the header of the page at logout', async () => {
    const { authService, server } = testApp(config, { server: backend() });
    await authService.login(credentials);
    await authService.logout();
    expect(authService.authenticated).toBe(false);
    const [told] = server.seen.filter(({ url }) => url === `${api}/auth/logout`);
    expect(told?.headers.has('X-Requested-With')).toBe(true);
    expect(told?.headers.has('Authorization')).toBe(false);
  });
});
