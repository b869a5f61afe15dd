import { AuthError } from '../errors.js';

/** A checked response of the token endpoint (RFC 6749 §5.1). An unset property is one that the server left out. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  readonly scope?: string | undefined;
  /** Lifetime of the access token in seconds, counted from receipt. */
  readonly expiresInSeconds?: number | undefined;
  /** Expiry in seconds since the epoch, for servers that name an instant. Replaces the lifetime and the token's own `exp`. */
  readonly expiresAtSeconds?: number | undefined;
  /** The response body as it was received. */
  readonly body: unknown;
}

/**
 * Reads a response of the token, login or signup endpoint.
 *
 * @throws {AuthError} `invalid_token_response` if the response has no access token
 * @example
 * const readTokenResponse: TokenResponseReader = body => tokenResponse({ access_token: body.jwt, expires_in: body.ttl });
 */
export type TokenResponseReader = (body: unknown) => TokenResponse;

/**
 * Reads a response in the shape of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3.
 *
 * Only own properties are read, so a polluted prototype adds nothing. An unusable refresh or id token is left out.
 *
 * @throws {AuthError} `invalid_token_response` if there is no access token, or its type has other rules than `Bearer`
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function tokenResponse(body: unknown): TokenResponse {
  const accessToken = text(own(body, 'access_token'));
  if (accessToken === undefined) throw invalid(`Token not found in response: no access_token, ${found(body)}.`);
  const scope = own(body, 'scope');
  return {
    accessToken,
    tokenType: tokenType(own(body, 'token_type')),
    refreshToken: text(own(body, 'refresh_token')),
    idToken: text(own(body, 'id_token')),
    scope: typeof scope === 'string' ? scope : undefined,
    expiresInSeconds: seconds(own(body, 'expires_in')),
    body,
  };
}

/**
 * Returns an instant in seconds since the epoch, from a number or a string of digits. Milliseconds are recognised by
 * their size and converted. Anything else is unknown.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-2 NumericDate
 */
export function instantSeconds(value: unknown): number | undefined {
  const number = seconds(value);
  if (number === undefined || number <= 0) return undefined;
  return number > 1e11 ? number / 1000 : number;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Token types whose tokens are not sent as a bearer token is. @see https://www.iana.org/assignments/oauth-parameters */
const otherTypes = ['mac', 'pop', 'n_a'];

/** Servers call a bearer token `JWT`, `Token` and more. */
function tokenType(value: unknown = 'Bearer'): 'Bearer' | 'DPoP' {
  const name = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (name === 'dpop') return 'DPoP';
  if (name === null || (typeof name === 'string' && !otherTypes.includes(name))) return 'Bearer';
  throw invalid('The token type is not supported: expected Bearer or DPoP.');
}

/** Returns a string that is not empty; `undefined` for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns an own property; `undefined` for one that a prototype has. */
export function own(from: unknown, key: string): unknown {
  return isObject(from) && Object.getOwnPropertyDescriptor(from, key) ? from[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function found(body: unknown): string {
  if (isObject(body)) return `found ${Object.keys(body).join(', ') || 'an empty object'}`;
  return `found ${body === null ? 'null' : `a value of type ${typeof body}`}`;
}

function invalid(message: string): AuthError {
  return new AuthError('invalid_token_response', message);
}
