import type { Request, RequestHandler } from 'express';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { bodyParameter, requiredParameter } from '../server/request-parameters.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import { asyncHandler } from './async-handler.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestContext } from './request-context.js';
import { sendOAuthError } from './send-response.js';
import { sendTokens } from './send-tokens.js';

/** Options of {@link refreshToken}. */
export interface RefreshTokenMiddlewareOptions {
  /** Stores the refresh token in a cookie. If unset, bodies contain it. */
  readonly cookie?: RefreshCookie;
}

/**
 * Handles requests with `grant_type=refresh_token`. Passes other requests on, so it can precede the login handler of the
 * same route. Place it after the body parser.
 *
 * Ignores an access token in `Authorization`. The refresh token identifies the session.
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
  checkMethods('refreshToken: the token issuer', tokens, 'refresh');
  checkOptions('refreshToken', options, { cookie: 'object' });
  const { cookie } = options;
  return asyncHandler(async (req, res, next) => {
    try {
      if (!isRefresh(req)) return next();
      cookie?.checkOrigin(req);
      const request = {
        refreshToken: presentedToken(req, cookie),
        clientId: bodyParameter(req.body, 'client_id'),
        scope: bodyParameter(req.body, 'scope'),
      };
      sendTokens(res, await tokens.refresh(request, requestContext(req)), cookie);
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  });
}

function isRefresh(req: Request): boolean {
  return req.method === 'POST' && bodyParameter(req.body, 'grant_type') === 'refresh_token';
}

function presentedToken(req: Request, cookie: RefreshCookie | undefined): string {
  if (cookie === undefined) return requiredParameter(req.body, 'refresh_token');
  const token = cookie.read(req);
  if (token === undefined) throw new OAuthError('invalid_grant', 'The request has no session cookie. Log in.');
  return token;
}
