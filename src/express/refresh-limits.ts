import type { Request, Response } from 'express';
import { OAuthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { bodyParameter } from '../server/request-parameters.js';
import { eventEmitter, type TokenEventListener } from '../server/token-event.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestContext } from './request-context.js';
import { sendOAuthError } from './send-response.js';

/** Options of {@link refreshLimits}. */
export interface RefreshLimitsOptions {
  /** Refreshes of one session. @default 10 */
  readonly perSessionAndMinute?: number;
  /** Requests of one IP address with an invalid refresh token. @default 30 */
  readonly perAddressAndMinute?: number;
  /** Successful logins of one user. @default 10 */
  readonly perUserAndMinute?: number;
  /** Returns the user of a login request. @default the parameter `username` of the body */
  readonly user?: (req: Request) => string | undefined;
  /** The cookie of {@link refreshToken}. */
  readonly cookie?: RefreshCookie;
  /** Called for every limited request. */
  readonly onEvent?: TokenEventListener;
}

/** Options for a `rateLimit()` of `express-rate-limit`. */
export interface RateLimitOptions {
  readonly windowMs: number;
  readonly limit: number;
  readonly identifier: string;
  readonly standardHeaders: 'draft-8';
  readonly legacyHeaders: false;
  /** Sends the response to a limited request. */
  readonly handler: (req: Request, res: Response) => void;
  /** Returns whether a request is not counted. */
  readonly skip: (req: Request) => boolean;
  /** Returns the key that is limited: a session, an address or a user. */
  readonly keyGenerator?: (req: Request) => string;
  readonly skipFailedRequests?: boolean;
  /** Returns whether a response counts as successful. */
  readonly requestWasSuccessful?: (req: Request, res: Response) => boolean;
}

/** Options for three `rateLimit()`s of `express-rate-limit`. */
export interface RefreshLimits {
  /** Counts the refreshes of one session. */
  readonly perSession: RateLimitOptions;
  /** Counts requests of one IP address with an invalid refresh token. */
  readonly perAddress: RateLimitOptions;
  /** Counts the successful logins of one user. Failed logins are not counted, so that they cannot lock a user out. */
  readonly perUser: RateLimitOptions;
}

/**
 * Returns options for three `rateLimit()`s of `express-rate-limit` in front of {@link refreshToken}. A limited request receives `429`
 * and `Retry-After` and does not change the session. Responses with `503` are not counted.
 *
 * @example
 * ```ts
 * const limits = refreshLimits(tokens);
 * app.use('/auth/login', express.json(), rateLimit(limits.perSession), rateLimit(limits.perAddress), rateLimit(limits.perUser));
 * app.post('/auth/login', refreshToken(tokens), login);
 * ```
 */
export function refreshLimits(tokens: TokenIssuer, options: RefreshLimitsOptions = {}): RefreshLimits {
  checkRefreshLimits(tokens, options);
  const { perSessionAndMinute = 10, perAddressAndMinute = 30, perUserAndMinute = 10 } = options;
  const { user = userInBody, cookie, onEvent } = options;
  const emit = eventEmitter(onEvent);
  const sessionOf = sessionReader(tokens, cookie);
  const handler = (req: Request, res: Response): void => {
    emit({ type: 'rate_limited', sessionId: isRefresh(req) ? sessionOf(req) : undefined, ...requestContext(req) });
    sendOAuthError(res, new OAuthError('slow_down', 'Too many requests. Retry later.'));
  };
  const common = { windowMs: 60_000, standardHeaders: 'draft-8', legacyHeaders: false, handler } as const;

  return {
    perSession: {
      ...common,
      limit: perSessionAndMinute,
      identifier: 'per-session',
      keyGenerator: req => sessionOf(req) ?? '',
      skip: req => !isRefresh(req) || sessionOf(req) === undefined,
      skipFailedRequests: true,
      requestWasSuccessful: countsAsSuccess,
    },
    perAddress: {
      ...common,
      limit: perAddressAndMinute,
      identifier: 'per-address',
      skip: req => !isRefresh(req) || sessionOf(req) !== undefined,
    },
    perUser: {
      ...common,
      limit: perUserAndMinute,
      identifier: 'per-user',
      keyGenerator: req => user(req) ?? '',
      skip: req => isRefresh(req) || user(req) === undefined,
      skipFailedRequests: true,
    },
  };
}

/** Returns a function that reads the session of a refresh request; `undefined` if the refresh token is missing or invalid. */
function sessionReader(tokens: TokenIssuer, cookie: RefreshCookie | undefined): (req: Request) => string | undefined {
  return req => {
    const token = cookie === undefined ? parameterOrUndefined(req, 'refresh_token') : cookie.read(req);
    return token === undefined ? undefined : tokens.sessionId(token);
  };
}

/** Retries after a 503 must not lock the client out. */
function countsAsSuccess(_req: Request, res: Response): boolean {
  return res.statusCode !== 503;
}

function checkRefreshLimits(tokens: TokenIssuer, options: RefreshLimitsOptions): void {
  checkMethods('refreshLimits: the token issuer', tokens, 'sessionId');
  checkOptions('refreshLimits', options, {
    perSessionAndMinute: 'positive',
    perAddressAndMinute: 'positive',
    perUserAndMinute: 'positive',
    user: 'function',
    cookie: 'object',
    onEvent: 'function',
  });
}

function userInBody(req: Request): string | undefined {
  return parameterOrUndefined(req, 'username');
}

function isRefresh(req: Request): boolean {
  return parameterOrUndefined(req, 'grant_type') === 'refresh_token';
}

/** Treats an invalid parameter as missing. The middleware behind the limits rejects it. */
function parameterOrUndefined(req: Request, name: string): string | undefined {
  try {
    return bodyParameter(req.body, name);
  } catch {
    return undefined;
  }
}
