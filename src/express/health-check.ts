import type { RequestHandler } from 'express';
import { oauthError } from '../server/oauth-error.js';
import { checkMethods } from '../server/option-check.js';
import type { TokenIssuer } from '../server/token-issuer.js';
import { asyncHandler } from './async-handler.js';
import { sendOAuthError, sendUncached } from './send-response.js';

/**
 * Responds `200` if the store of the token issuer can read and write, and `503` if it cannot.
 *
 * @example
 * ```ts
 * app.get('/healthz', healthCheck(tokens));
 * ```
 */
export function healthCheck(tokens: TokenIssuer): RequestHandler {
  checkMethods('healthCheck: the token issuer', tokens, 'checkHealth');
  return asyncHandler(async (_req, res) => {
    try {
      await tokens.checkHealth();
      sendUncached(res, 200, { status: 'ok' });
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  });
}
