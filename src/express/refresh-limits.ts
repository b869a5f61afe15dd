import type { Request, RequestHandler, Response } from 'express';
import type { Options } from 'express-rate-limit';
import { audit, requestContext, type TokenEventListener } from './audit.js';
import { OAuthError, sendOAuthError } from './oauth-error.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { bodyParameter } from './request-parameters.js';
import type { TokenIssuer } from './token-issuer.js';

/** How many requests are too many for {@link refreshLimits}. */
export interface RefreshLimitsOptions {
  /** Refreshes of one session. @default 10 */
  readonly perSessionAndMinute?: number;
  /** Requests of one address with something that is no refresh token of ours. @default 30 */
  readonly perAddressAndMinute?: number;
  /** The one {@link refreshToken} has. */
  readonly cookie?: RefreshCookie;
  /** Told of every request that was too much. */
  readonly onEvent?: TokenEventListener;
}

/** Options for two `rateLimit()`s of `express-rate-limit`. */
export interface RefreshLimits {
  /** Counts the refreshes of one session. */
  readonly perSession: Partial<Options>;
  /** Counts what one address sends that is no refresh token of ours. */
  readonly perAddress: Partial<Options>;
}

/**
 * Options for two `rateLimit()`s of `express-rate-limit` in front of {@link refreshToken}. A limited request is answered
 * with 429 and `Retry-After` and does not touch the session. What is answered with 503 does not count. Logins are not
 * counted here: their limits are the login handler's business.
 *
 * @example
 * ```ts
 * const limits = refreshLimits(tokens);
 * app.post('/auth/login', express.json(), rateLimit(limits.perSession), rateLimit(limits.perAddress), refreshToken(tokens), login);
 * ```
 */
export function refreshLimits(tokens: TokenIssuer, options: RefreshLimitsOptions = {}): RefreshLimits {
  const { perSessionAndMinute = 10, perAddressAndMinute = 30, cookie, onEvent } = options;
  const tell = audit(onEvent);
  const sessionOf = (req: Request): string | undefined => {
    const token = cookie === undefined ? tokenInBody(req) : cookie.read(req);
    return token === undefined ? undefined : tokens.sessionId(token);
  };
  const handler: RequestHandler = (req, res) => {
    tell({ type: 'limited', sessionId: sessionOf(req), ...requestContext(req) });
    sendOAuthError(res, new OAuthError('slow_down', 'Too many requests. Try again later.'));
  };
  const common = { windowMs: 60_000, standardHeaders: 'draft-8', legacyHeaders: false, handler } as const;

  return {
    perSession: {
      ...common,
      limit: perSessionAndMinute,
      identifier: 'per-session',
      keyGenerator: (req: Request) => sessionOf(req) ?? '',
      skip: (req: Request) => !isRefresh(req) || sessionOf(req) === undefined,
      // Who does as a 503 says, and tries again, is not to be kept out when the server is back.
      skipFailedRequests: true,
      requestWasSuccessful: (_req: Request, res: Response) => res.statusCode !== 503,
    },
    perAddress: {
      ...common,
      limit: perAddressAndMinute,
      identifier: 'per-address',
      skip: (req: Request) => !isRefresh(req) || sessionOf(req) !== undefined,
    },
  };
}

function isRefresh(req: Request): boolean {
  return readable(req, 'grant_type') === 'refresh_token';
}

function tokenInBody(req: Request): string | undefined {
  return readable(req, 'refresh_token');
}

/** What cannot be read is refused by the middleware behind; here it counts as no token. */
function readable(req: Request, name: string): string | undefined {
  try {
    return bodyParameter(req, name);
  } catch {
    return undefined;
  }
}
