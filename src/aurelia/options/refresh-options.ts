import {
  classifyRefreshResponse,
  type RefreshClassification,
  type RefreshGrantOptions,
  type RefreshResponse,
  type RevocationOptions,
} from '../../core.js';
import { mergedHeaders } from '../merged-headers.js';
import { type Checks, hasOnly, isOneOf, isSeconds } from './checks.js';
import { type RequestFields, withoutNulls } from './request-fields.js';
import type { ServerOptions } from './server-options.js';
import { headerFor, type TokenRequestOptions } from './token-request-options.js';
import type { TokenResponseOptions } from './token-response-options.js';

/** Changes to the refresh request. */
export interface RefreshRequest {
  /** HTTP method. @default 'POST' */
  readonly method?: string;
  /** Fields to add to the body, or to replace or leave out. */
  readonly parameters?: RequestFields;
  /** Headers to add or replace. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Options for refreshing the access token. */
export interface RefreshOptions {
  /** Uses refresh tokens. @default false */
  useRefreshToken?: boolean;
  /** Refreshes shortly before expiry and when a request needs a fresh token. @default true */
  autoUpdateToken?: boolean;
  /**
   * Where the refresh token is kept. `'body'`: in response and request bodies. `'cookie'`: in an `HttpOnly` cookie that no script
   * can read.
   * @default 'body'
   */
  refreshTokenIn?: 'body' | 'cookie';
  /** Name of the body parameter that holds the refresh token. @default 'refresh_token' */
  refreshTokenSubmitProp?: string;
  /** Client identifier. Sent as `client_id` with login and refresh requests. @default false */
  clientId?: string | false | null;
  /** Sent as `client_secret` with login and refresh requests. A browser cannot keep a secret. @default null */
  clientSecret?: string | null;
  /**
   * Headers of login and refresh requests. The value `application/x-www-form-urlencoded` of `Content-Type` encodes the body as a
   * form.
   * @default { 'Content-Type': 'application/json' }
   */
  defaultHeadersForTokenRequests?: Readonly<Record<string, string>>;
  /** Sends the current access token with a refresh request, in `authHeader`. @default true */
  sendAccessTokenOnRefresh?: boolean;
  /**
   * Changes the refresh request: `method`, `parameters` and `headers`. A parameter set to `null` is left out: for a server that
   * rejects unknown fields, `{ parameters: { grant_type: null } }`. The refresh token is named by `refreshTokenSubmitProp`.
   * @default null
   */
  refreshRequest?: RefreshRequest | null;
  /**
   * Time limit of a refresh request, in seconds. A refresh that timed out is retried later. It is also the time limit of the
   * logout request.
   * @default 10
   */
  refreshTimeoutSeconds?: number;
  /**
   * Classifies refresh responses without tokens. `'refused'` ends the session, `'retryable'` retries later, `'unclear'` retries
   * until the access token has expired and the response repeats. If unset, the function `classifyRefreshResponse` of this package.
   * @default null
   */
  classifyRefreshResponse?: ((response: RefreshResponse) => RefreshClassification) | null;
}

export function refreshDefaults(): Required<RefreshOptions> {
  return {
    useRefreshToken: false,
    autoUpdateToken: true,
    refreshTokenIn: 'body',
    refreshTokenSubmitProp: 'refresh_token',
    clientId: false,
    clientSecret: null,
    defaultHeadersForTokenRequests: { 'Content-Type': 'application/json' },
    sendAccessTokenOnRefresh: true,
    refreshRequest: null,
    refreshTimeoutSeconds: 10,
    classifyRefreshResponse: null,
  };
}

type RefreshSettings = Required<RefreshOptions & ServerOptions & TokenRequestOptions & TokenResponseOptions>;

export const refreshChecks: Checks<RefreshOptions, RefreshSettings> = {
  refreshTokenIn: isOneOf('body', 'cookie'),
  refreshRequest: hasOnly('method', 'parameters', 'headers'),
  refreshTimeoutSeconds: isSeconds,
  clientSecret: value =>
    value ? ['"clientSecret" is readable by every user of the page: register a public client without one.'] : [],
  useRefreshToken: (value, { httpInterceptor }) =>
    value && !httpInterceptor
      ? ['"useRefreshToken" has little effect while "httpInterceptor" is off: requests carry no token.']
      : [],
};

/** The properties of an HTTP client that requests of the session use. Read for each request, so later changes apply. */
export interface RefreshClient {
  /** Returns the absolute URL of a path of the server. */
  urlOf(path: string): string;
  readonly defaultHeaders: Readonly<Record<string, string>>;
  readonly credentials: RequestCredentials | undefined;
}

/** Whether the refresh token is kept in a cookie that no script can read. */
export function refreshesByCookie({ accessTokenIn, refreshTokenIn }: RefreshSettings): boolean {
  return accessTokenIn === 'cookie' || refreshTokenIn === 'cookie';
}

/** Returns `client_id` and `client_secret`, as far as they are configured. */
export function clientParameters({ clientId, clientSecret }: RefreshSettings): Record<string, string> {
  return { ...(clientId && { client_id: clientId }), ...(clientSecret && { client_secret: clientSecret }) };
}

/** Returns how the session refreshes. */
export function refreshGrantOptions(settings: RefreshSettings, client: RefreshClient): RefreshGrantOptions {
  return {
    get url() {
      return client.urlOf(settings.refreshTokenUrl || settings.loginUrl);
    },
    get method() {
      return settings.refreshRequest?.method;
    },
    get parameters() {
      return { ...clientParameters(settings), ...withoutNulls(settings.refreshRequest?.parameters) };
    },
    get headers() {
      const { defaultHeadersForTokenRequests, refreshRequest } = settings;
      return mergedHeaders(client.defaultHeaders, defaultHeadersForTokenRequests, refreshRequest?.headers);
    },
    get credentials() {
      return client.credentials ?? (refreshesByCookie(settings) ? 'include' : 'same-origin');
    },
    get refreshTokenIn() {
      return settings.useRefreshToken && refreshesByCookie(settings) ? 'cookie' : 'body';
    },
    get refreshTokenParameter() {
      return settings.refreshTokenSubmitProp;
    },
    get sendAccessToken() {
      return settings.sendAccessTokenOnRefresh && settings.accessTokenIn === 'body';
    },
    header: ({ accessToken }) => headerFor(settings, accessToken),
    get timeoutSeconds() {
      return settings.refreshTimeoutSeconds;
    },
    classifyResponse: response => (settings.classifyRefreshResponse ?? classifyRefreshResponse)(response),
  };
}

/** Returns how the session revokes refresh tokens. Undefined without a revocation endpoint. */
export function revocationOptions(settings: RefreshSettings, client: RefreshClient): RevocationOptions | undefined {
  const { revocationUrl } = settings;
  if (!revocationUrl) return undefined;
  return {
    get url() {
      return client.urlOf(revocationUrl);
    },
    get parameters() {
      return clientParameters(settings);
    },
  };
}
