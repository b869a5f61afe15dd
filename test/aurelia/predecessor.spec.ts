import * as door from 'aurelia-auth-refresh';
import {
  Authentication,
  AuthorizeStep,
  type BaseConfig,
  configure,
  logger,
  OAuth1,
  OAuth2,
  Popup,
  Storage,
} from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import type { NavigationInstruction, Next } from 'aurelia-router';
import { TestWindows } from '../login/support.js';
import { credentials, testApp } from './support/test-app.js';
import { json, jwt } from './support/test-server.js';

describe('an app of aurelia-authentication', () => {
  it('can import every name [B17]', () => {
    expect(Object.keys(door)).toEqual(
      jasmine.arrayContaining([
        'configure',
        'logger',
        'BaseConfig',
        'Storage',
        'Popup',
        'OAuth1',
        'OAuth2',
        'AuthLock',
        'Authentication',
        'AuthService',
        'AuthenticateStep',
        'AuthorizeStep',
        'FetchConfig',
        'AuthFilterValueConverter',
        'AuthenticatedFilterValueConverter',
        'AuthenticatedValueConverter',
      ]),
    );
    expect(door.configure).toBe(configure);
  });

  for (const [old, name, value] of [
    ['authToken', 'authTokenType', 'JWT'],
    ['responseTokenProp', 'accessTokenProp', 'data'],
    ['tokenName', 'accessTokenName', 'jwt'],
    ['tokenRoot', 'accessTokenRoot', 'root'],
    ['logoutOnInvalidtoken', 'logoutOnInvalidToken', true],
  ] as const) {
    it(`can use the option ${old}, and the log names ${name}`, () => {
      spyOn(logger, 'warn');
      const { config } = testApp({ [old]: value }).authService;
      expect(config[name]).toBe(value);
      expect(config[old]).toBe(value);
      expect(logger.warn).toHaveBeenCalledOnceWith(
        jasmine.stringContaining(`The option "${old}" is now called "${name}".`),
      );
    });
  }

  it('receives all findings as one log entry [B18]', () => {
    const warn = spyOn(logger, 'warn');
    testApp({
      google: { clientId: 'web' },
      authToken: 'JWT',
      expiredRedirect: 1,
      clientSecret: 'secret',
      refreshTokenURL: '/token',
      providers: { azure_ad: { clientId: 'web', responseType: 'id_token token' } },
    } as object);
    expect(warn).toHaveBeenCalledTimes(1);
    const [report] = warn.calls.mostRecent().args;
    for (const finding of [
      /a provider belongs under "providers"/,
      /"authToken" is now called "authTokenType"/,
      /"expiredRedirect" is 1/,
      /"clientSecret" is readable by every user/,
      /Did you mean "refreshTokenUrl"/,
      /"azure_ad" returns tokens in the address/,
    ]) {
      expect(report).toMatch(finding);
    }
    expect(report).not.toContain('secret"');
  });

  it('logs nothing without findings', () => {
    spyOn(logger, 'warn');
    testApp({ loginUrl: '/in', useRefreshToken: true });
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('keeps a session that was stored as a token response', () => {
    const stored = JSON.stringify({ access_token: 'old', refresh_token: 'r', user: 'ada' });
    const { authService } = testApp({ useRefreshToken: true }, { prepare: ({ page }) => page.tab.store.write(stored) });
    expect(authService.getAccessToken()).toBe('old');
    expect(authService.getRefreshToken()).toBe('r');
    expect(authService.authentication.getResponseObject()).toEqual(jasmine.objectContaining({ user: 'ada' }));
  });

  it('keeps the bare token of the earliest versions', () => {
    const texts = new Map([['aurelia_token', 'bare']]);
    const area = {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, value: string) => texts.set(key, value),
      removeItem: (key: string) => texts.delete(key),
    };
    const { authService, container } = testApp(
      { accessTokenProp: 'data.access' },
      { prepare: ({ page }) => spyOn(page, 'global').and.returnValue(area) },
    );
    expect(authService.getAccessToken()).toBe('bare');
    expect([...texts]).toEqual([]);
    const storage: Storage = container.get(Storage);
    storage.set('key', 'value');
    expect(storage.get('key')).toBe('value');
    storage.remove('key');
    expect(storage.get('key')).toBeNull();
  });

  it('starts if the browser blocks storage [B12]', () => {
    const blocked = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const { authService, container } = testApp(
      {},
      { prepare: ({ page }) => spyOn(page, 'global').and.callFake(blocked) },
    );
    expect(authService.authenticated).toBe(false);
    expect((container.get(Storage) as Storage).get('key')).toBeNull();
  });

  it('can read the configuration, its client and Authentication', async () => {
    const { authService, http, server } = testApp({ baseUrl: '/v1' });
    server.on('POST /v1/auth/login', () => json({ access_token: jwt({ sub: 'ada' }), id_token: jwt({ sub: 'id' }) }));
    await authService.login(credentials, {}, '');
    const { authentication, config } = authService;
    expect(authService.auth).toBe(authentication);
    expect(authentication).toBeInstanceOf(Authentication);
    expect(config.current).toBe(config);
    expect(authService.client.client).toBe(http);
    expect(config.client).toBe(authService.client as never);
    expect(authentication.getPayload()).toEqual({ sub: 'ada' });
    expect(authentication.getIdPayload()).toEqual({ sub: 'id' });
    expect(authentication.getAccessToken()).toBe(authService.getCurrentToken());
    expect(authentication.isAuthenticated()).toBe(true);
    expect(authentication.getExp()).toBeNaN();
    expect(authentication.getTtl()).toBeNaN();
    expect(authentication.isTokenExpired()).toBeUndefined();
    expect(authentication.hasDataStored).toBe(true);
    authentication.responseObject = null;
    expect(authentication.responseObject).toBeNull();
    expect(authService.authenticated).toBe(false);
  });

  it('can read the URLs [B34]', () => {
    const { authentication } = testApp({ baseUrl: 'https://auth.example.com' }).authService;
    expect([authentication.getLoginUrl(), authentication.getSignupUrl(), authentication.getProfileUrl()]).toEqual([
      'https://auth.example.com/auth/login',
      'https://auth.example.com/auth/signup',
      'https://auth.example.com/auth/me',
    ]);
    expect([authentication.getLoginRoute(), authentication.getLoginRedirect()]).toEqual(['/login', '#/']);
  });

  it('reads tokens by their paths, and rejects a response without one [B33]', () => {
    const { authentication } = testApp().authService;
    expect(authentication.getTokenFromResponse({ a: { b: 's' } }, 'a.b', 'token')).toBe('s');
    expect(authentication.getTokenFromResponse({ a: { r: { token: 's' } } }, 'a', 'token', 'r')).toBe('s');
    expect(authentication.getTokenFromResponse({ token: 's' }, 'a.b', 'token')).toBe('s');
    expect(authentication.getTokenFromResponse(null, 'a', 'token')).toBeUndefined();
    expect(() => authentication.getTokenFromResponse({}, 'a.b', 'token')).toThrowError(/Token not found in response/);
  });

  it('guards routes with a truthy auth by AuthorizeStep', async () => {
    const warn = spyOn(logger, 'warn');
    const step: AuthorizeStep = testApp().container.get(AuthorizeStep);
    expect(warn).toHaveBeenCalledTimes(1);
    const instruction = { getAllInstructions: () => [{ fragment: '/a', config: { auth: 'yes' } }] };
    const next = Object.assign(async () => 'on', { cancel: async () => 'cancelled' });
    expect(await step.run(instruction as unknown as NavigationInstruction, next as unknown as Next)).toBe('cancelled');
  });

  it('signs in by OAuth1, OAuth2 and Popup', async () => {
    const windows = new TestWindows();
    const { container, server } = testApp((_: BaseConfig) => undefined, {
      prepare: ({ page }) => spyOn(page, 'providers').and.returnValue(windows.ports),
    });
    server.on('POST /exchange', () => json({ access_token: 'exchanged' }));
    const oAuth2: OAuth2 = container.get(OAuth2);
    const opened = oAuth2.open({ name: 'acme', url: '/exchange', authorizationEndpoint: 'https://acme.example/' });
    await settled();
    windows.popup.redirect('https://app.example.com/?code=c&state=random-1');
    await windows.clock.advance(35);
    expect(await opened).toEqual({ access_token: 'exchanged' });
    expect(await oAuth2.close({ name: 'acme' })).toBe('Not Applicable');
    const oAuth1: OAuth1 = container.get(OAuth1);
    await expectAsync(oAuth1.open({ name: 'old' })).toBeRejected();

    const popup: Popup = container.get(Popup);
    const polled = popup.open('https://acme.example/', 'acme').pollPopup();
    windows.popup.redirect('https://app.example.com/#a=1');
    await windows.clock.advance(35);
    expect({ ...(await polled) }).toEqual({ a: '1' });
    expect(popup.open('https://acme.example/', 'acme', null)).toBe(popup);
    await expectAsync((container.invoke(Popup) as Popup).eventListener()).toBeRejectedWith(
      jasmine.objectContaining({ code: 'popup_blocked' }),
    );
  });
});

describe('a deprecated member', () => {
  it('can be called, logs that, and does not change the session', async () => {
    const warn = spyOn(logger, 'warn');
    const { authService, clock } = testApp();
    await authService.login(credentials);
    const { authentication, state } = authService;
    const before = clock.armed;
    authService.timeoutID = 7;
    authService.setTimeout(1);
    authService.clearTimeout();
    authService.storageEventHandler({ key: 'aurelia_authentication', newValue: null });
    authentication.resolveUpdateTokenCallstack(false);
    expect(warn.calls.allArgs().map(([text]) => String(text).split(' ')[0])).toEqual([
      'timeoutID',
      'setTimeout',
      'clearTimeout',
      'storageEventHandler',
      'resolveUpdateTokenCallstack',
    ]);
    expect([authService.timeoutID, authentication.updateTokenCallstack]).toEqual([0, []]);
    expect([authService.state, clock.armed]).toEqual([state, before]);
  });

  it('shares a refresh', async () => {
    const { authService, server } = testApp({ useRefreshToken: true, refreshTokenUrl: '/auth/token' });
    await authService.login(credentials);
    server.on('POST /auth/token', server.tokens);
    const all = [authService.authentication.toUpdateTokenCallstack(), authService.updateToken()];
    expect(await Promise.all(all)).toEqual([true, true]);
    expect(server.to('/auth/token').length).toBe(1);
  });
});
