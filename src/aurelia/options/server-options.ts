import type { HttpClient } from 'aurelia-fetch-client';
import { type Checks, hasOnly } from './checks.js';
import { type RequestFields, withoutNulls } from './request-fields.js';

/** The body and the headers of the logout request. */
export interface LogoutRequest {
  /** Name of the body field that holds the refresh token. @default 'refresh_token' */
  readonly refreshTokenParameter?: string;
  /** Fields to add to the body, or to replace or leave out. */
  readonly parameters?: RequestFields;
  /** Headers to add or replace. The body is encoded according to `Content-Type`. */
  readonly headers?: Readonly<Record<string, string>>;
}

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
  /**
   * Sends a body with the refresh token to `logoutUrl`, such as `{ refreshTokenParameter: 'refresh' }`. May add `parameters` and
   * `headers`; a parameter set to `null` is left out. Headers and encoding default to `defaultHeadersForTokenRequests`. If unset,
   * the logout request has no body.
   * @default null
   */
  logoutRequest?: LogoutRequest | null;
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
    logoutRequest: null,
    signupUrl: '/auth/signup',
    profileUrl: '/auth/me',
    profileMethod: 'put',
    unlinkUrl: '/auth/unlink/',
    unlinkMethod: 'get',
    refreshTokenUrl: null,
    revocationUrl: null,
  };
}

export const serverChecks: Checks<ServerOptions> = {
  logoutRequest: (value, settings, name) => [
    ...hasOnly('refreshTokenParameter', 'parameters', 'headers')(value, settings, name),
    ...(value && /^(get|head)$/i.test(settings.logoutMethod)
      ? ['"logoutRequest" needs a "logoutMethod" with a body, such as "post".']
      : []),
  ],
};

/** Returns the fields of the logout request's body. Undefined without a body. */
export function logoutFields(
  { logoutRequest }: Required<ServerOptions>,
  refreshToken: string | undefined,
): Record<string, unknown> | undefined {
  if (!logoutRequest) return undefined;
  const { refreshTokenParameter = 'refresh_token', parameters } = logoutRequest;
  return { [refreshTokenParameter]: refreshToken, ...withoutNulls(parameters) };
}
