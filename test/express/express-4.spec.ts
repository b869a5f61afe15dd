import { createRequire } from 'node:module';
import type express from 'express';
import type { ErrorRequestHandler } from 'express';
import {
  logout,
  oauthErrorHandler,
  refreshCookie,
  refreshToken,
  requireToken,
  sendTokens,
  tokenClaims,
  type WebTokens,
  webSession,
} from '../../src/express.js';
import { companion } from '../server/support/companion.js';
import { listen, postJson, request } from '../server/support/http-server.js';

const express4 = createRequire(import.meta.url)('express4') as typeof express;
const page = { origin: 'https://app.example.com', 'x-requested-with': 'fetch' };

describe('the middlewares on Express 4', () => {
  it('logs in, refreshes, protects a route and logs out', async () => {
    const { tokens } = companion();
    const app = express4();
    app.post('/auth/login', express4.json(), refreshToken(tokens), (_req, res, next) => {
      tokens.issue({ sub: 'ada' }).then(issued => sendTokens(res, issued), next);
    });
    app.post('/auth/logout', express4.json(), logout(tokens));
    app.get('/me', requireToken(tokens), (req, res) => void res.json({ sub: tokenClaims(req).sub }));
    const server = await listen(app);
    const url = `${server.origin}/auth/login`;
    const { body: first } = await postJson(url, { username: 'ada' });
    const refreshed = await postJson(url, { grant_type: 'refresh_token', refresh_token: first['refresh_token'] });
    expect(refreshed.status).toBe(200);
    const headers = { authorization: `Bearer ${refreshed.body['access_token']}` };
    expect((await request(`${server.origin}/me`, { headers })).body).toEqual({ sub: 'ada' });
    expect((await request(`${server.origin}/me`)).status).toBe(401);
    const { refresh_token } = refreshed.body;
    expect((await postJson(`${server.origin}/auth/logout`, { refresh_token })).status).toBe(200);
    expect((await postJson(url, { grant_type: 'refresh_token', refresh_token })).body['error']).toBe('invalid_grant');
    await server.close();
  });

  it('keeps the refresh token in a cookie', async () => {
    const { tokens } = companion();
    const cookie = refreshCookie({ allowedOrigins: [page.origin] });
    const app = express4();
    app.post('/auth/login', express4.json(), refreshToken(tokens, { cookie }), (_req, res, next) => {
      tokens.issue({ sub: 'ada' }).then(issued => sendTokens(res, issued, cookie), next);
    });
    const server = await listen(app);
    const login = await postJson(`${server.origin}/auth/login`, {}, page);
    const [pair = ''] = (login.headers.get('set-cookie') ?? '').split(';');
    const response = await postJson(
      `${server.origin}/auth/login`,
      { grant_type: 'refresh_token' },
      { ...page, cookie: pair },
    );
    expect(response.status).toBe(200);
    await server.close();
  });

  it('passes errors of the application’s webSession() callbacks to next', async () => {
    const thrown: string[] = [];
    const app = express4();
    const tokens = (): WebTokens => ({ access_token: 'a', expires_at: 0 });
    const fail = (): never => {
      throw new Error('no session store');
    };
    app.get('/tokens', webSession({ tokens: fail, refresh: fail }));
    app.get('/ended', webSession({ tokens, refresh: fail, onEnded: fail }));
    app.get('/ended-later', webSession({ tokens, refresh: fail, onEnded: async () => fail() }));
    const errors: ErrorRequestHandler = (error, req, res, _next) => {
      thrown.push(`${req.path}: ${error.message}`);
      res.sendStatus(500);
    };
    app.use(errors);
    const server = await listen(app);
    for (const path of ['/tokens', '/ended', '/ended-later']) {
      const { status } = await request(server.origin + path);
      expect(status).toBe(500);
    }
    expect(thrown).toEqual(['/tokens', '/ended', '/ended-later'].map(path => `${path}: no session store`));
    await server.close();
  });

  it('sends the response for errors that a login handler passes on', async () => {
    const { tokens } = companion({ claims: () => false });
    const app = express4();
    app.post('/auth/login', (_req, res, next) => {
      tokens.issue({ sub: 'ada' }).then(issued => sendTokens(res, issued), next);
    });
    app.use(oauthErrorHandler());
    const server = await listen(app);
    const response = await postJson(`${server.origin}/auth/login`, {});
    expect(response.status).toBe(400);
    expect(response.body['error']).toBe('invalid_grant');
    await server.close();
  });
});
