import { jwtDecode } from 'jwt-decode';
import { attempt } from './attempt.js';
import { instantSeconds, type TokenResponse } from './token-response.js';

/** Claims of a JWT (RFC 7519 §4). They are not verified, which is the task of the resource server. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** Tokens of a session. Instants are epoch ms on the session's clock. */
export interface TokenSet {
  /** May have expired, see {@link TokenSet.expiresAt}. */
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  /** Undefined if the server sent none, and if it is in a cookie. */
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  /** Granted scopes, separated by spaces. Undefined if the server named none: then they are the requested ones. */
  readonly scope: string | undefined;
  readonly receivedAt: number;
  /** Undefined if neither the response nor the token has it: then only a 401 shows that the token has expired. */
  readonly expiresAt: number | undefined;
  /** Claims of the access token. Undefined for an opaque token. */
  readonly claims: JwtClaims | undefined;
  /** Claims of the id token, if there is one. */
  readonly idClaims: JwtClaims | undefined;
  /** The response body as it was received, for the app's own properties. */
  readonly response: unknown;
}

/** How a response was received. */
export interface Receipt {
  /** When the response was received, epoch ms on the session's clock. */
  readonly receivedAt: number;
  /** The response's `Date` header, epoch ms. */
  readonly serverDate?: number | undefined;
  /** Best estimate of the server's time at receipt, epoch ms. @default receivedAt */
  readonly serverNow?: number | undefined;
  /** The tokens that were exchanged. A refresh or id token that the response leaves out is kept from here. */
  readonly previous?: TokenSet | undefined;
  /** Keeps other properties of {@link TokenSet.response} that the response leaves out. @default false */
  readonly keepResponseProperties?: boolean | undefined;
}

/**
 * Turns a response into tokens with instants.
 *
 * A refresh response may leave the refresh token out; the old one then stays valid.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function tokenSet(response: TokenResponse, receipt: Receipt): TokenSet {
  const { receivedAt, previous, keepResponseProperties } = receipt;
  const claims = claimsOf(response.accessToken);
  const lifetimeMs = plausible(accessLifetimeMs(response, claims, receipt));
  const idToken = response.idToken ?? previous?.idToken;
  const tokens = {
    accessToken: response.accessToken,
    tokenType: response.tokenType,
    refreshToken: response.refreshToken ?? previous?.refreshToken,
    idToken,
    scope: response.scope ?? previous?.scope,
    receivedAt,
    expiresAt: lifetimeMs === undefined ? undefined : receivedAt + lifetimeMs,
    response: keepResponseProperties ? { ...Object(previous?.response), ...Object(response.body) } : response.body,
  };
  return withClaims(tokens, claims);
}

/** Adds the claims, which are decoded when they are first read: that takes a millisecond of a page's start. */
export function withClaims(
  tokens: Omit<TokenSet, 'claims' | 'idClaims'>,
  claims = claimsOf(tokens.accessToken),
): TokenSet {
  const idClaims = claimsOf(tokens.idToken);
  return {
    ...tokens,
    get claims() {
      return claims();
    },
    get idClaims() {
      return idClaims();
    },
  };
}

/** Whether the access token has expired. @param at epoch ms on the session's clock */
export function hasExpired({ expiresAt }: TokenSet, at: number): boolean {
  return expiresAt !== undefined && expiresAt <= at;
}

/** Returns the user's `sub`, from the id token or else the access token; `undefined` if neither has one. */
export function subjectOf(tokens: TokenSet): string | undefined {
  const subject = tokens.idClaims?.['sub'] ?? tokens.claims?.['sub'];
  return typeof subject === 'string' ? subject : undefined;
}

/** Decodes the claims of a JWT, without verifying it; `undefined` for anything else. */
export function jwtClaims(token: string | undefined): JwtClaims | undefined {
  if (token?.split('.').length !== 3) return undefined;
  const claims: unknown = attempt(() => jwtDecode(token), undefined);
  return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as JwtClaims) : undefined;
}

/** Returns a function that decodes the claims of a JWT once. */
function claimsOf(token: string | undefined): () => JwtClaims | undefined {
  let decoded: { readonly claims: JwtClaims | undefined } | undefined;
  return () => {
    decoded ||= { claims: jwtClaims(token) };
    return decoded.claims;
  };
}

/** With a longer lifetime, the expiry would be no date. It counts as unknown. */
const longestLifetimeMs = 8e15;

function plausible(lifetimeMs: number | undefined): number | undefined {
  return lifetimeMs !== undefined && lifetimeMs > longestLifetimeMs ? undefined : lifetimeMs;
}

/**
 * Returns how long the access token lives from receipt. The first that is known counts:
 *
 * 1. the expiry that the app itself read from the response, and the server's time
 * 2. `expires_in`
 * 3. `exp` and the response's `Date`
 * 4. `exp` and `iat`, unless `iat` is not newer than before: then it is the time of the login
 * 5. `exp`, and how much later it is than before
 * 6. `exp` and the estimated time of the server, which is the device's clock if no response had a `Date`
 */
function accessLifetimeMs(
  response: TokenResponse,
  claims: () => JwtClaims | undefined,
  { receivedAt, serverDate, serverNow = receivedAt, previous }: Receipt,
): number | undefined {
  const ownExpiry = instantMs(response.expiresAtSeconds);
  if (ownExpiry !== undefined) return ownExpiry - (serverDate ?? serverNow);
  if (response.expiresInSeconds !== undefined) return response.expiresInSeconds * 1000;
  const expires = instantMs(claims()?.['exp']);
  if (expires === undefined) return undefined;
  if (serverDate !== undefined) return expires - serverDate;
  const issued = instantMs(claims()?.['iat']);
  const issuedBefore = instantMs(previous?.claims?.['iat']) ?? Number.NEGATIVE_INFINITY;
  if (issued !== undefined && issued > issuedBefore) return expires - issued;
  const expiredBefore = instantMs(previous?.claims?.['exp']);
  if (expiredBefore === undefined || previous?.expiresAt === undefined) return expires - serverNow;
  return previous.expiresAt + (expires - expiredBefore) - receivedAt;
}

function instantMs(value: unknown): number | undefined {
  const seconds = instantSeconds(value);
  return seconds === undefined ? undefined : seconds * 1000;
}
