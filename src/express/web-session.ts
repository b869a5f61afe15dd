import type { Request, RequestHandler, Response } from 'express';
import { errorReporter } from '../server/error-reporter.js';
import { OAuthError, unavailable } from '../server/oauth-error.js';
import { checkOptions } from '../server/option-check.js';
import { asyncHandler } from './async-handler.js';
import { requestContext } from './request-context.js';
import { sendOAuthError, sendUncached } from './send-response.js';
import { isInvalidGrant, sharedRefreshes } from './shared-refresh.js';
import type { WebSessionOptions, WebTokens } from './web-tokens.js';

const tokensOf = new WeakMap<Request, WebTokens>();

/**
 * Refreshes the access token of a server-rendered application before the handler runs. Concurrent and closely following requests of a
 * session share one refresh. Place it after the session middleware.
 *
 * Requests are grouped by their refresh token within this process. Several processes without sticky sessions can each refresh once.
 * Authorization servers with a grace period, such as this package's, accept that.
 *
 * @example
 * ```ts
 * // With express-openid-connect:
 * const freshTokens = webSession({
 *   tokens: req => req.appSession,
 *   refresh: async (_refreshToken, req) => {
 *     await req.oidc.accessToken.refresh();
 *     return req.appSession;
 *   },
 *   onEnded: (_req, res) => res.oidc.login({ returnTo: '/' }),
 * });
 * app.get('/expenses', requiresAuth(), freshTokens, async (req, res) => {
 *   const { access_token } = webTokens(req);
 * });
 * ```
 */
export function webSession(options: WebSessionOptions): RequestHandler {
  checkOptions('webSession', options, {
    tokens: 'function!',
    refresh: 'function!',
    logouts: 'object',
    onEnded: 'function',
    leewaySeconds: 'duration',
    rememberSeconds: 'duration',
    onEvent: 'function',
    clock: 'clock',
  });
  const problemOf = sessionCheck(options);
  return asyncHandler(async (req, res, next) => {
    const tokens = options.tokens(req);
    if (tokens === undefined) return next();
    const problem = await problemOf(tokens, req);
    if (problem instanceof OAuthError) return sendOAuthError(res, problem);
    if (problem === 'ended') {
      if (options.onEnded !== undefined) return options.onEnded(req, res, next);
      return sendOAuthError(res, new OAuthError('invalid_token', 'The session has ended. Log in again.'));
    }
    tokensOf.set(req, tokens);
    next();
  });
}

/** Returns a function that refreshes the tokens if necessary, and says why the request cannot continue. */
function sessionCheck(options: WebSessionOptions) {
  const { clock = Date.now, logouts, onEvent } = options;
  const freshen = freshener(options, clock);
  const reportError = errorReporter(onEvent);
  return async (tokens: WebTokens, req: Request): Promise<OAuthError | 'ended' | undefined> => {
    try {
      if (await logouts?.hasEnded(tokens)) return 'ended';
    } catch (error) {
      reportError(error, requestContext(req), Object.values(tokens));
      return unavailable(error);
    }
    try {
      await freshen(tokens, req);
      return undefined;
    } catch (error) {
      if (isInvalidGrant(error)) return 'ended';
      return secondsLeft(tokens, clock()) > 0 ? undefined : unavailable(error);
    }
  };
}

function freshener(options: WebSessionOptions, clock: () => number) {
  const { leewaySeconds = 5 } = options;
  const isFresh = (tokens: Partial<WebTokens>): boolean => secondsLeft(tokens, clock()) > leewaySeconds;
  const refreshOnce = sharedRefreshes(options, clock, isFresh);
  /** Repeats only while cached responses lead to a newer refresh token. */
  return async (tokens: WebTokens, req: Request): Promise<void> => {
    for (let cached = true; cached && !isFresh(tokens); ) {
      if (tokens.refresh_token === undefined)
        throw new OAuthError('invalid_grant', 'The session has no refresh token.');
      const refresh = refreshOnce(tokens.refresh_token, req, tokens);
      cached = refresh.cached;
      Object.assign(tokens, await refresh.tokens);
    }
  };
}

function secondsLeft({ expires_at }: Partial<WebTokens>, now: number): number {
  return expires_at === undefined ? Number.POSITIVE_INFINITY : Number(expires_at) - now / 1000;
}

/**
 * Returns the refreshed tokens of the request's session.
 * @throws {TypeError} if {@link webSession} does not precede the handler, or no user is logged in
 */
export function webTokens(req: Request): Readonly<WebTokens> {
  const tokens = tokensOf.get(req);
  if (tokens === undefined) throw new TypeError('webTokens: place webSession() before this handler, behind a login.');
  return tokens;
}

/**
 * Sends the remaining lifetime of the session's access token, without tokens. The plugin expects this response from a backend
 * that stores the tokens (`accessTokenIn: 'cookie'`), after a login and after a refresh.
 *
 * @param more further properties for the page, such as the user's name
 */
export function sendWebSession(res: Response, { expires_at }: Readonly<WebTokens>, more: object = {}): void {
  const secondsLeft = Number(expires_at) - Date.now() / 1000;
  const expires_in = expires_at === undefined ? undefined : Math.max(0, Math.floor(secondsLeft));
  sendUncached(res, 200, { ...more, expires_in });
}
