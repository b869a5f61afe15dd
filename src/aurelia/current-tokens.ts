import type { JwtClaims, TokenSet } from '../core.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';

/** The tokens of the signed-in user, as an app reads them. */
export class CurrentTokens {
  static readonly inject = [AuthSession, BaseConfig];

  constructor(
    private readonly authSession: AuthSession,
    private readonly config: BaseConfig,
  ) {}

  /** The access token. Undefined while no user is signed in, and in cookie mode. */
  get accessToken(): string | undefined {
    return this.config.accessTokenIn === 'cookie' ? undefined : this.tokens?.accessToken;
  }

  /** The refresh token. Null without one, and if it is kept in a cookie. */
  get refreshToken(): string | null {
    return this.tokens?.refreshToken ?? null;
  }

  /** The ID token. Undefined while no user is signed in, null if the server sent none. */
  get idToken(): string | null | undefined {
    const { tokens } = this;
    return tokens && (tokens.idToken ?? null);
  }

  /** The claims of the access token, not verified. */
  get claims(): JwtClaims | null {
    return this.tokens?.claims ?? null;
  }

  /** The claims of the ID token, not verified. */
  get idClaims(): JwtClaims | null {
    return this.tokens?.idClaims ?? null;
  }

  /** When the access token expires, in seconds since the epoch. `NaN` if unknown. */
  get expiresAtSeconds(): number {
    const { tokens } = this;
    const claimed = this.config.getExpirationDateFromResponse ? undefined : tokens?.claims?.['exp'];
    if (typeof claimed === 'number') return Math.trunc(claimed);
    return tokens?.expiresAt === undefined ? Number.NaN : Math.round(tokens.expiresAt / 1000);
  }

  /** Seconds until the access token expires. Negative after that, `NaN` if unknown. */
  get secondsLeft(): number {
    return this.authSession.secondsLeft();
  }

  /** Whether the access token has expired. Undefined if unknown. */
  get isExpired(): boolean | undefined {
    const { secondsLeft } = this;
    return Number.isNaN(secondsLeft) ? undefined : secondsLeft < 0;
  }

  /** The latest login or refresh response. Null while no user is signed in. */
  get response(): unknown {
    return this.tokens?.response ?? null;
  }

  private get tokens(): TokenSet | undefined {
    return this.authSession.tokens;
  }
}
