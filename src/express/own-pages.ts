import type { Request, RequestHandler } from 'express';
import { OAuthError, oauthError, sendOAuthError } from './oauth-error.js';

/** Whose requests count as made by our own pages. */
export interface OwnPagesOptions {
  /**
   * The origins of the pages that may, such as `https://app.example.com`. Pages of the server's own origin may without
   * being listed, in browsers that say so (`Sec-Fetch-Site`).
   */
  readonly allowedOrigins: readonly string[];
  /**
   * A header pages must send, with any value: no form can, and a page of another origin only if CORS lets it.
   * @default 'X-Requested-With'
   */
  readonly requiredHeader?: string;
}

/** @throws {OAuthError} `access_denied` when the request may not come from our own pages */
export function checkOwnPages(req: Request, options: OwnPagesOptions): void {
  const { allowedOrigins, requiredHeader = 'X-Requested-With' } = options;
  const origin = req.get('origin');
  const known =
    req.get('sec-fetch-site') === 'same-origin' || (origin !== undefined && allowedOrigins.includes(origin));
  if (known && req.get(requiredHeader) !== undefined) return;
  throw new OAuthError('access_denied', 'This request does not come from a page that may make it.');
}

/**
 * Lets only requests through that one of our own pages made: for everything that a cookie opens, since the browser adds that
 * by itself, whoever makes the request. Answers 403 to others.
 *
 * @example
 * ```ts
 * app.use(['/auth', '/api'], requireOwnPages({ allowedOrigins: ['https://app.example.com'] }));
 * ```
 */
export function requireOwnPages(options: OwnPagesOptions): RequestHandler {
  return (req, res, next) => {
    try {
      checkOwnPages(req, options);
    } catch (error) {
      return sendOAuthError(res, oauthError(error));
    }
    next();
  };
}
