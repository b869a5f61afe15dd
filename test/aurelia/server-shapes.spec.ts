import { type AuthConfig, logger, type RefreshClassification } from 'aurelia-auth-refresh';
import { api, credentials, testApp, testBrowser } from './support/test-app.js';
import { json, refreshing, refreshingServer, TestServer } from './support/test-server.js';

async function refreshRequestOf(config: AuthConfig) {
  const server = refreshingServer().on('PUT /auth/token', () => json({ access_token: 'next', expires_in: 600 }));
  const { authService } = testApp({ ...refreshing, ...config }, { server });
  await authService.login(credentials);
  await authService.updateToken();
  const [request] = server.to('/auth/token');
  return request!;
}

describe('refreshRequest [V6]', () => {
  it('leaves out a field that is null, such as grant_type', async () => {
    const { body } = await refreshRequestOf({
      refreshTokenSubmitProp: 'refreshToken',
      refreshRequest: { parameters: { grant_type: null } },
    });
    expect(JSON.parse(body)).toEqual({ refreshToken: 'refresh-1' });
  });

  it('adds fields, replaces fields of the plugin and encodes them as a form', async () => {
    const { body } = await refreshRequestOf({
      clientId: 'web',
      defaultHeadersForTokenRequests: { 'Content-Type': 'application/x-www-form-urlencoded' },
      refreshRequest: { parameters: { grant_type: 'renew', device: 7, trusted: true } },
    });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'renew',
      refresh_token: 'refresh-1',
      client_id: 'web',
      device: '7',
      trusted: 'true',
    });
  });

  it('names the method and the headers', async () => {
    const { headers, method } = await refreshRequestOf({
      refreshRequest: { method: 'PUT', headers: { 'X-Api-Key': 'key' } },
    });
    expect([method, headers.get('X-Api-Key'), headers.get('Content-Type')]).toEqual(['PUT', 'key', 'application/json']);
  });

  it('applies when it changes after the start', async () => {
    const server = refreshingServer();
    const { authService } = testApp(refreshing, { server });
    await authService.login(credentials);
    authService.config.refreshRequest = { parameters: { grant_type: null } };
    await authService.updateToken();
    expect(JSON.parse(server.to('/auth/token')[0]?.body ?? '')).toEqual({ refresh_token: 'refresh-1' });
  });
});

describe('expiresInProp and expiresInUnit [V10]', () => {
  for (const [server, config, response] of [
    ['RFC 6749', {}, { access_token: 'a', expires_in: 600 }],
    [
      'ASP.NET Identity',
      { accessTokenProp: 'accessToken', expiresInProp: 'expiresIn' },
      { accessToken: 'a', expiresIn: 600 },
    ],
    [
      'Directus',
      { accessTokenProp: 'data.access_token', expiresInProp: 'data.expires', expiresInUnit: 'milliseconds' },
      { data: { access_token: 'a', expires: 600_000 } },
    ],
    ['text', { expiresInProp: 'ttl', expiresInUnit: 'milliseconds' }, { access_token: 'a', ttl: '600000' }],
  ] as const) {
    it(`read the lifetime of ${server}, on the session's clock`, async () => {
      const { authService, clock } = testApp(config);
      authService.setResponseObject(response);
      expect(authService.getTtl()).toBe(600);
      await clock.advance(60_000);
      expect(authService.getTtl()).toBe(540);
    });
  }

  for (const value of [undefined, null, '', 'soon', -1, {}, Number.NaN]) {
    it(`ignore the lifetime ${JSON.stringify(value)}`, () => {
      const { authService } = testApp({ expiresInProp: 'ttl', expiresInUnit: 'milliseconds' });
      authService.setResponseObject({ access_token: 'a', ttl: value, expires_in: 5 });
      expect(authService.getTtl()).toBeNaN();
    });
  }

  it('apply to refresh responses', async () => {
    const server = new TestServer().on('POST /auth/token', () => json({ access_token: 'b', expires: 30_000 }));
    const { authService } = testApp(
      { ...refreshing, expiresInProp: 'expires', expiresInUnit: 'milliseconds' },
      { server },
    );
    authService.setResponseObject({ access_token: 'a', refresh_token: 'r', expires: 600_000 });
    await authService.updateToken();
    expect(authService.getTtl()).toBe(30);
  });
});

describe('logoutRequest [V14]', () => {
  async function logoutRequestOf(config: AuthConfig, path: string) {
    const server = refreshingServer().on(`POST ${path}`, () => new Response(null, { status: 204 }));
    const { authService } = testApp({ ...refreshing, logoutUrl: path, logoutMethod: 'post', ...config }, { server });
    await authService.login(credentials);
    await authService.logout();
    expect(authService.authenticated).toBe(false);
    const [request] = server.to(path);
    return request!;
  }

  for (const [server, config, body] of [
    ['SimpleJWT', { logoutRequest: { refreshTokenParameter: 'refresh' } }, { refresh: 'refresh-1' }],
    ['Nest', { logoutRequest: { refreshTokenParameter: 'refreshToken' } }, { refreshToken: 'refresh-1' }],
    ['Directus', { logoutRequest: { parameters: { mode: 'json' } } }, { refresh_token: 'refresh-1', mode: 'json' }],
    [
      'a server without refresh token',
      { logoutRequest: { parameters: { refresh_token: null, all: true } } },
      { all: true },
    ],
  ] as const) {
    it(`sends the body that ${server} expects, with the access token`, async () => {
      const request = await logoutRequestOf(config, '/auth/logout');
      expect(request.url).toBe(`${api}/auth/logout`);
      expect(JSON.parse(request.body)).toEqual(body);
      expect(request.headers.get('Content-Type')).toBe('application/json');
      expect(request.headers.get('Authorization')).toBe('Bearer access-1');
    });
  }

  it('encodes a form and adds headers', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const request = await logoutRequestOf({ logoutRequest: { headers: { ...form, 'X-Api-Key': 'key' } } }, '/out');
    expect(request.body).toBe('refresh_token=refresh-1');
    expect(request.headers.get('X-Api-Key')).toBe('key');
  });

  it('keeps the request without body if unset', async () => {
    const request = await logoutRequestOf({}, '/auth/logout');
    expect([request.body, request.headers.get('Content-Type')]).toEqual(['', null]);
  });

  for (const logoutMethod of ['get', 'GET', 'head']) {
    it(`is reported with logoutMethod: '${logoutMethod}', which has no body`, () => {
      const warn = spyOn(logger, 'warn');
      testApp({ logoutUrl: '/out', logoutMethod, logoutRequest: {} });
      expect(warn).toHaveBeenCalledOnceWith(
        jasmine.stringContaining('"logoutRequest" needs a "logoutMethod" with a body'),
      );
    });
  }
});

describe('classifyRefreshResponse', () => {
  for (const [classification, signedIn, code] of [
    ['refused', false, 'refresh_refused'],
    ['retryable', true, 'refresh_postponed'],
    ['unclear', true, 'refresh_postponed'],
  ] as readonly (readonly [RefreshClassification, boolean, string])[]) {
    it(`may return '${classification}'`, async () => {
      const server = refreshingServer().on('POST /auth/token', () => json({ message: 'no' }, 418));
      const browser = testBrowser(server);
      const config = { ...refreshing, classifyRefreshResponse: () => classification };
      const { authService } = testApp(config, { server, browser });
      await authService.login(credentials, {}, '');
      await expectAsync(authService.updateToken()).toBeRejectedWith(jasmine.objectContaining({ code }));
      expect(authService.authenticated).toBe(signedIn);
    });
  }
});
