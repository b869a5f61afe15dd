import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import {
  type AccessTokenClaims,
  type AccessTokenVerifier,
  asymmetricKey,
  localKeys,
  publicKeySet,
  type SigningKey,
  sharedSecretKey,
  verifyAccessToken,
} from './access-token.js';
import { audit, type RefusalReason, type RequestContext, type TokenEventListener } from './audit.js';
import { derivedTokens, newFamilyId } from './derived-token.js';
import { OAuthError, unavailable } from './oauth-error.js';
import type { RefreshFamily, RevocationReason } from './rotation.js';
import { checkSecret } from './secret.js';
import { firstGeneration } from './store/first-generation.js';
import type { NewFamily, RefreshTokenStore } from './store/refresh-token-store.js';

/** How long sessions last, and how forgiving rotation is. */
export interface RefreshTokenOptions {
  /** A session that is not refreshed for this long has ended. A week is usual, for a bank a few minutes. */
  readonly idleLifetimeSeconds: number;
  /** When the user must log in again however active they are. Never extended. A month is usual. */
  readonly absoluteLifetimeSeconds: number;
  /**
   * How long the predecessor of the current refresh token still yields the *same* successor, for clients whose answer
   * was lost on the way. It ends at once when the successor is used. 0 to 60; 0 ends the session of every such client.
   * @default 10
   */
  readonly graceSeconds?: number;
}

/** Which tokens {@link tokenIssuer} issues, for how long, and with which keys. */
export interface TokenIssuerOptions {
  /** The URL of the server, as it stands in the access tokens' `iss`. */
  readonly issuer: string;
  /** The API the access tokens are for: their `aud`. */
  readonly audience: string;
  /**
   * At least 32 bytes, from the environment and not from the source. Refresh tokens are derived from it, and access
   * tokens are signed with it (HS256) unless there are `signingKeys`. Of several, the first makes tokens and all are
   * recognised: to change the secret, add the new one at the end, and put it in front when every process has it. A process
   * that does not know it yet would end the sessions of those it comes from.
   */
  readonly secret: string | readonly string[];
  /**
   * For access tokens that other servers check with a public key. The first signs, all are published and recognised: add a
   * new one at the end, and put it in front when every process has it and caches of the published keys are old.
   */
  readonly signingKeys?: readonly SigningKey[];
  /** @default 600 */
  readonly accessTokenLifetimeSeconds?: number;
  /** How long sessions last. */
  readonly refreshToken: RefreshTokenOptions;
  /** Where sessions are kept. */
  readonly store: RefreshTokenStore;
  /**
   * Claims for an access token, asked at login and at each refresh, so that roles are never older than one access token.
   * `false` says that the account may not go on (deleted, disabled, password changed since `session.authenticatedAt`):
   * the session ends. What it throws is answered with 503 and costs the client nothing.
   */
  readonly claims?: (session: Session) => AdditionalClaims | false | Promise<AdditionalClaims | false>;
  /** The oldest session ends when a user has more. @default 100 */
  readonly maxSessionsPerUser?: number;
  /** Forgiven between the clocks of the servers. 0 to 60. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Told of every login, refresh, refusal and revocation, for the audit. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** Claims of the application's own in an access token, roles for instance. */
export type AdditionalClaims = Readonly<Record<string, unknown>>;

/** One login, as the application sees it. Instants are epoch milliseconds. */
export interface Session {
  readonly id: string;
  readonly sub: string;
  readonly clientId?: string;
  readonly scope: string;
  /** When the user proved who they are; no refresh moves it. */
  readonly authenticatedAt: number;
  readonly createdAt: number;
  /** The login, where there was no refresh. */
  readonly lastRefreshedAt: number;
  /** When it ends if nothing refreshes it. */
  readonly expiresAt: number;
  readonly meta: Readonly<Record<string, string>>;
}

/** Who logged in, and what for. */
export interface Grant {
  /** The user, as access tokens will name them. */
  readonly sub: string;
  /** Space-separated. A refresh may ask for less, never for more. */
  readonly scope?: string;
  /** When given, only a refresh that names the same client succeeds. */
  readonly clientId?: string;
  /** When the user proved who they are, if that was not just now: seconds ago. */
  readonly authenticationAgeSeconds?: number;
  /** Shown in the list of sessions: `{ device: 'Firefox on Linux' }`. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** A refresh token that somebody wants to trade in. */
export interface RefreshRequest {
  readonly refreshToken: string;
  /** Needed where the login was bound to a client. */
  readonly clientId?: string | undefined;
  /** Absence: what was granted at login. */
  readonly scope?: string | undefined;
}

/** A refresh token whose session is to end. */
export interface RevocationRequest {
  readonly refreshToken: string;
  /** Absence: who has the refresh token may end its session. */
  readonly clientId?: string | undefined;
}

/** The body of a successful answer. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  /** Seconds from the rotation to the end of the session if nothing refreshes it. */
  readonly refresh_expires_in: number;
  readonly scope?: string;
}

/** Issues tokens, trades refresh tokens in, ends sessions. Nothing here knows HTTP except its errors. */
export interface TokenIssuer extends AccessTokenVerifier {
  /**
   * Starts a session for a user whose password, or other proof, the application has checked.
   * @throws {OAuthError} `invalid_grant` when `claims` refuses the account, or `temporarily_unavailable`
   * @throws {TypeError} when `sub` is empty, or no string
   */
  issue(grant: Grant, context?: RequestContext): Promise<TokenResponse>;
  /**
   * @throws {OAuthError} `invalid_grant` when the session is over, `invalid_scope`, or `temporarily_unavailable`, after
   *   which the same refresh token works
   */
  refresh(request: RefreshRequest, context?: RequestContext): Promise<TokenResponse>;
  /**
   * Ends the session a refresh token of any age belongs to. Resolves as well when there is none.
   * @throws {OAuthError} `invalid_grant` when a client is named and the session is another's
   * @see https://www.rfc-editor.org/rfc/rfc7009#section-2
   */
  revoke(request: RevocationRequest, context?: RequestContext): Promise<void>;
  /** The session a refresh token belongs to, live or not; `undefined` for everything this issuer did not make. */
  sessionId(refreshToken: string): string | undefined;
  /** @returns whether the session was live */
  revokeSession(id: string): Promise<boolean>;
  /** After a change of password, for instance; `except` keeps the session that made it. @returns how many ended */
  revokeAllForUser(sub: string, options?: { readonly except?: string }): Promise<number>;
  /** The user's live sessions, oldest first. */
  sessions(sub: string): Promise<readonly Session[]>;
  /** Whether the session of an access token has ended. Costs one look-up in the store. */
  isRevoked(claims: AccessTokenClaims): Promise<boolean>;
  /** The public halves of the signing keys, for whoever checks access tokens; no keys when a shared secret signs. */
  readonly publicKeys: JSONWebKeySet;
}

/**
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
 * @throws {TypeError} when an option makes no sense
 */
export function tokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { issuer, audience, store, clock = Date.now } = options;
  if (!issuer || !audience) throw new TypeError('tokenIssuer: issuer and audience must not be empty.');
  const secrets = [options.secret].flat();
  const lifetimes = checkedLifetimes(options);
  for (const secret of secrets) checkSecret(secret);
  const refreshTokens = derivedTokens(secrets);
  const keys = options.signingKeys?.map(asymmetricKey) ?? secrets.map(sharedSecretKey);
  const [signingKey] = keys;
  if (signingKey === undefined) throw new TypeError('tokenIssuer: signingKeys is empty.');
  const keyOf = localKeys(keys);
  const algorithms = [...new Set(keys.map(key => key.alg))];
  const rules = { issuer, audience, clock, clockToleranceSeconds: lifetimes.clockToleranceSeconds };
  const tell = audit(options.onEvent);

  const tried = async <T>(
    type: 'store_error' | 'claims_error',
    context: RequestContext,
    work: () => T | Promise<T>,
  ) => {
    try {
      return await work();
    } catch (cause) {
      tell({ type, cause, ...context });
      throw unavailable(cause);
    }
  };
  const stored = <T>(context: RequestContext, work: () => Promise<T>): Promise<T> =>
    tried('store_error', context, work);

  const refused = (reason: RefusalReason, context: RequestContext, family?: RefreshFamily): OAuthError => {
    tell({ type: 'refused', reason, ...(family && sessionReference(family)), ...context });
    return new OAuthError('invalid_grant', 'The refresh token is not valid. Log in again.');
  };
  const tellRevoked = (family: RefreshFamily, reason: RevocationReason, context: RequestContext = {}): void =>
    tell({ type: 'revoked', reason, ...sessionReference(family), ...context });

  const end = async (id: string, reason: RevocationReason, context: RequestContext): Promise<boolean> => {
    const ended = await stored(context, () => store.revoke(id, reason));
    if (ended !== undefined) tellRevoked(ended, reason, context);
    return ended !== undefined;
  };

  /** @throws {OAuthError} `invalid_grant` when the account may not go on; its session is over then */
  const claimsFor = async (family: RefreshFamily, context: RequestContext): Promise<AdditionalClaims> => {
    const { claims } = options;
    if (claims === undefined) return {};
    const additional = await tried('claims_error', context, async () => {
      const answer = await claims(session(family));
      // Claims that are no JSON fail here, where nothing has changed yet.
      JSON.stringify(answer);
      return answer;
    });
    if (additional !== false) return additional;
    await end(family.id, 'account_refused', context);
    throw refused('account_refused', context, family);
  };
  const accessToken = (family: RefreshFamily, scope: string, additional: AdditionalClaims) => {
    const now = clock() / 1000;
    return signingKey.sign({
      ...additional,
      iss: issuer,
      aud: audience,
      sub: family.sub,
      ...(family.clientId === undefined ? {} : { client_id: family.clientId }),
      ...(scope === '' ? {} : { scope }),
      sid: family.id,
      jti: randomUUID(),
      auth_time: Math.floor(family.authenticatedAt / 1000),
      iat: Math.floor(now),
      // Whole seconds, rounded so that the token lasts as long as `expires_in` promises.
      exp: Math.ceil(now) + lifetimes.accessTokenLifetimeSeconds,
    });
  };
  const response = (access: string, family: RefreshFamily, scope: string): TokenResponse => ({
    access_token: access,
    token_type: 'Bearer',
    expires_in: lifetimes.accessTokenLifetimeSeconds,
    refresh_token: refreshTokens.mint({ familyId: family.id, generation: family.generation }),
    refresh_expires_in: Math.floor((family.idleExpiresAt - family.rotatedAt) / 1000),
    ...(scope === '' ? {} : { scope }),
  });

  return {
    /** The account comes first: a login that does not come about makes no room for itself. */
    async issue(grant, context = {}) {
      if (typeof grant.sub !== 'string' || grant.sub === '')
        throw new TypeError('issue: sub must be a non-empty string.');
      const login: NewFamily = {
        id: newFamilyId(),
        sub: grant.sub,
        ...(grant.clientId === undefined ? {} : { clientId: grant.clientId }),
        scope: grant.scope ?? '',
        authenticationAgeSeconds: grant.authenticationAgeSeconds ?? 0,
        idleLifetimeSeconds: lifetimes.idleLifetimeSeconds,
        absoluteLifetimeSeconds: lifetimes.absoluteLifetimeSeconds,
        maxSessionsPerUser: lifetimes.maxSessionsPerUser,
        meta: grant.meta ?? {},
      };
      const additional = await claimsFor(firstGeneration(login, clock()), context);
      const { family, evicted } = await stored(context, () => store.create(login));
      for (const ended of evicted) tellRevoked(ended, 'too_many_sessions', context);
      const access = await accessToken(family, family.scope, additional);
      tell({ type: 'issued', ...sessionReference(family), ...context });
      return response(access, family, family.scope);
    },

    /** Everything that can fail comes before the rotation: afterwards there is only the answer to send. */
    async refresh(request, context = {}) {
      const presented = refreshTokens.read(request.refreshToken);
      // What is refused takes the same time, whatever the cause: nothing is signed, and no error has a deeper stack.
      const found = await (presented && stored(context, () => store.find(presented.familyId)));
      if (presented === undefined) throw refused('not_a_refresh_token', context);
      if (found === undefined) throw refused('unknown', context);
      const { family, live } = found;
      if (!live) throw refused(family.revoked === undefined ? 'expired' : 'revoked', context, family);
      if (family.clientId !== undefined && family.clientId !== request.clientId) {
        throw refused('wrong_client', context, family);
      }
      const scope = narrowedScope(family.scope, request.scope);
      const access = await accessToken(family, scope, await claimsFor(family, context));

      const { generation } = presented;
      const result = await stored(context, () => store.rotate(family.id, { generation, ...lifetimes }));
      if (result.outcome === 'unknown') throw refused('unknown', context);
      const presentation = {
        ...sessionReference(result.family),
        ...context,
        presentedGeneration: generation,
        generation: result.family.generation,
      };
      switch (result.outcome) {
        case 'rotated':
        case 'grace':
        case 'fast_forwarded':
          tell({ type: result.outcome === 'grace' ? 'grace_used' : result.outcome, ...presentation });
          return response(access, result.family, scope);
        case 'reuse_detected':
          tell({ type: 'reuse_detected', ...presentation });
          tellRevoked(result.family, 'reuse_detected', context);
          throw refused('reuse_detected', context, result.family);
        default:
          throw refused(result.outcome, context, result.family);
      }
    },

    async revoke({ refreshToken, clientId }, context = {}) {
      const presented = refreshTokens.read(refreshToken);
      if (presented === undefined) return;
      const found = await stored(context, () => store.find(presented.familyId));
      if (found === undefined) return;
      const { family } = found;
      if (clientId !== undefined && family.clientId !== clientId) throw refused('wrong_client', context, family);
      await end(family.id, 'logged_out', context);
    },

    sessionId: refreshToken => refreshTokens.read(refreshToken)?.familyId,

    revokeSession: id => end(id, 'logged_out', {}),

    async revokeAllForUser(sub, { except } = {}) {
      const ended = await stored({}, () => store.revokeAll(sub, 'all_sessions_revoked', except));
      for (const family of ended) tellRevoked(family, 'all_sessions_revoked');
      return ended.length;
    },

    async sessions(sub) {
      return (await stored({}, () => store.sessions(sub))).map(session);
    },

    async isRevoked({ sid }) {
      if (sid === undefined) return false;
      const found = await stored({}, () => store.find(sid));
      return found === undefined || found.family.revoked !== undefined;
    },

    publicKeys: publicKeySet(keys),
    verify: token => verifyAccessToken(token, keyOf, algorithms, rules),
  };
}

function session(family: RefreshFamily): Session {
  return {
    id: family.id,
    sub: family.sub,
    ...(family.clientId === undefined ? {} : { clientId: family.clientId }),
    scope: family.scope,
    authenticatedAt: family.authenticatedAt,
    createdAt: family.createdAt,
    lastRefreshedAt: family.rotatedAt,
    expiresAt: family.idleExpiresAt,
    meta: family.meta,
  };
}

function sessionReference(family: RefreshFamily): { sessionId: string; sub: string; clientId: string | undefined } {
  return { sessionId: family.id, sub: family.sub, clientId: family.clientId };
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-6 */
function narrowedScope(granted: string, requested: string | undefined): string {
  if (requested === undefined) return granted;
  const allowed = new Set(granted.split(' '));
  const wanted = requested.split(' ').filter(scope => scope !== '');
  if (wanted.every(scope => allowed.has(scope))) return wanted.join(' ');
  throw new OAuthError('invalid_scope', 'A refresh cannot ask for more than the login granted.');
}

function checkedLifetimes(options: TokenIssuerOptions) {
  const { accessTokenLifetimeSeconds = 600, maxSessionsPerUser = 100, clockToleranceSeconds = 5 } = options;
  const { idleLifetimeSeconds, absoluteLifetimeSeconds, graceSeconds = 10 } = options.refreshToken;
  const lifetimes = {
    accessTokenLifetimeSeconds,
    idleLifetimeSeconds,
    absoluteLifetimeSeconds,
    maxSessionsPerUser,
    graceSeconds,
    clockToleranceSeconds,
  };
  for (const [name, value] of Object.entries(lifetimes)) {
    const least = name === 'graceSeconds' || name === 'clockToleranceSeconds' ? 0 : 1;
    if (!Number.isInteger(value) || value < least)
      throw new TypeError(`tokenIssuer: ${name} must be a whole number ≥ ${least}.`);
  }
  if (graceSeconds > 60) throw new TypeError('tokenIssuer: graceSeconds must not exceed 60.');
  if (clockToleranceSeconds > 60) throw new TypeError('tokenIssuer: clockToleranceSeconds must not exceed 60.');
  if (idleLifetimeSeconds > absoluteLifetimeSeconds) {
    throw new TypeError('tokenIssuer: idleLifetimeSeconds must not exceed absoluteLifetimeSeconds.');
  }
  return lifetimes;
}
