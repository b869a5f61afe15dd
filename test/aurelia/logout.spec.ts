import { type AuthError, logger } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { api, credentials, type TestApp, testApp } from './support/test-app.js';
import { json, refreshing, refreshingServer, TestServer } from './support/test-server.js';

describe('logout()', () => {
  it('ends the session at once, then requests logoutUrl with the old token, redirects and calls onLogout [C-34]', async () => {
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

  it('in a listener of the login takes effect at once, and reaches other listeners after the login', async () => {
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
    ['responds with 500', () => new Response('', { status: 500 })],
    ['is unreachable', () => Promise.reject(new TypeError('Failed to fetch'))],
  ] as const) {
    it(`resolves when the server ${fault}`, async () => {
      const { authService, page, server } = testApp({ logoutUrl: '/auth/logout' });
      server.on('GET /auth/logout', answer);
      await authService.login(credentials, {}, '');
      await expectAsync(authService.logout()).toBeResolved();
      expect(page.visited).toEqual(['#/']);
    });
  }

  it('requests logoutUrl without an expired token', async () => {
    const server = new TestServer(600).on('POST /auth/token', () => new Response('', { status: 503 }));
    const { authService, clock } = testApp({ ...refreshing, logoutUrl: '/auth/logout' }, { server });
    await authService.login(credentials, {}, '');
    await clock.sleep(601_000);
    expect(authService.authenticated).toBe(true);
    await authService.logout();
    expect(server.to('/auth/logout').map(({ headers }) => headers.get('Authorization'))).toEqual([null]);
  });

  it('does not wait longer than refreshTimeoutSeconds for the server', async () => {
    const { authService, clock, page, server } = testApp({ logoutUrl: '/auth/logout' });
    server.on('GET /auth/logout', () => new Promise(() => undefined));
    await authService.login(credentials, {}, '');
    const done = authService.logout();
    await clock.advance(10_000);
    await expectAsync(done).toBeResolved();
    expect(page.visited).toEqual(['#/']);
  });

  it('runs once, even if onLogout throws [B37]', async () => {
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

  it('is not undone by a later refresh response [B11]', async () => {
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
    it(`is not undone by a later response to ${what} [C-34] [F57]`, async () => {
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

  it('revokes the refresh token with revocationUrl', async () => {
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
