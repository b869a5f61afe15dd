import type { Request, RequestHandler, Response } from 'express';
import type { Options } from 'express-rate-limit';
import { OAuthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { eventEmitter, type TokenEventListener } from '../server/token-event.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestContext } from './request-context.js';
import { bodyParameter } from './request-parameters.js';
import { sendOAuthError } from './send-response.js';

/** Options of {@link refreshLimits}. */
export interface RefreshLimitsOptions {
  /** Refreshes of one session. @default 10 */
  readonly perSessionAndMinute?: number;
  /** Requests of one IP address with an invalid refresh token. @default 30 */
  readonly perAddressAndMinute?: number;
  /** The cookie of {@link refreshToken}. */
  readonly cookie?: RefreshCookie;
  /** Called for every limited request. */
  readonly onEvent?: TokenEventListener;
}

/** Options for two `rateLimit()`s of `express-rate-limit`. */
export interface RefreshLimits {
  /** Counts the refreshes of one session. */
  readonly perSession: Partial<Options>;
  /** Counts requests of one IP address with an invalid refresh token. */
  readonly perAddress: Partial<Options>;
}

/**
 * Returns options for two `rateLimit()`s of `express-rate-limit` in front of {@link refreshToken}. A limited request receives `429`
 * and `Retry-After` and does not change the session. Responses with `503` are not counted. Logins are not counted.
 *
 * @example
 * ```ts
 * const limits = refreshLimits(tokens);
 * app.post('/auth/login', express.json(), rateLimit(limits.perSession), rateLimit(limits.perAddress), refreshToken(tokens), login);
 * ```
 */
export function refreshLimits(tokens: TokenIssuer, options: RefreshLimitsOptions = {}): RefreshLimits {
  checkMethods('refreshLimits: the token issuer', tokens, 'sessionId');
  checkOptions('refreshLimits', options, {
    perSessionAndMinute: 'positive',
    perAddressAndMinute: 'positive',
    cookie: 'object',
    onEvent: 'function',
  });
  const { perSessionAndMinute = 10, perAddressAndMinute = 30, cookie, onEvent } = options;
  const emit = eventEmitter(onEvent);
  const sessionOf = (req: Request): string | undefined => {
    const token = cookie === undefined ? tokenInBody(req) : cookie.read(req);
    return token === undefined ? undefined : tokens.sessionId(token);
  };
  const handler: RequestHandler = (req, res) => {
    emit({ type: 'rate_limited', sessionId: sessionOf(req), ...requestContext(req) });
    sendOAuthError(res, new OAuthError('slow_down', 'Too many requests. Retry later.'));
  };
  const common = { windowMs: 60_000, standardHeaders: 'draft-8', legacyHeaders: false, handler } as const;

  return {
    perSession: {
      ...common,
      limit: perSessionAndMinute,
      identifier: 'per-session',
      keyGenerator: (req: Request) => sessionOf(req) ?? '',
      skip: (req: Request) => !isRefresh(req) || sessionOf(req) === undefined,
      // Retries after a 503 must not lock the client out.
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
  return parameterOrUndefined(req, 'grant_type') === 'refresh_token';
}

function tokenInBody(req: Request): string | undefined {
  return parameterOrUndefined(req, 'refresh_token');
}

/** Treats an invalid parameter as missing. The middleware behind the limits rejects it. */
function parameterOrUndefined(req: Request, name: string): string | undefined {
  try {
    return bodyParameter(req, name);
  } catch {
    return undefined;
  }
}
