import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { OAuthError, requireScopes, requireToken, type TokenEvent, tokenClaims } from '../../src/express.js';
import { companion, keepEvents } from '../server/support/companion.js';
import { listen, postJson, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';

describe('requireToken()', () => {
  const parts = companion();
  let server: RunningServer;
  let accessToken: string;

  beforeEach(async () => {
    const app = express();
    const { tokens } = parts;
    app.use(express.urlencoded({ extended: false }), express.json());
    app.all('/me', requireToken(tokens), (req, res) => void res.json({ sub: tokenClaims(req).sub }));
    app.get('/reports', requireToken(tokens, { scopes: ['read', 'reports'] }), (_req, res) => void res.json({}));
    app.get('/admin', requireToken(tokens), requireScopes('admin'), (_req, res) => void res.json({}));
    app.get('/unguarded', requireScopes('admin'), (_req, res) => void res.json({}));
    app.get('/live', requireToken(tokens, { isRevoked: tokens.isRevoked }), (_req, res) => void res.json({}));
    const noKeys = { verify: () => Promise.reject(new OAuthError('temporarily_unavailable', 'No keys.')) };
    app.get('/no-keys', requireToken(noKeys), (_req, res) => void res.json({}));
    server = await listen(app);
    accessToken = (await tokens.issue({ sub: 'ada', scope: 'read' })).access_token;
  });
  afterEach(() => server.close());

  const get = (path: string, authorization?: string, init: RequestInit = {}): Promise<TestResponse> =>
    request(server.origin + path, { ...init, headers: authorization === undefined ? {} : { authorization } });

  it('accepts a valid token and passes its claims to the handler', async () => {
    expect((await get('/me', `Bearer ${accessToken}`)).body).toEqual({ sub: 'ada' });
    expect((await get('/me', `bearer ${accessToken}`)).status).toBe(200);
  });

  it('[S-30] responds with a challenge without an error if there is no token', async () => {
    for (const authorization of [undefined, 'Basic YWRhOnB3']) {
      const { status, headers } = await get('/me', authorization);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect((await get('/unguarded')).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('[S-30] ignores tokens in the URL', async () => {
    expect((await get(`/me?access_token=${accessToken}`)).status).toBe(401);
  });

  it('[S-30] responds invalid_token for an invalid token', async () => {
    const { status, headers, body } = await get('/me', 'Bearer abc.def.ghi');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body['error']).toBe('invalid_token');
  });

  it('[S-30] responds insufficient_scope with the required scopes', async () => {
    for (const [path, scope] of [
      ['/reports', 'read reports'],
      ['/admin', 'admin'],
    ]) {
      const { status, headers } = await get(path!, `Bearer ${accessToken}`);
      expect(status).toBe(403);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope"/);
      expect(headers.get('www-authenticate')).toContain(`scope="${scope}"`);
    }
  });

  it('[S-30] responds invalid_request for a token that is repeated or malformed', async () => {
    const twice: TestResponse[] = [
      await get(`/me?access_token=${accessToken}`, `Bearer ${accessToken}`),
      await get('/me', `Bearer ${accessToken}`, { method: 'POST', body: new URLSearchParams({ access_token: 'x' }) }),
      await get('/me', `Bearer ${accessToken} ${accessToken}`),
      await get('/me', 'Bearer'),
      await get('/me', 'Bearer "quoted"'),
    ];
    for (const { status, headers } of twice) {
      expect(status).toBe(400);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_request"/);
    }
  });

  it('responds invalid_request for two Authorization headers, of which Node would use the first', async () => {
    for (const second of [`Bearer ${accessToken}`, 'Basic YTpi', '']) {
      const { hostname, port } = new URL(server.origin);
      const socket = connect(Number(port), hostname);
      const lines = ['GET /me HTTP/1.1', 'Host: a', `Authorization: Bearer ${accessToken}`, `authorization: ${second}`];
      socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
      const response = await text(socket);
      expect(response)
        .withContext(second)
        .toMatch(/^HTTP\/1.1 400 /);
      expect(response).toContain('WWW-Authenticate: Bearer error="invalid_request"');
    }
  });

  it('accepts an access_token in a JSON body for other purposes', async () => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await postJson(
      `${server.origin}/me`,
      { provider: 'one', access_token: 'of the provider' },
      headers,
    );
    expect(response.body).toEqual({ sub: 'ada' });
  });

  it('responds 503, not 401, if the keys cannot be fetched', async () => {
    const { status, headers } = await get('/no-keys', `Bearer ${accessToken}`);
    expect(status).toBe(503);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('[S-37] emits one error event when isRevoked fails', async () => {
    const events: TokenEvent[] = [];
    const onEvent = keepEvents(events);
    const down = companion({ onEvent, store: { ...parts.store, find: () => Promise.reject(new Error('no store')) } });
    const isRevoked = () => Promise.reject(new Error('no list of ended sessions'));
    const app = express();
    app.get('/own', requireToken(parts.tokens, { isRevoked, onEvent }), (_req, res) => void res.json({}));
    app.get('/issuer', requireToken(parts.tokens, { isRevoked: down.tokens.isRevoked, onEvent }));
    const guarded = await listen(app);
    for (const path of ['/own', '/issuer']) {
      const headers = { authorization: `Bearer ${accessToken}` };
      expect((await request(guarded.origin + path, { headers })).status).toBe(503);
    }
    await guarded.close();
    expect(events.map(({ type }) => type)).toEqual(['error', 'store_error']);
    expect(events[0]).toEqual(
      jasmine.objectContaining({ ip: '127.0.0.1', cause: new Error('no list of ended sessions') }),
    );
  });

  it('rejects tokens of ended sessions with isRevoked', async () => {
    expect((await get('/live', `Bearer ${accessToken}`)).status).toBe(200);
    await parts.tokens.revokeAllForUser('ada');
    expect((await get('/live', `Bearer ${accessToken}`)).status).toBe(401);
    expect((await get('/me', `Bearer ${accessToken}`)).status).toBe(200);
    for (const sid of [5, {}, null]) {
      expect(await parts.tokens.isRevoked({ sub: 'ada', sid } as never)).toBeTrue();
    }
  });
});

describe('tokenClaims()', () => {
  it('throws a TypeError if requireToken() does not precede the handler', () => {
    expect(() => tokenClaims({} as express.Request)).toThrowError(TypeError, /requireToken\(\)/);
  });
});
