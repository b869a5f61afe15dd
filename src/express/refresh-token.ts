import type { Request, RequestHandler } from 'express';
import { requestContext } from './audit.js';
import { OAuthError, oauthError, sendOAuthError, sendUncached } from './oauth-error.js';
import type { RefreshRequest, TokenIssuer } from './token-issuer.js';

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
 *   res.set('Cache-Control', 'no-store').json(await tokens.issue({ sub: user.id }));
 * });
 * ```
 */
export function refreshToken(tokens: TokenIssuer): RequestHandler {
  return async (req, res, next) => {
    try {
      const request = refreshRequest(req);
      if (request === undefined) return next();
      sendUncached(res, 200, await tokens.refresh(request, requestContext(req)));
    } catch (error) {
      sendOAuthError(res, oauthError(error));
    }
  };
}

/** `undefined` when the request is not about a refresh. */
function refreshRequest(req: Request): RefreshRequest | undefined {
  const body: unknown = req.body;
  if (req.method !== 'POST' || typeof body !== 'object' || body === null) return undefined;
  const grantType = parameter(body, 'grant_type');
  if (grantType !== 'refresh_token') return undefined;
  const token = parameter(body, 'refresh_token');
  if (token === undefined) throw new OAuthError('invalid_request', 'The parameter refresh_token is missing.');
  return { refreshToken: token, clientId: parameter(body, 'client_id'), scope: parameter(body, 'scope') };
}

/** A parameter must be a string, and given once. @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
function parameter(body: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new OAuthError('invalid_request', `The parameter ${name} must be a string.`);
}
