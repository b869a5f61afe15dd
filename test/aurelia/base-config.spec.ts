import { type AuthConfig, BaseConfig, logger } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';

describe('BaseConfig', () => {
  it('has the defaults of aurelia-authentication', () => {
    expect({ ...new BaseConfig() }).toEqual(
      jasmine.objectContaining({
        loginUrl: '/auth/login',
        logoutUrl: null,
        signupUrl: '/auth/signup',
        profileUrl: '/auth/me',
        refreshTokenUrl: null,
        loginRedirect: '#/',
        signupRedirect: '#/login',
        loginRoute: '/login',
        useRefreshToken: false,
        autoUpdateToken: true,
        accessTokenProp: 'access_token',
        storage: 'localStorage',
        storageKey: 'aurelia_authentication',
        globalValueConverters: ['authFilterValueConverter'],
        defaultHeadersForTokenRequests: { 'Content-Type': 'application/json' },
      }),
    );
  });

  it('sets values, including null, and ignores undefined', () => {
    const config = new BaseConfig();
    config.configure({ loginUrl: '/in', loginRedirect: null, logoutRedirect: undefined } as AuthConfig);
    expect([config.loginUrl, config.loginRedirect, config.logoutRedirect]).toEqual(['/in', null, '#/']);
  });

  it('merges plain objects, and does not modify the given ones', () => {
    const config = new BaseConfig();
    const google = Object.freeze({ clientId: 'a' });
    config.configure({ providers: { google } });
    config.configure({ providers: { google: { display: 'popup' }, github: { clientId: 'b' } } });
    config.configure({ defaultHeadersForTokenRequests: { 'X-One': '1' } });
    expect(config.providers['google']).toEqual(jasmine.objectContaining({ clientId: 'a', display: 'popup' }));
    expect(config.providers['github']).toEqual(jasmine.objectContaining({ clientId: 'b', scope: ['user:email'] }));
    expect(config.defaultHeadersForTokenRequests).toEqual({ 'Content-Type': 'application/json', 'X-One': '1' });
    expect(google).toEqual({ clientId: 'a' });
  });

  it('sets objects that are not plain without copying [B19]', () => {
    const config = new BaseConfig();
    const endpoint = new HttpClient();
    config.configure({ endpoint });
    expect(config.endpoint).toBe(endpoint);
  });

  for (const [wrong, meant] of [
    ['loginUrI', 'loginUrl'],
    ['useRefreshTokens', 'useRefreshToken'],
    ['refreshTokenURL', 'refreshTokenUrl'],
    ['storagekey', 'storageKey'],
    ['somethingElse', undefined],
  ] as const) {
    it(`logs ${wrong}${meant ? `, and suggests ${meant}` : ''} [B18]`, () => {
      spyOn(logger, 'warn');
      new BaseConfig().configure({ [wrong]: 'x' });
      expect(logger.warn).toHaveBeenCalledOnceWith(
        `There is no option "${wrong}".${meant ? ` Did you mean "${meant}"?` : ''}`,
      );
    });
  }

  it('does not let an option replace a method or change a prototype [C-63]', () => {
    const config = new BaseConfig();
    spyOn(logger, 'warn');
    config.configure(JSON.parse('{"configure":1,"__proto__":{"polluted":1},"providers":{"__proto__":{"polluted":1}}}'));
    expect(typeof config.configure).toBe('function');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get(config, 'polluted')).toBeUndefined();
    expect(Reflect.get(config.providers, 'polluted')).toBeUndefined();
  });

  for (const [baseUrl, url, joined] of [
    ['', '/auth/login', '/auth/login'],
    ['http://x/', '/xy', 'http://x/xy'],
    ['/api', 'login', '/api/login'],
    [null, 'x', 'x'],
    ['/api/', 'login/', '/api/login/'],
    ['http://x/', 'http://y/z', 'http://y/z'],
    ['http://x/', '//y/z', '//y/z'],
    ['/api', '', '/api'],
  ] as const) {
    it(`joins ${JSON.stringify(baseUrl)} and ${JSON.stringify(url)} [B35]`, () => {
      const config = new BaseConfig();
      config.configure({ baseUrl });
      expect(config.joinBase(url)).toBe(joined);
    });
  }

  it('returns the headers for token requests, overridden by those of the call', () => {
    const config = new BaseConfig();
    expect(config.getOptionsForTokenRequests()).toEqual({ headers: { 'Content-Type': 'application/json' } });
    expect(config.getOptionsForTokenRequests(null)).toEqual(config.getOptionsForTokenRequests());
    const headers = { 'content-type': 'text/plain', 'X-One': '1' };
    expect(config.getOptionsForTokenRequests({ credentials: 'include', headers })).toEqual({
      credentials: 'include',
      headers,
    });
  });
});
