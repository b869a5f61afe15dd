import type { ErrorRequestHandler } from 'express';
import { OAuthError } from '../server/oauth-error.js';
import { sendOAuthError, unreadableBody } from './send-response.js';

/**
 * Sends the response for each {@link OAuthError} that a route throws or passes to `next`, and for each body that a parser of Express
 * rejected. Passes other errors on.
 *
 * @example
 * ```ts
 * app.use(oauthErrorHandler());
 * ```
 */
export function oauthErrorHandler(): ErrorRequestHandler {
  return (error, _req, res, next) => {
    const unreadable = unreadableBody(error);
    if (res.headersSent) next(error);
    else if (error instanceof OAuthError) sendOAuthError(res, error);
    else if (unreadable !== undefined) sendOAuthError(res, unreadable.error, unreadable.status);
    else next(error);
  };
}
