import { AuthError, type TokenResponse, type TokenResponseReader, tokenResponse } from '../core.js';

/**
 * Path of a token in a response: `body[prop]`, or `body[prop][name]`, or `body[prop][root][name]`.
 * `prop` and `root` may be dotted. The access token alone is also looked for at `body[name]`.
 */
export interface TokenPath {
  readonly prop: string;
  readonly name: string;
  readonly root?: string | false | undefined;
}

/** How to read a token: by path, or by the app's own function. */
export type TokenSource = TokenPath | ((body: unknown) => unknown);

/** Where a server puts its tokens. */
export interface TokenSources {
  readonly accessToken: TokenSource;
  /** If unset, refresh tokens are not used, even if one is sent. */
  readonly refreshToken?: TokenSource | undefined;
  readonly idToken?: TokenSource | undefined;
  /** Path and unit of the access token's lifetime. If unset, `expires_in` in seconds. */
  readonly expiresIn?: { readonly prop: string; readonly unitMs: number } | undefined;
  /** Returns the expiry of the access token in seconds since the epoch. Replaces `expires_in` and the token's own `exp`. */
  readonly expiresAt?: ((body: unknown) => unknown) | undefined;
}

/** Reads the responses of servers that put their tokens elsewhere than RFC 6749 does. */
export function tokenResponseReader(sources: TokenSources): TokenResponseReader {
  return body => {
    const expiresAt: unknown = sources.expiresAt?.(body);
    const isInstant = typeof expiresAt === 'number' || (typeof expiresAt === 'string' && expiresAt.trim() !== '');
    const read: TokenResponse = tokenResponse({
      access_token: accessToken(body, sources.accessToken),
      token_type: own(body, 'token_type'),
      refresh_token: optionalToken(body, sources.refreshToken),
      id_token: optionalToken(body, sources.idToken),
      scope: own(body, 'scope'),
      expires_in: lifetimeSeconds(body, sources.expiresIn),
    });
    return { ...read, expiresAtSeconds: isInstant ? Number(expiresAt) : undefined, body };
  };
}

function accessToken(body: unknown, source: TokenSource): unknown {
  const token = typeof source === 'function' ? source(body) : (at(body, source) ?? own(body, source.name));
  if (typeof token === 'string' && token !== '') return token;
  const message = `Token not found in response: looked ${whereLooked(source)}, ${found(body)}.`;
  throw new AuthError('invalid_token_response', message);
}

function optionalToken(body: unknown, source: TokenSource | undefined): unknown {
  if (typeof source !== 'function') return source && at(body, source);
  try {
    return source(body);
  } catch {
    return undefined;
  }
}

function lifetimeSeconds(body: unknown, { prop, unitMs } = { prop: 'expires_in', unitMs: 1000 }): unknown {
  const value = walk(body, prop);
  const isText = typeof value === 'string' && value.trim() !== '';
  return typeof value === 'number' || isText ? (Number(value) * unitMs) / 1000 : undefined;
}

function at(body: unknown, { prop, name, root }: TokenPath): unknown {
  const value = walk(body, prop);
  if (!isObject(value)) return typeof value === 'string' ? value : undefined;
  return own((root && walk(value, root)) || value, name);
}

function walk(from: unknown, dotted: string): unknown {
  return String(dotted)
    .split('.')
    .reduce<unknown>((value, key) => own(value, key), from);
}

function own(from: unknown, key: string): unknown {
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
