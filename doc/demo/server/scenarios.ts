import { type AccessTokenClaims, requireToken, type TokenIssuer, tokenClaims } from 'aurelia-auth-refresh/express';
import { type RequestHandler, Router } from 'express';
import type { RequestLog } from './request-log.js';

export interface Scenarios {
  /** `/demo/…`: what makes things go wrong, for the page's buttons. */
  readonly router: Router;
  /** Responds to refreshes with 503 during an outage. */
  readonly outage: RequestHandler;
  /** Delays refresh responses as a network does. */
  readonly delay: RequestHandler;
  takeDown(seconds: number): void;
  /** @param id the token's `jti` */
  revokeAccessToken(id: string): void;
  /** For `requireToken`: tokens and sessions that were revoked by a scenario. */
  isRevoked(claims: AccessTokenClaims): Promise<boolean>;
}

export interface ScenariosOptions {
  readonly tokens: TokenIssuer;
  readonly requests: RequestLog;
  readonly refreshDelayMs: number;
}

const longestOutageSeconds = 600;

/** What no real server has: everything here is for showing what a client does when things go wrong. */
export function scenarios({ tokens, requests, refreshDelayMs }: ScenariosOptions): Scenarios {
  const revokedTokens = new Set<string>();
  let outageUntil = 0;

  const takeDown = (seconds: number): void => {
    outageUntil = Date.now() + seconds * 1000;
  };
  const revokeAccessToken = (id: string): void => {
    revokedTokens.add(id);
  };
  const isRevoked: Scenarios['isRevoked'] = async claims =>
    revokedTokens.has(claims.jti ?? '') || (await tokens.isRevoked(claims));
  const signedIn = requireToken(tokens, { isRevoked });
  const router = Router();

  router.get('/state', (_req, res) => {
    res.json({ outageUntil, now: Date.now() });
  });
  router.get('/log', (req, res) => {
    const since = Number(req.query['since'] ?? 0);
    res.json(requests.entries.filter(({ id }) => id > since));
  });
  router.post('/outage', (req, res) => {
    const seconds = Math.min(Math.max(Number(req.body?.seconds ?? 20) || 0, 0), longestOutageSeconds);
    takeDown(seconds);
    res.json({ outageUntil, now: Date.now() });
  });
  router.post('/revoke-session', signedIn, async (req, res) => {
    await tokens.revokeSession(tokenClaims(req).sid ?? '');
    res.status(204).end();
  });
  router.post('/revoke-access-token', signedIn, (req, res) => {
    revokeAccessToken(tokenClaims(req).jti ?? '');
    res.status(204).end();
  });

  return {
    router,
    takeDown,
    revokeAccessToken,
    isRevoked,
    outage(req, res, next) {
      if (!isRefresh(req.body) || Date.now() >= outageUntil) return next();
      res.status(503).json({ error: 'temporarily_unavailable', error_description: 'Taken down for the demo.' });
    },
    delay(req, _res, next) {
      if (isRefresh(req.body)) setTimeout(next, refreshDelayMs);
      else next();
    },
  };
}

function isRefresh(body: unknown): boolean {
  return (Object(body) as Record<string, unknown>)['grant_type'] === 'refresh_token';
}
