import type { AuthConfig } from 'aurelia-auth-refresh';
import { defaultSettings } from '../../../src/aurelia/auth-config.js';
import { merged } from '../../../src/aurelia/options/merged.js';
import { findings, unknownOptionFinding } from '../../../src/aurelia/options/validation.js';

function findingsFor(config: AuthConfig): string[] {
  return findings(merged(defaultSettings(), config) as ReturnType<typeof defaultSettings>);
}

describe('validation of the options', () => {
  it('finds nothing in the defaults', () => {
    expect(findingsFor({})).toEqual([]);
  });

  for (const name of [
    'loginRedirect',
    'logoutRedirect',
    'signupRedirect',
    'expiredRedirect',
    'storageChangedRedirect',
  ] as const) {
    for (const value of [1, true, {}]) {
      it(`reports ${name}: ${JSON.stringify(value)}`, () => {
        expect(findingsFor({ [name]: value } as AuthConfig)).toEqual([
          `"${name}" is ${value}: expected an address, or false to disable the redirect.`,
        ]);
      });
    }
    for (const value of ['#/x', '', false, null]) {
      it(`accepts ${name}: ${JSON.stringify(value)}`, () => {
        expect(findingsFor({ [name]: value })).toEqual([]);
      });
    }
  }

  const withTokens = { clientId: 'x', responseType: 'id_token token' };

  for (const [what, config, finding] of [
    ['a clientSecret', { clientSecret: 's' }, /^"clientSecret" is readable/],
    ['refresh tokens without the interceptor', { useRefreshToken: true, httpInterceptor: false }, /^"useRefreshToken"/],
    ['a provider that returns tokens in the address', { providers: { google: withTokens } }, /^The provider "google"/],
    ['a misspelt field of refreshRequest', { refreshRequest: { header: {} } }, /"refreshRequest.header". .*"headers"/],
    ['a misspelt field of logoutRequest', { logoutMethod: 'post', logoutRequest: { parameter: {} } }, /"parameters"/],
    ['another place of the refresh token', { refreshTokenIn: 'cookies' }, /^"refreshTokenIn" is "cookies": .*"cookie"/],
    ['another place of the access token', { accessTokenIn: 'Cookie' }, /^"accessTokenIn" is "Cookie": .*"cookie"/],
    ['another unit', { expiresInUnit: 'ms' }, /^"expiresInUnit" is "ms": .*"milliseconds"/],
    ['another end of the session', { whenSessionEnds: 'wait' }, /^"whenSessionEnds" is "wait": .*"park"/],
    ['a time limit as a text', { refreshTimeoutSeconds: '10' }, /^"refreshTimeoutSeconds" must be/],
    ['a waiting time below zero', { tokenWaitSeconds: -1 }, /^"tokenWaitSeconds" must be/],
  ] as [string, object, RegExp][]) {
    it(`reports ${what}`, () => {
      expect(findingsFor(config)).toEqual([jasmine.stringMatching(finding)]);
    });
  }

  for (const [what, config] of [
    ['refresh tokens with the interceptor', { useRefreshToken: true }],
    ['a disabled interceptor without refresh tokens', { httpInterceptor: false }],
    ['a provider that returns a code', { providers: { google: { clientId: 'x', responseType: 'code' } } }],
    ['a provider without clientId', { providers: { google: { responseType: 'token' } } }],
    [
      'refreshRequest and logoutRequest',
      { logoutMethod: 'post', logoutRequest: { headers: {} }, refreshRequest: { method: 'PUT' } },
    ],
    ['parking with bounds', { whenSessionEnds: { maxRequests: 5 } }],
    ['Lock, which returns tokens', { providers: { auth0: { clientId: 'x' } } }],
  ] as const) {
    it(`accepts ${what}`, () => {
      expect(findingsFor(config)).toEqual([]);
    });
  }

  it('reports several options together', () => {
    expect(findingsFor({ clientSecret: 's', providers: { google: withTokens, github: withTokens } }).length).toBe(3);
  });

  for (const [name, value, finding] of [
    ['loginUrI', '/in', 'There is no option "loginUrI". Did you mean "loginUrl"?'],
    ['somethingElse', 1, 'There is no option "somethingElse".'],
    ['google', {}, 'There is no option "google": a provider belongs under "providers".'],
    ['keycloak', { clientId: 'x' }, 'There is no option "keycloak": a provider belongs under "providers".'],
  ] as const) {
    it(`reports the unknown option ${name}`, () => {
      expect(unknownOptionFinding(name, value, Object.keys(defaultSettings()))).toBe(finding);
    });
  }
});
