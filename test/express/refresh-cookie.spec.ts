import express from 'express';
import { logout, refreshCookie, refreshToken, sendTokens } from '../../src/express.js';
import { type Companion, companion, day } from '../server/support/companion.js';
import { listen, postJson, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';

const page = { origin: 'https://app.example.com', 'x-requested-with': 'fetch' };

describe('a refresh token in a cookie', () => {
  let parts: Companion;
  let server: RunningServer;

  beforeEach(async () => {
    parts = companion();
    const cookie = refreshCookie({ allowedOrigins: ['https://app.example.com'] });
    const app = express();
    app.post('/auth/login', express.json(), refreshToken(parts.tokens, { cookie }), async (_req, res) => {
      sendTokens(res, await parts.tokens.issue({ sub: 'ada' }), cookie);
    });
    app.all('/auth/logout', logout(parts.tokens, { cookie }));
    server = await listen(app);
  });
  afterEach(() => server.close());

  const post = (path: string, body: object, headers: Record<string, string>): Promise<TestResponse> =>
    postJson(server.origin + path, body, headers);
  const cookieOf = ({ headers }: TestResponse): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const login = async (): Promise<string> => cookieOf(await post('/auth/login', { username: 'ada' }, page));
  const refresh = (cookie: string, headers: Record<string, string> = page): Promise<TestResponse> =>
    post('/auth/login', { grant_type: 'refresh_token' }, { ...headers, cookie });

  it('[S-23] is HttpOnly, Secure, SameSite=Strict and limited to its host', async () => {
    const response = await post('/auth/login', { username: 'ada' }, page);
    const [pair, ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ');
    expect(pair).toMatch(/^__Host-refresh_token=v1\./);
    expect(attributes).toContain('HttpOnly');
    expect(attributes).toContain('Secure');
    expect(attributes).toContain('SameSite=Strict');
    expect(attributes).toContain('Path=/');
    expect(attributes).toContain(`Max-Age=${7 * day}`);
    expect(attributes.join()).not.toContain('Domain');
    expect(response.body['refresh_token']).toBeUndefined();
    expect(response.body['access_token']).toEqual(jasmine.any(String));
  });

  it('is replaced by its successor at each refresh', async () => {
    const first = await login();
    const response = await refresh(`other=1; ${first}; more=2`);
    expect(response.status).toBe(200);
    expect(response.body['refresh_token']).toBeUndefined();
    expect(cookieOf(response)).toMatch(/^__Host-refresh_token=v1\./);
    expect(cookieOf(response)).not.toBe(first);
    expect((await refresh(cookieOf(response))).status).toBe(200);
  });

  it('does not read a refresh token from the body', async () => {
    const [, token] = (await login()).split('=');
    const response = await post('/auth/login', { grant_type: 'refresh_token', refresh_token: token }, page);
    expect(response.status).toBe(400);
    expect(response.body['error']).toBe('invalid_grant');
  });

  const foreign: [name: string, headers: Record<string, string>][] = [
    ['a page of a sub-domain', { ...page, origin: 'https://evil.example.com', 'sec-fetch-site': 'same-site' }],
    ['a page of another site', { ...page, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['a page without origin', { ...page, origin: 'null' }],
    ['a page that sends no origin', { 'x-requested-with': 'fetch' }],
    ['a page on another port', { ...page, origin: 'https://app.example.com:8443' }],
    ['a page on http', { ...page, origin: 'http://app.example.com' }],
    ['a form of the same origin', { origin: 'https://app.example.com' }],
    ['a navigation', { 'sec-fetch-site': 'none', 'x-requested-with': 'x' }],
  ];
  for (const [name, headers] of foreign) {
    it(`[F110] is rejected from ${name}`, async () => {
      const cookie = await login();
      for (const path of ['/auth/login', '/auth/logout']) {
        const response = await post(path, { grant_type: 'refresh_token' }, { ...headers, cookie });
        expect(response.status).toBe(403);
        expect(response.body['error']).toBe('access_denied');
        expect(response.headers.get('set-cookie')).toBeNull();
      }
      expect(parts.events.map(({ type }) => type)).toEqual(['issued']);
      expect((await refresh(cookie)).status).toBe(200);
    });
  }

  it('[F110] is accepted from the server’s own origin with Sec-Fetch-Site', async () => {
    const own = { 'sec-fetch-site': 'same-origin', 'x-requested-with': 'fetch' };
    expect((await refresh(await login(), own)).status).toBe(200);
  });

  it('[F110] is rejected from a form post, which the JSON parser ignores', async () => {
    const response = await request(`${server.origin}/auth/login`, {
      method: 'POST',
      headers: { cookie: await login(), 'content-type': 'text/plain', origin: 'https://evil.example.com' },
      body: '{"grant_type":"refresh_token"}',
    });
    expect(parts.events.map(({ type }) => type)).not.toContain('rotated');
    expect(response.status).toBe(200);
  });

  it('[S-23] is deleted at logout with its attributes, and its session ends', async () => {
    const cookie = await login();
    const { status, headers } = await post('/auth/logout', {}, { ...page, cookie });
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-refresh_token=; Path=\/; Expires=Thu, 01 Jan 1970.*; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await refresh(cookie)).status).toBe(400);
    expect((await post('/auth/logout', {}, page)).status).toBe(200);
  });

  it('can have another name and path, except __Host- with another path', () => {
    expect(() => refreshCookie({ allowedOrigins: [], path: '/auth' })).toThrowError(TypeError, /__Host-/);
    expect(() => refreshCookie({ allowedOrigins: [], path: '/auth', name: '__Secure-rt' })).not.toThrow();
  });
});

describe('logout()', () => {
  it('ends the session of the refresh token in the body', async () => {
    const { tokens } = companion();
    const app = express().post('/auth/logout', express.json(), logout(tokens));
    const server = await listen(app);
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    expect((await postJson(`${server.origin}/auth/logout`, { refresh_token })).status).toBe(200);
    expect((await postJson(`${server.origin}/auth/logout`, { refresh_token: 'garbage' })).status).toBe(200);
    expect((await postJson(`${server.origin}/auth/logout`, {})).status).toBe(400);
    expect(await tokens.sessions('ada')).toEqual([]);
    await server.close();
  });
});
