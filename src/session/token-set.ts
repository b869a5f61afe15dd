import { jwtDecode } from 'jwt-decode';
import { attempt } from './attempt.js';
import { instantSeconds, type TokenResponse } from './token-response.js';

/** Claims of a JWT (RFC 7519 §4). Read, not verified: that is the resource server's task. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** The tokens of one session at one time. Instants are epoch ms on the session's own clock. */
export interface TokenSet {
  /** May have expired; see {@link TokenSet.expiresAt}. */
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  /** Absent where the server sent none and there was none before, and where it is in a cookie. */
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  /** Space-separated; absent where the server did not say: as asked for. */
  readonly scope: string | undefined;
  readonly receivedAt: number;
  /** Absent when the server did not say and the token does not tell: then only a 401 shows that it has expired. */
  readonly expiresAt: number | undefined;
  /** The access token's claims; absent for an opaque token. */
  readonly claims: JwtClaims | undefined;
  /** The id token's claims; absent where there is none. */
  readonly idClaims: JwtClaims | undefined;
  /** The server's answer as it came, for the application's own properties. */
  readonly response: unknown;
}

export interface Receipt {
  /** Epoch ms on the session's clock at which the answer was received. */
  readonly receivedAt: number;
  /** What the answer's `Date` header said, epoch ms. */
  readonly serverDate?: number | undefined;
  /** What was traded in. A refresh or id token that the answer leaves out is kept from here. */
  readonly previous?: TokenSet | undefined;
  /** Keeps what else the answer leaves out of {@link TokenSet.response}. @default false */
  readonly keepResponseProperties?: boolean | undefined;
}

/**
 * Turns an answer into tokens with instants. Each JWT is decoded here, once.
 *
 * A refresh response may leave the refresh token out; the old one then stays valid.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function tokenSet(
  response: TokenResponse,
  { receivedAt, serverDate, previous, keepResponseProperties }: Receipt,
): TokenSet {
  const claims = jwtClaims(response.accessToken);
  const lifetimeMs = plausible(accessLifetimeMs(response, claims, serverDate ?? receivedAt));
  const idToken = response.idToken ?? previous?.idToken;
  return {
    accessToken: response.accessToken,
    tokenType: response.tokenType,
    refreshToken: response.refreshToken ?? previous?.refreshToken,
    idToken,
    scope: response.scope ?? previous?.scope,
    receivedAt,
    expiresAt: lifetimeMs === undefined ? undefined : receivedAt + lifetimeMs,
    claims,
    idClaims: jwtClaims(idToken),
    response: keepResponseProperties ? { ...Object(previous?.response), ...Object(response.body) } : response.body,
  };
}

/** Whether the access token is of no use any more. @param at epoch ms on the clock that the tokens' instants are on */
export function hasExpired({ expiresAt }: TokenSet, at: number): boolean {
  return expiresAt !== undefined && expiresAt <= at;
}

/** The user the tokens speak of, where they tell (`sub` of the id token, else of the access token). */
export function subjectOf(tokens: TokenSet): string | undefined {
  const subject = tokens.idClaims?.['sub'] ?? tokens.claims?.['sub'];
  return typeof subject === 'string' ? subject : undefined;
}

/** Decodes a JWT's payload; absent for anything that is not a JWT with an object in it. */
export function jwtClaims(token: string | undefined): JwtClaims | undefined {
  if (token?.split('.').length !== 3) return undefined;
  const claims: unknown = attempt(() => jwtDecode(token), undefined);
  return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as JwtClaims) : undefined;
}

/** So long that the expiry would be no date any more: unknown, then. */
const longestLifetimeMs = 8e15;

function plausible(lifetimeMs: number | undefined): number | undefined {
  return lifetimeMs !== undefined && lifetimeMs > longestLifetimeMs ? undefined : lifetimeMs;
}

/**
 * How long the access token lasts from receipt. A clock that is off must not shorten or lengthen it, so two readings
 * of the same clock are preferred: `expires_in`, or `exp` − `iat`; only then `exp` against what time it is.
 */
function accessLifetimeMs(response: TokenResponse, claims: JwtClaims | undefined, now: number): number | undefined {
  const expiresAt = instantSeconds(response.expiresAtSeconds);
  if (expiresAt !== undefined) return expiresAt * 1000 - now;
  if (response.expiresInSeconds !== undefined) return response.expiresInSeconds * 1000;
  const expires = instantSeconds(claims?.['exp']);
  if (expires === undefined) return undefined;
  const issued = instantSeconds(claims?.['iat']);
  return issued === undefined ? expires * 1000 - now : (expires - issued) * 1000;
}
