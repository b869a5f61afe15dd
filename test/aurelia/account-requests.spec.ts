import { type AuthService, logger } from 'aurelia-auth-refresh';
import { api, credentials, testApp } from './support/test-app.js';
import { json } from './support/test-server.js';

describe('getMe(), updateMe() and unlink()', () => {
  for (const [criteria, search] of [
    [undefined, ''],
    [5, '?id=5'],
    ['ada', '?id=ada'],
    [{ role: 'admin', ids: [1, 2] }, '?role=admin&ids%5B%5D=1&ids%5B%5D=2'],
  ] as const) {
    it(`requests the profile for ${JSON.stringify(criteria)}, with the token`, async () => {
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
    it(`updates the profile with ${method} when profileMethod is ${profileMethod}`, async () => {
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
    it(`send no token over plain http: ${name}() [C-05]`, async () => {
      const { authService, server } = testApp({ ...routes, baseUrl: 'http://intranet.example' });
      const warn = spyOn(logger, 'warn');
      authService.setResponseObject({ access_token: 'access-1' });
      await call(authService).catch(() => undefined);
      expect(server.seen.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
      expect(warn).toHaveBeenCalledWith(jasmine.stringMatching(/No token is sent to http:\/\/intranet\.example/));
    });

    it(`send the token to protected URLs only: ${name}() [C-01]`, async () => {
      const { authService, server } = testApp({ ...routes, protectedUrls: ['https://other.example.com'] });
      authService.setResponseObject({ access_token: 'access-1' });
      await call(authService).catch(() => undefined);
      expect(server.seen.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
    });
  }

  it('resolve to null for an empty response', async () => {
    const { authService, server } = testApp();
    server.on('GET /auth/me', () => new Response(null, { status: 204 }));
    expect(await authService.getMe()).toBeNull();
  });

  it('reject if the response is interrupted', async () => {
    const { authService, http, server } = testApp();
    server.on('GET /auth/me', () => json({ name: 'Ada' }));
    const broken = new TypeError('network error');
    const body = new ReadableStream({ start: controller => controller.error(broken) });
    http.configure(config => config.withInterceptor({ response: () => new Response(body) }));
    await expectAsync(authService.getMe()).toBeRejected();
  });

  it('unlink the account at a provider', async () => {
    const { authService, page, server } = testApp();
    server.on('GET /auth/unlink/google', () => json({}));
    await authService.login(credentials, {}, '');
    await authService.unlink('google');
    expect(server.seen[1]?.headers.get('Authorization')).toBe('Bearer access-1');
    expect(page.visited).toEqual([]);
  });
});
