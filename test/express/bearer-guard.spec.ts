import express from 'express';
import { OAuthError, requireScopes, requireToken, type TokenEvent, tokenClaims } from '../../src/express.js';
import { companion } from './support/companion.js';
import { type Answer, listen, postJson, type RunningServer, request } from './support/http-server.js';

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

  const get = (path: string, authorization?: string, init: RequestInit = {}): Promise<Answer> =>
    request(server.origin + path, { ...init, headers: authorization === undefined ? {} : { authorization } });

  it('lets a valid token pass and tells the handler whose it is', async () => {
    expect((await get('/me', `Bearer ${accessToken}`)).body).toEqual({ sub: 'ada' });
    expect((await get('/me', `bearer ${accessToken}`)).status).toBe(200);
  });

  it('[S-30] asks for a token, and names no error, where there is none', async () => {
    for (const authorization of [undefined, 'Basic YWRhOnB3']) {
      const { status, headers } = await get('/me', authorization);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect((await get('/unguarded')).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('[S-30] does not look for tokens in the URL', async () => {
    expect((await get(`/me?access_token=${accessToken}`)).status).toBe(401);
  });

  it('[S-30] answers invalid_token to one that is not valid', async () => {
    const { status, headers, body } = await get('/me', 'Bearer abc.def.ghi');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body['error']).toBe('invalid_token');
  });

  it('[S-30] answers insufficient_scope, with the scopes that are needed', async () => {
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

  it('[S-30] answers invalid_request to a token that comes twice, or is none', async () => {
    const twice: Answer[] = [
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

  it('has nothing against somebody else’s token in a JSON body', async () => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await postJson(`${server.origin}/me`, { provider: 'one', access_token: 'of the provider' }, headers);
    expect(answer.body).toEqual({ sub: 'ada' });
  });

  it('answers 503, not 401, when the keys cannot be had', async () => {
    const { status, headers } = await get('/no-keys', `Bearer ${accessToken}`);
    expect(status).toBe(503);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('[S-37] tells the operator, once, why it could not ask whether a session has ended', async () => {
    const events: TokenEvent[] = [];
    const onEvent = (event: TokenEvent) => events.push(event);
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
    expect(events.map(({ type }) => type)).toEqual(['fault', 'store_error']);
    expect(events[0]).toEqual(
      jasmine.objectContaining({ ip: '127.0.0.1', cause: new Error('no list of ended sessions') }),
    );
  });

  it('refuses tokens of sessions that have ended where it is told to ask', async () => {
    expect((await get('/live', `Bearer ${accessToken}`)).status).toBe(200);
    await parts.tokens.revokeAllForUser('ada');
    expect((await get('/live', `Bearer ${accessToken}`)).status).toBe(401);
    expect((await get('/me', `Bearer ${accessToken}`)).status).toBe(200);
  });
});

describe('tokenClaims()', () => {
  it('says what is missing when no guard stands before the handler', () => {
    expect(() => tokenClaims({} as express.Request)).toThrowError(TypeError, /requireToken\(\)/);
  });
});
