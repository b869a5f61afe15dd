import type { SigningKey } from './access-token.js';
import { checkMethods, checkOptions } from './option-check.js';
import type { SessionStore } from './store/session-store.js';
import type { TokenEventListener } from './token-event.js';
import type { UserSession } from './user-session.js';

/** How long sessions last, and how long a lost response can be repeated. */
export interface SessionLifetimes {
  /** Ends a session that is not refreshed for this long. Common values are a week, and minutes for a bank. */
  readonly idleLifetimeSeconds: number;
  /** Requires a new login after this time. Never extended. A month is common. */
  readonly absoluteLifetimeSeconds: number;
  /**
   * How long the predecessor of the current refresh token yields the *same* successor again, for clients that lost the
   * response. If unset, until the successor is used. With 0, each lost response ends the session.
   */
  readonly graceSeconds?: number;
}

/** Claims that the application adds to access tokens, such as roles. */
export type AdditionalClaims = Readonly<Record<string, unknown>>;

/** The tokens that {@link tokenIssuer} issues, their lifetimes and their keys. */
export interface TokenIssuerOptions {
  /** The URL of the server: the `iss` of the access tokens. */
  readonly issuer: string;
  /** The identifier of the API: the `aud` of the access tokens. */
  readonly audience: string;
  /**
   * The secret for refresh tokens, at least 32 bytes. Read it from the environment. Also signs access tokens (HS256) if
   * `signingKeys` is unset.
   *
   * The first secret of a list makes tokens, and all are recognised. To change the secret, append the new one, and move it to the
   * front when every process has it. A process without the new secret would reject its refresh tokens.
   */
  readonly secret: string | readonly string[];
  /**
   * Private keys for access tokens that other servers verify with a public key. The first key signs, and all are published and
   * recognised. To change the key, append the new one, and move it to the front when every process has it and caches of the
   * published keys have expired.
   */
  readonly signingKeys?: readonly SigningKey[];
  /** Lifetime of access tokens. @default 600 */
  readonly accessTokenLifetimeSeconds?: number;
  /** How long sessions last. */
  readonly refreshToken: SessionLifetimes;
  /** Where sessions are stored. */
  readonly store: SessionStore;
  /**
   * Returns claims for an access token. Called at login and at each refresh, so that roles are never older than one access
   * token. Return `false` to reject the account, for example because it was deleted or disabled: the session ends. If the function
   * throws, the response is `503` and the session remains.
   */
  readonly claims?: (session: UserSession) => AdditionalClaims | false | Promise<AdditionalClaims | false>;
  /** Maximum number of sessions of one user. A further login ends the session that expires first. @default 100 */
  readonly maxSessionsPerUser?: number;
  /** Tolerated difference between the clocks of the servers. 0 to 60. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Called for every login, refresh, rejection and revocation. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** The numbers of {@link TokenIssuerOptions} with their defaults. */
export interface IssuerLimits extends SessionLifetimes {
  readonly accessTokenLifetimeSeconds: number;
  readonly maxSessionsPerUser: number;
  readonly clockToleranceSeconds: number;
}

/** Checks all options. @throws {TypeError} if a name or a value is not valid */
export function checkIssuerOptions(options: TokenIssuerOptions): void {
  checkOptions('tokenIssuer', options, {
    issuer: 'text!',
    audience: 'text!',
    secret: 'texts!',
    signingKeys: 'list',
    accessTokenLifetimeSeconds: 'positive',
    refreshToken: 'object!',
    store: 'object!',
    claims: 'function',
    maxSessionsPerUser: 'positive',
    clockToleranceSeconds: 'natural',
    onEvent: 'function',
    clock: 'clock',
  });
  checkOptions('tokenIssuer: refreshToken', options.refreshToken, {
    idleLifetimeSeconds: 'positive!',
    absoluteLifetimeSeconds: 'positive!',
    graceSeconds: 'natural',
  });
  for (const key of options.signingKeys ?? []) {
    checkOptions('tokenIssuer: signingKeys', key, { kid: 'text!', alg: 'text!', privateKey: 'any!' });
  }
  const methods = ['create', 'find', 'rotate', 'revoke', 'sessions', 'revokeAll', 'list', 'check'];
  checkMethods('tokenIssuer: store', options.store, ...methods);
}

/** Applies the defaults. @throws {TypeError} if the numbers contradict each other */
export function issuerLimits(options: TokenIssuerOptions): IssuerLimits {
  const { accessTokenLifetimeSeconds = 600, maxSessionsPerUser = 100, clockToleranceSeconds = 5 } = options;
  const { idleLifetimeSeconds, absoluteLifetimeSeconds } = options.refreshToken;
  if (clockToleranceSeconds > 60) throw new TypeError('tokenIssuer: clockToleranceSeconds must not exceed 60.');
  if (idleLifetimeSeconds > absoluteLifetimeSeconds) {
    throw new TypeError('tokenIssuer: idleLifetimeSeconds must not exceed absoluteLifetimeSeconds.');
  }
  return { ...options.refreshToken, accessTokenLifetimeSeconds, maxSessionsPerUser, clockToleranceSeconds };
}
