import type { RequestHandler } from 'express';
import { oauthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { requiredParameter } from '../server/request-parameters.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import { asyncHandler } from './async-handler.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestContext } from './request-context.js';
import { sendOAuthError, sendUncached } from './send-response.js';

/**
 * Ends the session of the refresh token in the body or in the cookie. Place it after the body parser.
 *
 * The response is `200`, also if no session existed. If the session could not be ended, the response is `503` and the cookie remains,
 * so that the client can retry.
 */
export function logout(tokens: TokenIssuer, options: { readonly cookie?: RefreshCookie } = {}): RequestHandler {
  checkMethods('logout: the token issuer', tokens, 'revoke');
  checkOptions('logout', options, { cookie: 'object' });
  const { cookie } = options;
  return asyncHandler(async (req, res) => {
    try {
      cookie?.checkOrigin(req);
      const refreshToken = cookie === undefined ? requiredParameter(req.body, 'refresh_token') : cookie.read(req);
      if (refreshToken !== undefined) await tokens.revoke({ refreshToken }, requestContext(req));
      cookie?.clear(res);
      sendUncached(res, 200, {});
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  });
}
