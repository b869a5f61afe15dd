import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import OAuth2Server from '@node-oauth/oauth2-server';
import express, { type Express } from 'express';
import jwt from 'jsonwebtoken';
import {
  memoryStore,
  refreshToken,
  type SessionStore,
  sendTokens,
  type TokenIssuer,
  tokenIssuer,
  tokenServer,
} from '../../../src/express.js';
import { storeAt } from '../../server/support/shared-databases.js';

const issuer = 'https://login.example.com';
const audience = 'https://api.example.com';
const secret = 'a secret for benchmarks, long enough for HS256';
const key = createSecretKey(Buffer.from(secret));
const refreshLifetimeMs = 7 * 86_400_000;

/** The compared servers. Each has `POST /login` and `POST /refresh`, which respond with a token pair. */
export const variants: Readonly<Record<string, () => Express | Promise<Express>>> = {
  'Express echo': echo,
  'hand-written rotation': handWritten,
  'refreshToken()': () => middleware(issuerOn(memoryStore())),
  'bare oauth2-server': bareLibrary,
  'tokenServer()': () => throughTokenServer(issuerOn(memoryStore())),
  'refreshToken(), shared store': async () => middleware(issuerOn(await storeAt(process.env['STORE_ADDRESS'] ?? ''))),
};

function issuerOn(store: SessionStore): TokenIssuer {
  return tokenIssuer({
    issuer,
    audience,
    secret,
    refreshToken: { idleLifetimeSeconds: refreshLifetimeMs / 1000, absoluteLifetimeSeconds: 30 * 86_400 },
    store,
  });
}

/** The cost of Express alone: it parses a body and sends one of equal size. */
function echo(): Express {
  const tokens = {
    access_token: 'x'.repeat(430),
    token_type: 'Bearer',
    expires_in: 600,
    refresh_token: 'x'.repeat(87),
  };
  const app = express();
  app.post(
    ['/login', '/refresh'],
    express.json(),
    (_req, res) => void res.set('Cache-Control', 'no-store').json(tokens),
  );
  return app;
}

function middleware(tokens: TokenIssuer): Express {
  const app = express();
  app.post('/login', express.json(), async (_req, res) =>
    sendTokens(res, await tokens.issue({ sub: 'ada', scope: 'read' })),
  );
  app.post('/refresh', express.json(), refreshToken(tokens));
  return app;
}

/** Minimal careful implementation: random single-use tokens in a Map, and a key that is imported once. */
function handWritten(): Express {
  const sessions = new Map<string, { sub: string; scope: string; sid: string; expiresAt: number }>();
  const issue = (sub: string, scope: string, sid: string) => {
    const refresh_token = randomBytes(32).toString('base64url');
    sessions.set(refresh_token, { sub, scope, sid, expiresAt: Date.now() + refreshLifetimeMs });
    const claims = { scope, sid, jti: randomUUID(), auth_time: Math.floor(Date.now() / 1000) };
    const access_token = jwt.sign(claims, key, { algorithm: 'HS256', expiresIn: 600, subject: sub, issuer, audience });
    return { access_token, token_type: 'Bearer', expires_in: 600, refresh_token, scope };
  };
  const app = express();
  app.post('/login', express.json(), (_req, res) => void res.json(issue('ada', 'read', randomUUID())));
  app.post('/refresh', express.json(), (req, res) => {
    const presented: unknown = req.body.refresh_token;
    const session = typeof presented === 'string' ? sessions.get(presented) : undefined;
    if (session === undefined || session.expiresAt < Date.now()) {
      res.status(400).json({ error: 'invalid_grant' });
      return;
    }
    sessions.delete(String(presented));
    res.set('Cache-Control', 'no-store').json(issue(session.sub, session.scope, session.sid));
  });
  return app;
}

async function throughTokenServer(tokens: TokenIssuer): Promise<Express> {
  const app = express();
  const clients = [{ id: 'app', scopes: ['read'] }];
  app.use(await tokenServer({ issuer, tokens, clients, authenticate: () => ({ sub: 'ada' }), tokenPath: '/refresh' }));
  return app;
}

/** The library as its guide shows it, with JWT access tokens and all records in Maps. */
function bareLibrary(): Express {
  const tokens = new Map<string, OAuth2Server.RefreshToken>();
  const server = new OAuth2Server({
    model: {
      getClient: async () => ({ id: 'app', grants: ['password', 'refresh_token'] }),
      getUser: async () => ({ id: 'ada' }),
      getAccessToken: async () => undefined,
      generateAccessToken: async (_client: OAuth2Server.Client, user: OAuth2Server.User, scope: string[]) =>
        jwt.sign({ scope: scope?.join(' '), jti: randomUUID() }, key, {
          algorithm: 'HS256',
          expiresIn: 600,
          subject: user['id'],
          issuer,
          audience,
        }),
      saveToken: async (token: OAuth2Server.Token, client: OAuth2Server.Client, user: OAuth2Server.User) => {
        const saved = { ...token, refreshToken: token.refreshToken ?? '', client, user };
        tokens.set(saved.refreshToken, saved);
        return saved;
      },
      getRefreshToken: async (token: string) => tokens.get(token),
      revokeToken: async ({ refreshToken: token }: OAuth2Server.RefreshToken) => tokens.delete(token),
    },
    requireClientAuthentication: { password: false, refresh_token: false },
  });
  const app = express();
  app.post('/refresh', express.urlencoded({ extended: false }), async (req, res) => {
    const response = new OAuth2Server.Response(res);
    await server.token(new OAuth2Server.Request(req), response).catch(() => undefined);
    res
      .set(response.headers)
      .status(response.status ?? 500)
      .json(response.body);
  });
  return app;
}
