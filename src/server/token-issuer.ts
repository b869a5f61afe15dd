import type { JSONWebKeySet } from 'jose';
import {
  type AccessTokenClaims,
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
import { emitRevoked, endSession, type IssuerContext, stored } from './issuer-context.js';
import { type RefreshRequest, type RevocationRequest, refreshSession, revokeRefreshToken } from './refresh-session.js';
import { refreshTokenCodec } from './refresh-token-codec.js';
import { checkSecret } from './secret.js';
import type { SessionPageRequest } from './store/session-store.js';
import { eventEmitter, type RequestContext, timed } from './token-event.js';
import { checkIssuerOptions, issuerLimits, type TokenIssuerOptions } from './token-issuer-options.js';
import { type UserSession, type UserSessionPage, userSession } from './user-session.js';

/** Issues, rotates and revokes tokens. Independent of HTTP, except that its errors describe responses. */
export interface TokenIssuer extends AccessTokenVerifier {
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
  /** Ends one session. @returns whether it was live */
  revokeSession(id: string): Promise<boolean>;
  /** Ends the user's sessions, for example after a change of password. `except` keeps one. @returns how many ended */
  revokeAllForUser(sub: string, options?: { readonly except?: string }): Promise<number>;
  /** Returns the user's live sessions, oldest first. */
  sessions(sub: string): Promise<readonly UserSession[]>;
  /** Returns a page of the live sessions of all users. A session can be on two pages. */
  listSessions(request: SessionPageRequest): Promise<UserSessionPage>;
  /** Resolves if the store can read and write. @throws {OAuthError} `temporarily_unavailable` */
  checkHealth(): Promise<void>;
  /** Returns whether the session of an access token has ended. Reads the store once. */
  isRevoked(claims: AccessTokenClaims): Promise<boolean>;
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
  for (const secret of [options.secret].flat()) checkSecret(secret);
  const keys = accessTokenKeys(options);
  const context = issuerContext(options, keys);
  const { codec, measure } = context;

  return {
    ...sessionOperations(context),
    issue: (request, from = {}) => timed(measure, 'issue', () => issueTokens(context, request, from)),
    refresh: (request, from = {}) => timed(measure, 'refresh', () => refreshSession(context, request, from)),
    revoke: (request, from = {}) => timed(measure, 'revoke', () => revokeRefreshToken(context, request, from)),
    sessionId: refreshToken => codec.decode(refreshToken)?.sessionId,
    publicKeys: publicKeySet(keys),
    verify: verifierOf(keys, context),
  };
}

/** Operations on sessions, without tokens. */
function sessionOperations(
  context: IssuerContext,
): Pick<TokenIssuer, 'revokeSession' | 'revokeAllForUser' | 'sessions' | 'listSessions' | 'checkHealth' | 'isRevoked'> {
  const { absoluteLifetimeSeconds } = context.limits;
  return {
    revokeSession: id => endSession(context, id, 'logged_out'),

    async revokeAllForUser(sub, { except } = {}) {
      const ended = await stored(context, {}, 'revokeAll', store =>
        store.revokeAll(sub, { reason: 'all_sessions_revoked', except, absoluteLifetimeSeconds }),
      );
      for (const record of ended) emitRevoked(context, record, 'all_sessions_revoked');
      return ended.length;
    },

    async sessions(sub) {
      return (await stored(context, {}, 'sessions', store => store.sessions(sub))).map(userSession);
    },

    async listSessions(request) {
      const { records, next } = await stored(context, {}, 'list', store => store.list(request));
      return { sessions: records.map(userSession), ...(next === undefined ? {} : { next }) };
    },

    checkHealth: () => stored(context, {}, 'check', store => store.check()),

    async isRevoked({ sid }) {
      if (sid === undefined) return false;
      const found = await stored(context, {}, 'find', store => store.find(sid));
      return found === undefined || found.record.revoked !== undefined;
    },
  };
}

function accessTokenKeys({ secret, signingKeys }: TokenIssuerOptions): readonly AccessTokenKey[] {
  const keys = signingKeys?.map(asymmetricKey) ?? [secret].flat().map(sharedSecretKey);
  if (keys.length === 0) throw new TypeError('tokenIssuer: signingKeys is empty.');
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length)
    throw new TypeError('tokenIssuer: two keys have the same kid.');
  return keys;
}

function issuerContext(options: TokenIssuerOptions, keys: readonly AccessTokenKey[]): IssuerContext {
  const { clock = Date.now } = options;
  const emit = eventEmitter(options.onEvent);
  return {
    options,
    limits: issuerLimits(options),
    codec: refreshTokenCodec([options.secret].flat()),
    signingKey: keys[0] as AccessTokenKey,
    clock,
    emit,
    measure: options.onEvent === undefined ? undefined : emit,
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
