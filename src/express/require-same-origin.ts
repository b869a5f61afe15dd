import { validateHeaderName } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { checkOptions, isOrigin, type OptionKinds } from '../server/option-check.js';
import { sendOAuthError } from './send-response.js';

/** The origins that {@link requireSameOrigin} accepts. */
export interface SameOriginOptions {
  /**
   * Accepted origins of pages, such as `https://app.example.com`. The server's own origin does not need to be listed in
   * browsers that send `Sec-Fetch-Site`.
   */
  readonly allowedOrigins: readonly string[];
  /**
   * A header that the request must have, with any value. Forms cannot send it, and pages of other origins only if CORS allows it.
   * @default 'X-Requested-With'
   */
  readonly requiredHeader?: string;
}

/** The kinds of {@link SameOriginOptions}. */
export const sameOriginKinds: OptionKinds<SameOriginOptions> = { allowedOrigins: 'list!', requiredHeader: 'text' };

/** @throws {TypeError} for a value that no browser sends as an origin, and for an impossible header */
export function checkOrigins(where: string, { allowedOrigins, requiredHeader }: SameOriginOptions): void {
  for (const origin of allowedOrigins) {
    if (isOrigin(origin)) continue;
    const serialized = URL.canParse(origin) ? new URL(origin).origin : '';
    const instead = isOrigin(serialized) ? ` Use "${serialized}".` : '';
    throw new TypeError(`${where}: "${origin}" is not an origin.${instead}`);
  }
  if (requiredHeader !== undefined) validateHeaderName(requiredHeader);
}

/** Checks the origin of a request. @throws {OAuthError} `access_denied` if the origin is not accepted */
export function checkSameOrigin(req: Request, options: SameOriginOptions): void {
  const { allowedOrigins, requiredHeader = 'X-Requested-With' } = options;
  const origin = req.get('origin');
  const accepted =
    req.get('sec-fetch-site') === 'same-origin' || (origin !== undefined && allowedOrigins.includes(origin));
  if (accepted && req.get(requiredHeader) !== undefined) return;
  throw new OAuthError('access_denied', 'The origin of this request is not allowed.');
}

/**
 * Rejects requests from pages of other origins with `403`. Needed for every route that accepts a cookie, because browsers
 * send cookies with requests from any page.
 *
 * @example
 * ```ts
 * app.use(['/auth', '/api'], requireSameOrigin({ allowedOrigins: ['https://app.example.com'] }));
 * ```
 */
export function requireSameOrigin(options: SameOriginOptions): RequestHandler {
  checkOptions('requireSameOrigin', options, sameOriginKinds);
  checkOrigins('requireSameOrigin', options);
  return (req, res, next) => {
    try {
      checkSameOrigin(req, options);
    } catch (error) {
      return sendOAuthError(res, oauthError(error));
    }
    next();
  };
}
