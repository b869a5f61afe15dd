import type { ErrorRequestHandler } from 'express';
import { OAuthError } from '../server/oauth-error.js';
import { sendOAuthError } from './send-response.js';

/**
 * Sends the response for each {@link OAuthError} that a route throws or passes to `next`. Passes other errors on.
 *
 * @example
 * ```ts
 * app.use(oauthErrorHandler());
 * ```
 */
export function oauthErrorHandler(): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (error instanceof OAuthError && !res.headersSent) sendOAuthError(res, error);
    else next(error);
  };
}
