import type { RequestHandler } from 'express';
import { requestContext } from './audit.js';
import { oauthError, sendOAuthError, sendUncached } from './oauth-error.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requiredParameter } from './request-parameters.js';
import type { TokenIssuer } from './token-issuer.js';

/**
 * Ends the session of the refresh token in the body, or in the cookie. Comes after the body parser. Answers 200 whether
 * there was a session or not, and 503 when it could not be ended: then the cookie stays, to try again with.
 */
export function logout(tokens: TokenIssuer, options: { readonly cookie?: RefreshCookie } = {}): RequestHandler {
  const { cookie } = options;
  return async (req, res) => {
    try {
      cookie?.checkOrigin(req);
      const refreshToken = cookie === undefined ? requiredParameter(req, 'refresh_token') : cookie.read(req);
      if (refreshToken !== undefined) await tokens.revoke({ refreshToken }, requestContext(req));
      cookie?.clear(res);
      sendUncached(res, 200, {});
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  };
}
