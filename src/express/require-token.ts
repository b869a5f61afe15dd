import type { Request, RequestHandler, Response } from 'express';
import { type AccessTokenClaims, type AccessTokenVerifier, invalidToken } from '../server/access-token.js';
import { errorReporter } from '../server/error-reporter.js';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import type { TokenEventListener } from '../server/token-event.js';
import { requestContext } from './request-context.js';
import { sendOAuthError } from './send-response.js';

/** Requirements of {@link requireToken} beyond a valid token. */
export interface RequireTokenOptions {
  /** Scopes that the token must have. */
  readonly scopes?: readonly string[];
  /**
   * Called for each valid token. Pass `tokens.isRevoked` to reject access tokens of ended sessions, which reads the store once for
   * each request. If unset, an access token is valid until it expires.
   */
  readonly isRevoked?: (claims: AccessTokenClaims) => Promise<boolean>;
  /** Called when `isRevoked` fails. */
  readonly onEvent?: TokenEventListener;
}

const claimsOf = new WeakMap<Request, AccessTokenClaims>();

/**
 * Requires a valid access token in `Authorization: Bearer`. Verifies it with a local key, without a network request.
 *
 * @example
 * ```ts
 * app.get('/api/reports', requireToken(tokens, { scopes: ['read:reports'] }), (req, res) => {
 *   res.json(reportsOf(tokenClaims(req).sub));
 * });
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
export function requireToken(tokens: AccessTokenVerifier, options: RequireTokenOptions = {}): RequestHandler {
  checkMethods('requireToken: the verifier', tokens, 'verify');
  checkOptions('requireToken', options, { scopes: 'scopes', isRevoked: 'function', onEvent: 'function' });
  const { scopes = [], isRevoked, onEvent } = options;
  const reportError = errorReporter(onEvent);
  return async (req, res, next) => {
    try {
      const token = bearerToken(req);
      if (token === undefined) return challenge(res);
      const claims = await tokens.verify(token);
      if (isRevoked !== undefined && (await hasEnded(isRevoked, claims))) throw invalidToken();
      checkScopes(claims, scopes);
      claimsOf.set(req, claims);
    } catch (error) {
      reportError(error, requestContext(req), (req.get('authorization') ?? '').split(' ').slice(1));
      return reject(res, oauthError(error), scopes);
    }
    next();
  };
}

/** Requires scopes of the token that {@link requireToken} verified before. */
export function requireScopes(...scopes: readonly string[]): RequestHandler {
  checkOptions('requireScopes', { scopes }, { scopes: 'scopes' });
  return (req, res, next) => {
    const claims = claimsOf.get(req);
    if (claims === undefined) return challenge(res);
    try {
      checkScopes(claims, scopes);
    } catch (error) {
      return reject(res, oauthError(error), scopes);
    }
    next();
  };
}

/**
 * Returns the claims of the request's access token.
 * @throws {TypeError} if {@link requireToken} does not precede the handler
 */
export function tokenClaims(req: Request): AccessTokenClaims {
  const claims = claimsOf.get(req);
  if (claims === undefined) throw new TypeError('tokenClaims: place requireToken() before this handler.');
  return claims;
}

/**
 * @throws {OAuthError} `invalid_request` if the token is sent twice or is malformed
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2
 */
function bearerToken(req: Request): string | undefined {
  const [scheme, token, ...rest] = (req.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer') return undefined;
  if (token === undefined || rest.length > 0 || !/^[\w.~+/-]+=*$/.test(token)) {
    throw new OAuthError('invalid_request', 'The Authorization header must be "Bearer" and one token.');
  }
  const inForm = req.is('application/x-www-form-urlencoded') && hasOwn(req.body, 'access_token');
  if (inForm || 'access_token' in req.query) {
    throw new OAuthError('invalid_request', 'The access token must be sent once.');
  }
  return token;
}

/** @throws {TypeError} if `isRevoked` returns anything but a boolean, so that a missing `return` rejects */
async function hasEnded(isRevoked: (claims: AccessTokenClaims) => Promise<boolean>, claims: AccessTokenClaims) {
  const revoked: unknown = await isRevoked(claims);
  if (typeof revoked !== 'boolean') throw new TypeError('requireToken: isRevoked must return a boolean.');
  return revoked;
}

function checkScopes(claims: AccessTokenClaims, scopes: readonly string[]): void {
  const granted = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  if (scopes.every(scope => granted.includes(scope))) return;
  throw new OAuthError('insufficient_scope', 'The scope of the access token is not sufficient.');
}

/** The request has no token: the response names the scheme and no error. */
function challenge(res: Response): void {
  res.status(401).set({ 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' }).json({ error: 'unauthorized' });
}

function reject(res: Response, error: OAuthError, scopes: readonly string[]): void {
  if (error.status < 500) {
    const needed = error.code === 'insufficient_scope' ? `, scope="${scopes.join(' ')}"` : '';
    res.set('WWW-Authenticate', `Bearer error="${error.code}", error_description="${error.message}"${needed}`);
  }
  sendOAuthError(res, error);
}

function hasOwn(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}
