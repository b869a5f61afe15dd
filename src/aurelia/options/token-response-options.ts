import type { TokenResponseReader } from '../../core.js';
import { type TokenPath, tokenResponseReader } from '../token-response-reader.js';
import type { Unchecked } from '../unchecked.js';
import { type Checks, isOneOf } from './checks.js';

/** Options for reading tokens from responses. */
export interface TokenResponseOptions {
  /**
   * Where the access token is kept. `'cookie'`: the server keeps all tokens and identifies the user by a cookie, as a backend for
   * frontend does. Its responses need `expires_in` only. Requests then carry `X-Requested-With` instead of a token, and the
   * refresh token counts as kept in a cookie too.
   * @default 'body'
   */
  accessTokenIn?: 'body' | 'cookie';
  /** Property of the response that holds the access token. May be a dotted path. @default 'access_token' */
  accessTokenProp?: string;
  /** Key of the access token, if `accessTokenProp` is an object. Also read at the top of the response. @default 'token' */
  accessTokenName?: string;
  /** Path between `accessTokenProp` and `accessTokenName`. @default false */
  accessTokenRoot?: string | false;
  /** Property of the response that holds the refresh token. May be a dotted path. @default 'refresh_token' */
  refreshTokenProp?: string;
  /** Key of the refresh token, if `refreshTokenProp` is an object. @default 'token' */
  refreshTokenName?: string;
  /** Path between `refreshTokenProp` and `refreshTokenName`. @default false */
  refreshTokenRoot?: string | false;
  /** Property of the response that holds the ID token. May be a dotted path. @default 'id_token' */
  idTokenProp?: string;
  /** Key of the ID token, if `idTokenProp` is an object. @default 'token' */
  idTokenName?: string;
  /** Path between `idTokenProp` and `idTokenName`. @default false */
  idTokenRoot?: string | false;
  /** Property of the response that holds the lifetime of the access token. May be a dotted path. @default 'expires_in' */
  expiresInProp?: string;
  /** Unit of the value at `expiresInProp`. @default 'seconds' */
  expiresInUnit?: 'seconds' | 'milliseconds';
  /** Returns the access token of a response. Replaces the options for its path. @default null */
  getAccessTokenFromResponse?: ((response: Unchecked) => unknown) | null;
  /** Returns the refresh token of a response. Only called with `useRefreshToken`. @default null */
  getRefreshTokenFromResponse?: ((response: Unchecked) => unknown) | null;
  /**
   * Returns when the access token expires, in seconds since the epoch. Called once for each response. If unset, the
   * lifetime at `expiresInProp` counts, then `exp` of the token.
   * @default null
   */
  getExpirationDateFromResponse?: ((response: Unchecked) => unknown) | null;
  /** Keeps properties of the previous response that a refresh response omits. A login discards them. @default false */
  keepOldResponseProperties?: boolean;
}

export function tokenResponseDefaults(): Required<TokenResponseOptions> {
  return {
    accessTokenIn: 'body',
    accessTokenProp: 'access_token',
    accessTokenName: 'token',
    accessTokenRoot: false,
    refreshTokenProp: 'refresh_token',
    refreshTokenName: 'token',
    refreshTokenRoot: false,
    idTokenProp: 'id_token',
    idTokenName: 'token',
    idTokenRoot: false,
    expiresInProp: 'expires_in',
    expiresInUnit: 'seconds',
    getAccessTokenFromResponse: null,
    getRefreshTokenFromResponse: null,
    getExpirationDateFromResponse: null,
    keepOldResponseProperties: false,
  };
}

export const tokenResponseChecks: Checks<TokenResponseOptions> = {
  accessTokenIn: isOneOf('body', 'cookie'),
  expiresInUnit: isOneOf('seconds', 'milliseconds'),
};

interface ReaderSettings extends Required<TokenResponseOptions> {
  /** As in `RefreshOptions`: without it, refresh tokens are not read. */
  readonly useRefreshToken: boolean;
}

/** Returns how the session reads tokens from responses. */
export function tokenReader(settings: ReaderSettings): TokenResponseReader {
  const { getAccessTokenFromResponse, getRefreshTokenFromResponse, getExpirationDateFromResponse } = settings;
  const expiresAt = getExpirationDateFromResponse ?? undefined;
  const expiresIn = { prop: settings.expiresInProp, unitMs: settings.expiresInUnit === 'milliseconds' ? 1 : 1000 };
  if (settings.accessTokenIn === 'cookie')
    return tokenResponseReader({ accessToken: placeholderToken, expiresIn, expiresAt });
  const refreshToken = getRefreshTokenFromResponse ?? tokenPath(settings, 'refreshToken');
  return tokenResponseReader({
    accessToken: getAccessTokenFromResponse ?? tokenPath(settings, 'accessToken'),
    refreshToken: settings.useRefreshToken ? refreshToken : undefined,
    idToken: tokenPath(settings, 'idToken'),
    expiresIn,
    expiresAt,
  });
}

/** Stands for an access token that no script can read. A new value for each response tells versions apart. */
function placeholderToken(): string {
  return `in-cookie-${Math.random().toString(36).slice(2)}`;
}

function tokenPath(settings: ReaderSettings, kind: 'accessToken' | 'refreshToken' | 'idToken'): TokenPath {
  return { prop: settings[`${kind}Prop`], name: settings[`${kind}Name`], root: settings[`${kind}Root`] };
}
