import type { JSONWebKeySet } from 'jose';
import {
  type AccessTokenKey,
  type AccessTokenVerifier,
  asymmetricKey,
  localKeys,
  publicKeySet,
  sharedSecretKey,
  verifyAccessToken,
} from './access-token.js';
import { type IssueRequest, issueTokens } from './issue-tokens.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { IssuerContext } from './issuer-context.js';
import { type RefreshRequest, type RevocationRequest, refreshSession, revokeRefreshToken } from './refresh-session.js';
import { refreshTokenCodec } from './refresh-token-codec.js';
import { checkSecret } from './secret.js';
import { type SessionOperations, sessionOperations } from './session-operations.js';
import { eventEmitter, type RequestContext, timed } from './token-event.js';
import { checkIssuerOptions, issuerLimits, type TokenIssuerOptions } from './token-issuer-options.js';

/** Issues, rotates and revokes tokens. Independent of HTTP, except that its errors describe responses. */
export interface TokenIssuer extends AccessTokenVerifier, SessionOperations {
  /**
   * Starts a session for a user whom the application has authenticated.
   * @throws {OAuthError} `invalid_grant` if `claims` rejects the account, or `temporarily_unavailable`
   * @throws {TypeError} if `sub` is not a non-empty string
   */
  issue(request: IssueRequest, context?: RequestContext): Promise<IssuedTokens>;
  /**
   * Rotates a refresh token.
   * @throws {OAuthError} `invalid_grant` if the session has ended, `invalid_scope`, or `temporarily_unavailable`, after which
   *   the same refresh token remains valid
   */
  refresh(request: RefreshRequest, context?: RequestContext): Promise<IssuedTokens>;
  /**
   * Ends the session of a refresh token of any generation. Resolves for unknown tokens too.
   * @throws {OAuthError} `invalid_grant` if the session is bound to another client than `clientId`
   * @see https://www.rfc-editor.org/rfc/rfc7009#section-2
   */
  revoke(request: RevocationRequest, context?: RequestContext): Promise<void>;
  /** Returns the session ID of a refresh token, live or not. Returns `undefined` for tokens of other issuers. */
  sessionId(refreshToken: string): string | undefined;
  /** The public signing keys, for servers that verify access tokens. Empty if a shared secret signs. */
  readonly publicKeys: JSONWebKeySet;
}

/**
 * Creates a token issuer.
 *
 * @example
 * ```ts
 * const tokens = tokenIssuer({
 *   issuer: 'https://api.example.com',
 *   audience: 'https://api.example.com',
 *   secret: process.env.TOKEN_SECRET,
 *   refreshToken: { idleLifetimeSeconds: 7 * 86_400, absoluteLifetimeSeconds: 30 * 86_400 },
 *   store: memoryStore(),
 * });
 * ```
 * @throws {TypeError} if an option is invalid
 */
export function tokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  checkIssuerOptions(options);
  const { clock = Date.now } = options;
  const secrets = [options.secret].flat();
  const limits = issuerLimits(options);
  for (const secret of secrets) checkSecret(secret);
  const codec = refreshTokenCodec(secrets);
  const keys = options.signingKeys?.map(asymmetricKey) ?? secrets.map(sharedSecretKey);
  const [signingKey] = keys;
  if (signingKey === undefined) throw new TypeError('tokenIssuer: signingKeys is empty.');
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length)
    throw new TypeError('tokenIssuer: two keys have the same kid.');
  const emit = eventEmitter(options.onEvent);
  const measure = options.onEvent === undefined ? undefined : emit;
  const context: IssuerContext = { options, limits, codec, signingKey, clock, emit, measure };

  return {
    issue: (request, from = {}) => timed(measure, 'issue', () => issueTokens(context, request, from)),
    refresh: (request, from = {}) => timed(measure, 'refresh', () => refreshSession(context, request, from)),
    revoke: (request, from = {}) => timed(measure, 'revoke', () => revokeRefreshToken(context, request, from)),
    sessionId: refreshToken => codec.decode(refreshToken)?.sessionId,
    ...sessionOperations(context),
    publicKeys: publicKeySet(keys),
    verify: verifierOf(keys, context),
  };
}

/** Verifies the issuer's own access tokens. */
function verifierOf(keys: readonly AccessTokenKey[], { options, limits, clock }: IssuerContext) {
  const { issuer, audience } = options;
  const { clockToleranceSeconds } = limits;
  const keyOf = localKeys(keys);
  const algorithms = [...new Set(keys.map(key => key.alg))];
  const rules = { issuer, audience, clock, clockToleranceSeconds };
  return (token: string) => verifyAccessToken(token, keyOf, algorithms, rules);
}
