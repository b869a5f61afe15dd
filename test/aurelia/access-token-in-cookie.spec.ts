import { settled } from 'aurelia-auth-refresh/testing';
import { api, credentials, testApp, testBrowser } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

const config = {
  accessTokenIn: 'cookie',
  useRefreshToken: true,
  refreshTokenUrl: '/auth/refresh',
  logoutUrl: '/auth/logout',
} as const;

/** A server that keeps all tokens: it knows its user by a cookie, which specs need not see. */
function backend(): TestServer {
  const server = new TestServer();
  const session = () => json({ expires_in: 600, user: { name: 'Ada' } });
  return server
    .on('POST /auth/login', session)
    .on('POST /auth/refresh', session)
    .on('POST /auth/logout', () => json({}))
    .on('GET /expenses', () => json([]));
}

describe('tokens that a backend keeps', () => {
  it('are in nothing the page can read, and the user is signed in', async () => {
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

  it('let requests go with a header that no other site can send, and without a token', async () => {
    const { authService, fetchConfig, http, server } = testApp(config, { server: backend() });
    fetchConfig.configure();
    await authService.login(credentials);
    await http.fetch('expenses');
    const [request] = server.to('/expenses');
    expect(request?.headers.get('X-Requested-With')).toMatch(/^in-cookie/);
    expect(request?.headers.has('Authorization')).toBe(false);
  });

  it('are refreshed before a request that comes after their expiry, once for all', async () => {
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

  it('are refreshed, and the request is sent again, where the backend answers 401 early', async () => {
    const server = backend();
    const { authService, fetchConfig, http } = testApp(config, { server });
    fetchConfig.configure();
    await authService.login(credentials);
    server.on('GET /expenses', () => (server.to('/auth/refresh').length > 0 ? json([]) : json({}, 401)));
    expect((await http.fetch('expenses')).status).toBe(200);
    expect(server.to('/expenses').length).toBe(2);
  });

  it('end with the session of the backend, and the reason is told', async () => {
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

  it('survive a backend that is down, and a reload', async () => {
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

  it('are given up at logout, which the backend is told of as the page that it is', async () => {
    const { authService, server } = testApp(config, { server: backend() });
    await authService.login(credentials);
    await authService.logout();
    expect(authService.authenticated).toBe(false);
    const [told] = server.seen.filter(({ url }) => url === `${api}/auth/logout`);
    expect(told?.headers.has('X-Requested-With')).toBe(true);
    expect(told?.headers.has('Authorization')).toBe(false);
  });
});
