import type { Request, RequestHandler, Response } from 'express';
import { type AccessTokenClaims, type AccessTokenVerifier, invalidToken } from './access-token.js';
import { requestContext, type TokenEventListener } from './audit.js';
import { faults } from './faults.js';
import { OAuthError, oauthError, sendOAuthError } from './oauth-error.js';

/** What {@link requireToken} asks for beyond a valid token. */
export interface RequireTokenOptions {
  /** Scopes the token must all have. */
  readonly scopes?: readonly string[];
  /**
   * Asked after the token proved valid: `tokens.isRevoked` makes a logout end access tokens too, for one look-up in the
   * store on each request. Absence: an access token works until it expires.
   */
  readonly isRevoked?: (claims: AccessTokenClaims) => Promise<boolean>;
  /** Told when `isRevoked` fails. `tokens` has its own. */
  readonly onEvent?: TokenEventListener;
}

const claimsOf = new WeakMap<Request, AccessTokenClaims>();

/**
 * Lets requests with a valid access token in `Authorization: Bearer` pass. The token is checked with a key this process
 * has; nothing is looked up.
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
  const { scopes = [], isRevoked, onEvent } = options;
  const tellFault = faults(onEvent);
  return async (req, res, next) => {
    try {
      const token = bearerToken(req);
      if (token === undefined) return challenge(res);
      const claims = await tokens.verify(token);
      if (await isRevoked?.(claims)) throw invalidToken();
      checkScopes(claims, scopes);
      claimsOf.set(req, claims);
    } catch (error) {
      tellFault(error, requestContext(req), (req.get('authorization') ?? '').split(' ').slice(1));
      return refuse(res, oauthError(error), scopes);
    }
    next();
  };
}

/** Lets requests pass whose token, checked by {@link requireToken} before, has all these scopes. */
export function requireScopes(...scopes: readonly string[]): RequestHandler {
  return (req, res, next) => {
    const claims = claimsOf.get(req);
    if (claims === undefined) return challenge(res);
    try {
      checkScopes(claims, scopes);
    } catch (error) {
      return refuse(res, oauthError(error), scopes);
    }
    next();
  };
}

/**
 * What the access token of this request says.
 * @throws {TypeError} when no {@link requireToken} stands before the handler
 */
export function tokenClaims(req: Request): AccessTokenClaims {
  const claims = claimsOf.get(req);
  if (claims === undefined) throw new TypeError('tokenClaims: put requireToken() before this handler.');
  return claims;
}

/**
 * @throws {OAuthError} `invalid_request` when the token comes twice, or not as a token
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

function checkScopes(claims: AccessTokenClaims, scopes: readonly string[]): void {
  const granted = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  if (scopes.every(scope => granted.includes(scope))) return;
  throw new OAuthError('insufficient_scope', 'The access token does not cover this request.');
}

/** No token at all: the answer says how to authenticate and names no error. */
function challenge(res: Response): void {
  res.status(401).set({ 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' }).json({ error: 'unauthorized' });
}

function refuse(res: Response, error: OAuthError, scopes: readonly string[]): void {
  if (error.status < 500) {
    const needed = error.code === 'insufficient_scope' ? `, scope="${scopes.join(' ')}"` : '';
    res.set('WWW-Authenticate', `Bearer error="${error.code}", error_description="${error.message}"${needed}`);
  }
  sendOAuthError(res, error);
}

function hasOwn(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}
