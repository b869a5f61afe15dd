import type { HttpClient } from 'aurelia-fetch-client';

/** Options for the addresses of the app's server. */
export interface ServerOptions {
  /**
   * The `HttpClient` for the plugin's own requests, or the name of an aurelia-api endpoint. `''` is the default endpoint. If
   * unset, the container's `HttpClient`.
   * @default null
   */
  endpoint?: HttpClient | string | null;
  /**
   * The clients whose requests carry the token: `HttpClient`s, or names of aurelia-api endpoints. If unset, those passed to
   * `FetchConfig.configure()`.
   * @default null
   */
  configureEndpoints?: readonly (HttpClient | string)[] | null;
  /**
   * Prefix of the URLs below and of each provider's `url`. It follows the client's own base URL. Absolute URLs get neither
   * prefix.
   * @default ''
   */
  baseUrl?: string | null;
  /** Login endpoint. Receives the credentials by POST and responds with tokens. @default '/auth/login' */
  loginUrl?: string;
  /** Logout endpoint, requested with the access token. If unset, logout sends no request. @default null */
  logoutUrl?: string | null;
  /** HTTP method of the request to `logoutUrl`. @default 'get' */
  logoutMethod?: string;
  /** Signup endpoint. Receives the new user's data by POST. @default '/auth/signup' */
  signupUrl?: string;
  /** Profile endpoint, for `getMe()` and `updateMe()`. @default '/auth/me' */
  profileUrl?: string;
  /** HTTP method of `updateMe()`: `'put'` sends PUT, every other value sends PATCH. @default 'put' */
  profileMethod?: string;
  /** Endpoint of `unlink()`. The provider's name is appended to it. @default '/auth/unlink/' */
  unlinkUrl?: string;
  /** HTTP method of the request to `unlinkUrl`. @default 'get' */
  unlinkMethod?: string;
  /** Token endpoint. Receives the refresh token by POST and responds with tokens. If unset, `loginUrl`. @default null */
  refreshTokenUrl?: string | null;
  /**
   * Revocation endpoint (RFC 7009). Receives the refresh token after logout, in the background. If unset, nothing is revoked.
   * @default null
   */
  revocationUrl?: string | null;
}

export function serverDefaults(): Required<ServerOptions> {
  return {
    endpoint: null,
    configureEndpoints: null,
    baseUrl: '',
    loginUrl: '/auth/login',
    logoutUrl: null,
    logoutMethod: 'get',
    signupUrl: '/auth/signup',
    profileUrl: '/auth/me',
    profileMethod: 'put',
    unlinkUrl: '/auth/unlink/',
    unlinkMethod: 'get',
    refreshTokenUrl: null,
    revocationUrl: null,
  };
}
