import express, { type Express } from 'express';
import {
  type MemoryStore,
  memoryStore,
  type RefreshTokenStore,
  refreshToken,
  requireToken,
  type TokenEvent,
  type TokenIssuer,
  type TokenIssuerOptions,
  tokenClaims,
  tokenIssuer,
} from '../../../src/express.js';
import { type Answer, listen, postJson, type RunningServer } from './http-server.js';
import { type TestClock, testClock } from './test-clock.js';

export const secret = 'a secret for tests that is long enough';
export const audience = 'https://api.example.com';
export const day = 86_400;

export interface Companion {
  readonly tokens: TokenIssuer;
  readonly store: RefreshTokenStore;
  readonly clock: TestClock;
  readonly events: TokenEvent[];
}

/** An issuer on a memory store and a clock that stands still; `overrides` is what a test is about. */
export function companion(overrides: Partial<TokenIssuerOptions> = {}, clock: TestClock = testClock()): Companion {
  const events: TokenEvent[] = [];
  const store: RefreshTokenStore | MemoryStore = overrides.store ?? memoryStore({ clock });
  const tokens = tokenIssuer({
    issuer: 'https://login.example.com',
    audience,
    secret,
    accessTokenLifetimeSeconds: 10,
    refreshToken: { idleLifetimeSeconds: 7 * day, absoluteLifetimeSeconds: 30 * day, graceSeconds: 10 },
    clock,
    clockToleranceSeconds: 0,
    onEvent: event => events.push(event),
    ...overrides,
    store,
  });
  return { tokens, store, clock, events };
}

/** The route of a one-page app: login and refresh on one URL, and one protected resource. */
export function companionApp({ tokens }: Companion, clientId?: string): Express {
  const app = express();
  app.post('/auth/login', express.json(), refreshToken(tokens), async (req, res) => {
    const username: unknown = req.body?.username;
    if (typeof username !== 'string') {
      res.status(401).json({ error: 'wrong_name_or_password', from: 'login handler' });
      return;
    }
    const grant = { sub: username, scope: 'read write', ...(clientId === undefined ? {} : { clientId }) };
    res.set('Cache-Control', 'no-store').json(await tokens.issue(grant));
  });
  app.get('/api/me', requireToken(tokens), (req, res) => {
    res.json(tokenClaims(req));
  });
  app.set('env', 'test');
  return app;
}

export interface RunningCompanion extends Companion {
  readonly server: RunningServer;
  login(username: string): Promise<Readonly<Record<string, unknown>>>;
  refresh(body: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
}

export async function runCompanion(overrides: Partial<TokenIssuerOptions> = {}): Promise<RunningCompanion> {
  const parts = companion(overrides);
  const server = await listen(companionApp(parts));
  const url = `${server.origin}/auth/login`;
  return {
    ...parts,
    server,
    login: async username => (await postJson(url, { username })).body,
    refresh: (body, headers) => postJson(url, { grant_type: 'refresh_token', ...body }, headers),
  };
}
