import { logger } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { ObserverLocator } from 'aurelia-framework';
import { credentials, testApp } from './support/test-app.js';
import { json, jwt, refreshing, refreshingServer } from './support/test-server.js';

describe('the getters of AuthService', () => {
  it('return nothing while no user is signed in', () => {
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

  it('read a JWT, in seconds [B18]', () => {
    const { authService, clock } = testApp();
    const now = clock.now() / 1000;
    authService.setResponseObject({ access_token: jwt({ sub: 'ada', exp: now + 60 }), id_token: jwt({ name: 'Ada' }) });
    expect(authService.getExp()).toBe(now + 60);
    expect(authService.getTtl()).toBe(60);
    expect(authService.isTokenExpired()).toBe(false);
    expect(authService.getTokenPayload()).toEqual({ sub: 'ada', exp: now + 60 });
    expect(authService.getIdTokenPayload()).toEqual({ name: 'Ada' });
  });

  it('use the expiry that getExpirationDateFromResponse returned at receipt [B8]', async () => {
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

  it('support expiries beyond the longest timer [B7]', async () => {
    const { authService, clock } = testApp();
    const days30 = 30 * 24 * 3600;
    authService.setResponseObject({ access_token: 'opaque', expires_in: days30 });
    await clock.advance((days30 - 1) * 1000);
    expect(authService.authenticated).toBe(true);
    await clock.advance(2000);
    expect(authService.authenticated).toBe(false);
  });

  it('report no signed-in user for a token that was expired at receipt', async () => {
    const { authService, clock, log, page } = testApp();
    authService.setResponseObject({ access_token: jwt({ exp: clock.now() / 1000 - 60 }) });
    expect(authService.authenticated).toBe(false);
    await clock.advance(1000);
    expect(log).toEqual([]);
    expect(page.visited).toEqual([]);
  });

  it('return a fresh token from getFreshToken', async () => {
    const server = refreshingServer();
    const { authService, clock } = testApp(refreshing, { server });
    await authService.login(credentials);
    expect(await authService.getFreshToken()).toBe('access-1');
    await clock.sleep(700_000);
    expect(await authService.getFreshToken()).toBe('access-2');
  });
});

describe('isAuthenticated', () => {
  it('calls the callback asynchronously', async () => {
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
    it(`calls the callback with ${expected} after a refresh [B15]`, async () => {
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

  it('tolerates a callback that throws', async () => {
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
