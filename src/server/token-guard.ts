import { type AccessTokenClaims, type AccessTokenVerifier, invalidToken } from './access-token.js';
import { challenge } from './challenge.js';
import { checkDpopOptions, type DpopOptions, dpopChallenge, dpopError, dpopVerifier } from './dpop-proof.js';
import { OAuthError } from './oauth-error.js';
import { checkMethods, checkOptions } from './option-check.js';

/** What a request must have besides a valid access token. */
export interface TokenRequirements {
  /** Scopes that the token must have. */
  readonly scopes?: readonly string[];
  /**
   * Requires that the user authenticated within this time. The challenge lets the client ask for a new login.
   * @see https://www.rfc-editor.org/rfc/rfc9470
   */
  readonly maxAgeSeconds?: number;
  /** Requires one of these authentication context classes. @see https://www.rfc-editor.org/rfc/rfc9470 */
  readonly acr?: string | readonly string[];
  /**
   * Called for each valid token. Pass `tokens.isRevoked` to reject access tokens of ended sessions, which reads the store once for
   * each request. If unset, an access token is valid until it expires.
   */
  readonly isRevoked?: (claims: AccessTokenClaims) => Promise<boolean>;
  /** How DPoP proofs are verified. A token that is bound to a key always needs a proof. */
  readonly dpop?: DpopOptions;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** Headers of the Fetch API, as far as a guard reads them. */
export interface RequestHeaders {
  /** Returns the value of a header, or `null` without one. */
  get(name: string): string | null;
}

/** A request with an access token. A `Request` of the Fetch API is one. */
export interface GuardedRequest {
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** `Headers`, or the headers of a Node request. */
  readonly headers: RequestHeaders | Readonly<Record<string, string | string[] | undefined>>;
}

/** Protects a resource with access tokens. */
export interface TokenGuard {
  /** Authenticates and authorizes a request. @throws {OAuthError} with the challenge in its headers */
  (request: GuardedRequest): Promise<AccessTokenClaims>;
  /** Verifies the access token and its DPoP proof. */
  authenticate(request: GuardedRequest): Promise<AccessTokenClaims>;
  /** Checks scopes, authentication and revocation. */
  authorize(claims: AccessTokenClaims): Promise<void>;
}

/**
 * Creates a function that checks the access token of a request, for any HTTP framework. With Express, use `requireToken()`.
 *
 * @example
 * ```ts
 * const guard = tokenGuard(tokens, { scopes: ['read:reports'] });
 * const { sub } = await guard(request);
 * ```
 * @throws {TypeError} if an option is invalid
 */
export function tokenGuard(tokens: AccessTokenVerifier, requirements: TokenRequirements = {}): TokenGuard {
  checkMethods('tokenGuard: the verifier', tokens, 'verify');
  checkRequirements('tokenGuard', requirements);
  const { dpop = {}, clock = Date.now } = requirements;
  const verifyProof = dpopVerifier(dpop, clock);

  const authenticate = async (request: GuardedRequest): Promise<AccessTokenClaims> => {
    const { scheme, token } = credentials(request, dpop.required === true);
    const claims = await tokens.verify(token);
    const thumbprint = boundKey(claims, scheme, dpop.required === true);
    if (thumbprint === undefined) return claims;
    const url = dpop.origin === undefined ? request.url : atOrigin(request.url, dpop.origin);
    await verifyProof({ method: request.method, url, proof: header(request, 'dpop'), accessToken: token, thumbprint });
    return claims;
  };
  const authorize = async (claims: AccessTokenClaims): Promise<void> => {
    if (requirements.isRevoked !== undefined && (await hasEnded(requirements.isRevoked, claims))) throw invalidToken();
    checkScopes(claims, requirements.scopes ?? []);
    checkAuthentication(claims, requirements, clock());
  };
  const guard = async (request: GuardedRequest): Promise<AccessTokenClaims> => {
    try {
      const claims = await authenticate(request);
      await authorize(claims);
      return claims;
    } catch (error) {
      throw withChallenge(error);
    }
  };
  return Object.assign(guard, { authenticate, authorize });
}

/** Checks the names and the values of the requirements. */
export function checkRequirements(where: string, requirements: TokenRequirements): void {
  checkOptions(where, requirements, {
    scopes: 'scopes',
    maxAgeSeconds: 'positive',
    acr: 'texts',
    isRevoked: 'function',
    dpop: 'object',
    clock: 'clock',
  });
  if (requirements.dpop !== undefined) checkDpopOptions(`${where}: dpop`, requirements.dpop);
}

/** Adds the challenge to an error that has none. Errors with a status of 500 and more need none. */
export function withChallenge(error: unknown): unknown {
  if (!(error instanceof OAuthError) || error.status >= 500 || 'WWW-Authenticate' in error.headers) return error;
  const { code, message, headers, cause } = error;
  const parameters = { error: code, error_description: message };
  return new OAuthError(code, message, {
    headers: { ...headers, 'WWW-Authenticate': challenge('Bearer', parameters) },
    cause,
  });
}

/** @throws {OAuthError} `insufficient_scope` */
export function checkScopes(claims: AccessTokenClaims, scopes: readonly string[]): void {
  const granted = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  if (scopes.every(scope => granted.includes(scope))) return;
  const [error, error_description] = [
    'insufficient_scope',
    'The scope of the access token is not sufficient.',
  ] as const;
  const required = challenge('Bearer', { error, error_description, scope: scopes.join(' ') });
  throw new OAuthError(error, error_description, { headers: { 'WWW-Authenticate': required } });
}

/** Returns the error for a request without a token. */
export function missingToken(dpopRequired = false): OAuthError {
  const headers = { 'WWW-Authenticate': dpopRequired ? dpopChallenge() : challenge('Bearer') };
  return new OAuthError('unauthorized', 'The request has no access token.', { headers });
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 @see https://www.rfc-editor.org/rfc/rfc9110#section-11.4 */
function credentials(request: GuardedRequest, dpopRequired: boolean): { scheme: 'bearer' | 'dpop'; token: string } {
  const [, scheme = '', rest = ''] = /^(\S*) *(.*)$/.exec(header(request, 'authorization') ?? '') ?? [];
  const known = scheme.toLowerCase();
  if (known !== 'bearer' && known !== 'dpop') throw missingToken(dpopRequired);
  if (/^[\w.~+/-]+=*$/.test(rest)) return { scheme: known, token: rest };
  throw new OAuthError('invalid_request', 'The Authorization header must contain a scheme and one token.');
}

/**
 * Returns the thumbprint of the key that the token is bound to, or `undefined` for an unbound bearer token.
 *
 * @throws {OAuthError} `invalid_token` if the scheme does not fit the token, or the token is bound in another way
 */
function boundKey(claims: AccessTokenClaims, scheme: 'bearer' | 'dpop', required: boolean): string | undefined {
  if (!('cnf' in claims)) {
    if (scheme === 'bearer' && !required) return undefined;
    throw dpopError('invalid_token', 'The access token is not bound to a key.');
  }
  const thumbprint: unknown = Object(claims['cnf']).jkt;
  if (typeof thumbprint !== 'string' || thumbprint === '') throw invalidToken();
  if (scheme === 'dpop') return thumbprint;
  throw dpopError('invalid_token', 'The access token is bound to a key. Send it with the scheme DPoP.');
}

/** @throws {TypeError} if `isRevoked` returns anything but a boolean, so that a missing `return` rejects */
async function hasEnded(isRevoked: (claims: AccessTokenClaims) => Promise<boolean>, claims: AccessTokenClaims) {
  const revoked: unknown = await isRevoked(claims);
  if (typeof revoked !== 'boolean') throw new TypeError('isRevoked must return a boolean.');
  return revoked;
}

/** @throws {OAuthError} `insufficient_user_authentication`. @see https://www.rfc-editor.org/rfc/rfc9470#section-3 */
function checkAuthentication(claims: AccessTokenClaims, { maxAgeSeconds, acr }: TokenRequirements, now: number): void {
  const classes = [acr ?? []].flat();
  const age = typeof claims.auth_time === 'number' && claims.auth_time >= 0 ? now / 1000 - claims.auth_time : Infinity;
  const recent = maxAgeSeconds === undefined || age <= maxAgeSeconds;
  if (recent && (acr === undefined || classes.includes(String(claims.acr)))) return;
  const error = 'insufficient_user_authentication';
  const error_description = 'The user must authenticate again.';
  const acr_values = acr === undefined ? undefined : classes.join(' ');
  const parameters = { error, error_description, acr_values, max_age: maxAgeSeconds };
  throw new OAuthError(error, error_description, { headers: { 'WWW-Authenticate': challenge('Bearer', parameters) } });
}

function header({ headers }: GuardedRequest, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, string | string[] | undefined>>)[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Returns an invalid URL as it is: no proof is for it. */
function atOrigin(url: string, origin: string): string {
  return URL.canParse(url) ? origin + new URL(url).pathname : url;
}
