import type { Request, RequestHandler } from 'express';
import { requestContext } from './audit.js';
import { OAuthError, oauthError, sendOAuthError } from './oauth-error.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { bodyParameter, requiredParameter } from './request-parameters.js';
import { sendTokens } from './send-tokens.js';
import type { TokenIssuer } from './token-issuer.js';

/** How the refresh token travels to {@link refreshToken}. */
export interface RefreshTokenMiddlewareOptions {
  /** Where the refresh token is kept instead of the page's own storage. Absence: it travels in the bodies. */
  readonly cookie?: RefreshCookie;
}

/**
 * Answers `grant_type=refresh_token` with new tokens and passes every other request on, so it can stand in front of the
 * login handler of the same route. Comes after the body parser.
 *
 * The access token such a request may carry in `Authorization` is not looked at: whose tokens these are is known from the
 * refresh token.
 *
 * @example
 * ```ts
 * app.post('/auth/login', express.json(), refreshToken(tokens), async (req, res) => {
 *   const user = await checkPassword(req.body);
 *   sendTokens(res, await tokens.issue({ sub: user.id }));
 * });
 * ```
 */
export function refreshToken(tokens: TokenIssuer, options: RefreshTokenMiddlewareOptions = {}): RequestHandler {
  const { cookie } = options;
  return async (req, res, next) => {
    try {
      if (!isRefresh(req)) return next();
      cookie?.checkOrigin(req);
      const request = {
        refreshToken: presentedToken(req, cookie),
        clientId: bodyParameter(req, 'client_id'),
        scope: bodyParameter(req, 'scope'),
      };
      sendTokens(res, await tokens.refresh(request, requestContext(req)), cookie);
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  };
}

function isRefresh(req: Request): boolean {
  return req.method === 'POST' && bodyParameter(req, 'grant_type') === 'refresh_token';
}

function presentedToken(req: Request, cookie: RefreshCookie | undefined): string {
  if (cookie === undefined) return requiredParameter(req, 'refresh_token');
  const token = cookie.read(req);
  if (token === undefined) throw new OAuthError('invalid_grant', 'There is no session. Log in.');
  return token;
}
