import { AuthError } from '../errors.js';
import { attempt } from './attempt.js';

/**
 * The token endpoint's answer, checked (RFC 6749 §5.1). Absent means the server did not say.
 */
export interface TokenResponse {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken?: string;
  readonly idToken?: string;
  readonly scope?: string;
  /** Lifetime of the access token in seconds, counted from receipt. */
  readonly expiresInSeconds?: number;
  /** Expiry as the application's own function gave it: seconds since the epoch. */
  readonly expiresAtSeconds?: number;
  /** The answer itself, with whatever else the server put in. */
  readonly body: unknown;
}

/**
 * Where a home-made server puts a token: `body[prop]`, or `body[prop][name]`, or `body[prop][root][name]`.
 * `prop` and `root` may be dotted. The access token alone is also looked for at `body[name]`.
 */
export interface TokenPath {
  readonly prop: string;
  readonly name: string;
  readonly root?: string | false | undefined;
}

/** How to read a token: by path, or by the application's own function. */
export type TokenSource = TokenPath | ((body: unknown) => unknown);

/** Where a server puts its tokens. */
export interface TokenResponseShape {
  readonly accessToken: TokenSource;
  /** Absent: refresh tokens are not used, even if one is sent. */
  readonly refreshToken?: TokenSource | undefined;
  readonly idToken?: TokenSource | undefined;
  /** Seconds since the epoch at which the access token expires; replaces `expires_in` and the token's own `exp`. */
  readonly expiresAt?: ((body: unknown) => unknown) | undefined;
  /**
   * Keeps what a refresh's answer leaves out of the one before, for the application's own properties.
   * @default false
   */
  readonly keepProperties?: boolean | undefined;
}

/** The shape of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3. */
export const standardShape: TokenResponseShape = {
  accessToken: { prop: 'access_token', name: 'token' },
  refreshToken: { prop: 'refresh_token', name: 'token' },
  idToken: { prop: 'id_token', name: 'token' },
};

/**
 * Reads an answer of the token endpoint, the login route or the signup route.
 *
 * Only own properties are read, so nothing can be smuggled in through a prototype. A missing or unusable refresh or id
 * token is left out; a missing access token throws.
 *
 * @throws {AuthError} `invalid_token_response`
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function tokenResponse(body: unknown, shape: TokenResponseShape = standardShape): TokenResponse {
  const accessToken = accessTokenOf(body, shape.accessToken);
  const refreshToken = optionalToken(body, shape.refreshToken);
  const idToken = optionalToken(body, shape.idToken);
  const scope = own(body, 'scope');
  const expiresInSeconds = seconds(own(body, 'expires_in'));
  const expiresAtSeconds = shape.expiresAt && instantSeconds(shape.expiresAt(body));
  return {
    accessToken,
    tokenType: tokenType(own(body, 'token_type')),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    ...(typeof scope === 'string' && { scope }),
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(expiresAtSeconds !== undefined && { expiresAtSeconds }),
    body,
  };
}

/**
 * An instant in seconds since the epoch, from a number or a string of digits. Milliseconds, a common slip, are
 * recognised by their size and converted. Anything else is unknown, never "for ever".
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

function tokenType(value: unknown): 'Bearer' | 'DPoP' {
  if (value === undefined || value === null) return 'Bearer';
  const name = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (name === 'bearer') return 'Bearer';
  if (name === 'dpop') return 'DPoP';
  throw invalid('The token type is not supported: expected Bearer or DPoP.');
}

function accessTokenOf(body: unknown, source: TokenSource): string {
  const token = text(typeof source === 'function' ? source(body) : (at(body, source) ?? own(body, source.name)));
  if (token !== undefined) return token;
  throw invalid(`Token not found in response: looked ${whereLooked(source)}, ${found(body)}.`);
}

function optionalToken(body: unknown, source: TokenSource | undefined): string | undefined {
  if (!source) return undefined;
  return text(typeof source === 'function' ? attempt(() => source(body), undefined) : at(body, source));
}

function at(body: unknown, { prop, name, root }: TokenPath): unknown {
  const value = walk(body, prop);
  if (!isObject(value)) return typeof value === 'string' ? value : undefined;
  return own((root && walk(value, root)) || value, name);
}

function walk(from: unknown, dotted: string): unknown {
  return dotted.split('.').reduce<unknown>((value, key) => own(value, key), from);
}

/** A text that says something; absent for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A property of its own, not one that a prototype has. */
export function own(from: unknown, key: string): unknown {
  return isObject(from) && Object.getOwnPropertyDescriptor(from, key) ? from[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function whereLooked(source: TokenSource): string {
  if (typeof source === 'function') return 'with the configured function';
  const path = [source.prop, source.root, source.name].filter(Boolean).join('.');
  return `at ${source.prop}, ${path} and ${source.name}`;
}

function found(body: unknown): string {
  if (isObject(body)) return `found ${Object.keys(body).join(', ') || 'an empty object'}`;
  return `found ${body === null ? 'null' : `a value of type ${typeof body}`}`;
}

function invalid(message: string): AuthError {
  return new AuthError('invalid_token_response', message);
}
