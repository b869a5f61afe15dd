import type { HttpClient } from 'aurelia-fetch-client';
import type {
  BearerActivity,
  BrowserPortsOptions,
  IdleTimeoutOptions,
  RefreshClassification,
  RefreshGrantOptions,
  RefreshResponse,
  RevocationOptions,
  SessionOptions,
  TokenPath,
  TokenResponseShape,
  TokenStore,
} from '../core.js';
import { type AuthProvider, knownProviders } from './auth-provider.js';

/** An address to go to, in the manner of `location.href`; anything falsy: stay. */
export type RedirectTarget = string | false | null | undefined;

/** The options of an OpenID provider: `OpenIdConnectOptions` of `aurelia-auth-refresh/oidc`, which fills this type in. */
export interface OidcSettings {
  readonly issuer: string;
}

/**
 * The plugin's options. All are optional. Those that aurelia-authentication had keep its names, defaults and meaning.
 *
 * @example
 * aurelia.use.plugin(configure, {
 *   baseUrl: 'https://api.example.com/',
 *   loginUrl: 'auth/login',
 *   refreshTokenUrl: 'auth/token',
 *   useRefreshToken: true,
 * });
 */
export interface AuthConfig {
  // --- where the server is ---

  /**
   * The `HttpClient` for the plugin's own requests, or the name of an aurelia-api endpoint (`''`: the default one).
   * `null`: the container's `HttpClient`.
   * @default null
   */
  endpoint?: HttpClient | string | null;
  /**
   * `HttpClient`s, or names of aurelia-api endpoints, that carry the token. `null`: those given to
   * `FetchConfig.configure()`.
   * @default null
   */
  configureEndpoints?: readonly (HttpClient | string)[] | null;
  /**
   * Stands before the addresses below and each provider's `url`, behind the client's own base URL. Absolute addresses
   * need neither.
   * @default ''
   */
  baseUrl?: string | null;
  /** POST with the credentials, answered with tokens. @default '/auth/login' */
  loginUrl?: string;
  /** Requested on logout, with the token. `null`: logging out is a matter of the browser alone. @default null */
  logoutUrl?: string | null;
  /** The method for `logoutUrl`. @default 'get' */
  logoutMethod?: string;
  /** POST with what is known of the new user. @default '/auth/signup' */
  signupUrl?: string;
  /** Read by `getMe()`, changed by `updateMe()`. @default '/auth/me' */
  profileUrl?: string;
  /** `'put'` updates with PUT, anything else with PATCH. @default 'put' */
  profileMethod?: string;
  /** Requested by `unlink()`. The provider's name is put right behind it. @default '/auth/unlink/' */
  unlinkUrl?: string;
  /** The method for `unlinkUrl`. @default 'get' */
  unlinkMethod?: string;
  /** POST with the refresh token, answered with tokens. `null`: the same as `loginUrl`. @default null */
  refreshTokenUrl?: string | null;
  /** Where the refresh token is revoked after logout (RFC 7009), in the background. `null`: nowhere. @default null */
  revocationUrl?: string | null;

  // --- where the user goes ---

  /** After login, and for a signed-in user who opens the login route. Falsy: stay. @default '#/' */
  loginRedirect?: RedirectTarget;
  /** After logout. @default '#/' */
  logoutRedirect?: RedirectTarget;
  /** The router fragment to which the guard sends those who are not signed in. @default '/login' */
  loginRoute?: string;
  /** After login, goes where the guard stopped the user, instead of to `loginRedirect`. @default false */
  returnAfterLogin?: boolean;
  /** Whether the answer to a signup has tokens in it, which then sign the user in. @default true */
  loginOnSignup?: boolean;
  /**
   * After signup. With `loginOnSignup` the default stands for `loginRedirect`: the user is signed in.
   * @default '#/login'
   */
  signupRedirect?: RedirectTarget;
  /**
   * When the token ran out without a way to refresh, the server refused to refresh, or the user was away for too long.
   * @default '#/'
   */
  expiredRedirect?: RedirectTarget;
  /** When the user logged in or out in another tab, or another user did. @default '#/' */
  storageChangedRedirect?: RedirectTarget;
  /** Loads the page again in that case. @default false */
  storageChangedReload?: boolean;

  // --- the token in requests ---

  /**
   * Off: requests carry no token, and a 401 is left alone.
   * @default true
   */
  httpInterceptor?: boolean;
  /**
   * Which requests may carry the token: URLs, absolute or relative to the page, each with whatever lies under its path.
   * The list replaces the default. `null`: the origins of the configured clients' base URLs (the page's own, where that
   * is empty) and of an absolute `baseUrl`. A token never goes anywhere else, and over plain `http:` only to this
   * machine.
   * @default null
   */
  protectedUrls?: readonly string[] | null;
  /** The name of the header that carries the token. @default 'Authorization' */
  authHeader?: string;
  /** What stands before the token, with a space between; falsy: the bare token. @default 'Bearer' */
  authTokenType?: string | false | null;
  /**
   * Logs out when a request is answered with 401 although its token is valid and a refreshed one fares no better.
   * @default false
   */
  logoutOnInvalidToken?: boolean;
  /** The longest that a request, and the guard, wait for a refreshed token, in seconds. @default 10 */
  tokenWaitSeconds?: number;
  /** Told when a request is held, released, rejected and sent again. Never of a token. @default null */
  onActivity?: ((activity: BearerActivity) => void) | null;

  // --- the token in answers ---

  /**
   * `'cookie'`: the server keeps all tokens and knows its user by a cookie, as a backend for frontend does. Its answers need
   * `expires_in` alone; requests carry `X-Requested-With` instead of a token, and the refresh token counts as in a cookie too.
   * @default 'body'
   */
  accessTokenIn?: 'body' | 'cookie';
  /** Where the access token is in the answer; may be dotted. @default 'access_token' */
  accessTokenProp?: string;
  /** Its key inside, where that is an object; also looked for at the top. @default 'token' */
  accessTokenName?: string;
  /** A further path between the two. @default false */
  accessTokenRoot?: string | false;
  /** The same for the refresh token, but never looked for at the top. @default 'refresh_token' */
  refreshTokenProp?: string;
  /** Its key inside, where that is an object. @default 'token' */
  refreshTokenName?: string;
  /** A further path between the two. @default false */
  refreshTokenRoot?: string | false;
  /** The same for the id token. @default 'id_token' */
  idTokenProp?: string;
  /** Its key inside, where that is an object. @default 'token' */
  idTokenName?: string;
  /** A further path between the two. @default false */
  idTokenRoot?: string | false;
  /** Reads the access token, instead of the options above. @default null */
  getAccessTokenFromResponse?: ((response: unknown) => unknown) | null;
  /** Reads the refresh token. Called with `useRefreshToken` only. @default null */
  getRefreshTokenFromResponse?: ((response: unknown) => unknown) | null;
  /**
   * When the access token expires, in seconds since the epoch. Called once, when the answer arrives. `null`: by
   * `expires_in`, else by the token's own `exp`.
   * @default null
   */
  getExpirationDateFromResponse?: ((response: unknown) => unknown) | null;
  /** Keeps what a refresh's answer leaves out of the one before. A login starts anew. @default false */
  keepOldResponseProperties?: boolean;

  // --- refreshing ---

  /** Uses refresh tokens at all. @default false */
  useRefreshToken?: boolean;
  /** Refreshes by itself, shortly before expiry and when a request needs it. @default true */
  autoUpdateToken?: boolean;
  /** `'body'`: in answers and bodies. `'cookie'`: in an `HttpOnly` cookie that no script can read. @default 'body' */
  refreshTokenIn?: 'body' | 'cookie';
  /** The body's name for the refresh token. @default 'refresh_token' */
  refreshTokenSubmitProp?: string;
  /** Sent as `client_id` with login and refresh. @default false */
  clientId?: string | false | null;
  /** Sent as `client_secret` with login and refresh. A browser cannot keep a secret. @default null */
  clientSecret?: string | null;
  /**
   * Headers of login and refresh. With `application/x-www-form-urlencoded` the body is encoded accordingly.
   * @default { 'Content-Type': 'application/json' }
   */
  defaultHeadersForTokenRequests?: Readonly<Record<string, string>>;
  /** Sends the old access token along when refreshing, in `authHeader`. @default true */
  sendAccessTokenOnRefresh?: boolean;
  /**
   * After how many seconds without an answer a refresh is given up, to be tried again; also how long logout waits for
   * `logoutUrl`.
   * @default 10
   */
  refreshTimeoutSeconds?: number;
  /**
   * What an answer without tokens means: `'refused'` ends the session, `'postponed'` tries again. `null`: a 400, 401 or
   * 403 of the endpoint itself refuses.
   * @default null
   */
  classifyRefreshResponse?: ((answer: RefreshResponse) => RefreshClassification) | null;

  // --- where the session rests ---

  /**
   * The name of a global with `getItem`, `setItem` and `removeItem`, or `'memory'`, or a `TokenStore`. Tabs share the
   * session in `localStorage` alone.
   * @default 'localStorage'
   */
  storage?: string | TokenStore;
  /** What it is kept under there. Applications that share an origin need one each. @default 'aurelia_authentication' */
  storageKey?: string;
  /** After how many seconds without a sign of the user, in any tab, the session ends. `null`: never. @default null */
  idleTimeoutSeconds?: number | null;
  /** How many seconds before that `onIdleCountdown` begins. @default 60 */
  idleCountdownSeconds?: number;
  /** Told every second of the seconds left, and once of `undefined` when the user is back. @default null */
  onIdleCountdown?: ((secondsLeft: number | undefined) => void) | null;

  // --- templates ---

  /**
   * Value converters for all templates: `authFilterValueConverter`, `authenticatedFilterValueConverter`,
   * `authenticatedValueConverter`.
   * @default ['authFilterValueConverter']
   */
  globalValueConverters?: readonly string[];

  // --- providers ---

  /** Kept for configurations of aurelia-authentication; both values are seen to in the same way. @default 'browser' */
  platform?: 'browser' | 'mobile' | (string & {});
  /** Sends cookies along when a provider's code is exchanged. @default true */
  withCredentials?: boolean;
  /**
   * By name; merged into those that are known: facebook, google, github, instagram, linkedin, twitter, twitch, live,
   * yahoo, bitbucket, azure_ad, auth0. Each needs a `clientId` of your own.
   * @default the known ones
   */
  providers?: Readonly<Record<string, AuthProvider>>;
  /**
   * The OpenID provider where `login()` without credentials signs in: `issuer`, `clientId`, `redirectUri`, … Needs the plugin
   * of `aurelia-auth-refresh/oidc` before this one. @default null
   */
  oidc?: OidcSettings | null;
}

/** Every option with a value. */
export type AuthSettings = { [Name in keyof AuthConfig]-?: AuthConfig[Name] };

export function defaultSettings(): AuthSettings {
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
    loginRedirect: '#/',
    logoutRedirect: '#/',
    loginRoute: '/login',
    returnAfterLogin: false,
    loginOnSignup: true,
    signupRedirect: '#/login',
    expiredRedirect: '#/',
    storageChangedRedirect: '#/',
    storageChangedReload: false,
    httpInterceptor: true,
    protectedUrls: null,
    authHeader: 'Authorization',
    authTokenType: 'Bearer',
    logoutOnInvalidToken: false,
    tokenWaitSeconds: 10,
    onActivity: null,
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
    getAccessTokenFromResponse: null,
    getRefreshTokenFromResponse: null,
    getExpirationDateFromResponse: null,
    keepOldResponseProperties: false,
    useRefreshToken: false,
    autoUpdateToken: true,
    refreshTokenIn: 'body',
    refreshTokenSubmitProp: 'refresh_token',
    clientId: false,
    clientSecret: null,
    defaultHeadersForTokenRequests: { 'Content-Type': 'application/json' },
    sendAccessTokenOnRefresh: true,
    refreshTimeoutSeconds: 10,
    classifyRefreshResponse: null,
    revocationUrl: null,
    idleTimeoutSeconds: null,
    idleCountdownSeconds: 60,
    onIdleCountdown: null,
    storage: 'localStorage',
    storageKey: 'aurelia_authentication',
    globalValueConverters: ['authFilterValueConverter'],
    platform: 'browser',
    withCredentials: true,
    providers: knownProviders(),
    oidc: null,
  };
}

/** The header that carries the token, and what stands before it. With a cookie, it is one that only the page's own scripts send. */
export function tokenHeader({ accessTokenIn, authHeader, authTokenType }: AuthSettings) {
  if (accessTokenIn === 'cookie') return { headerName: 'X-Requested-With', scheme: '' };
  return { headerName: authHeader, scheme: authTokenType || '' };
}

/** The name and the value of the header that carries a token. */
export function headerOf(settings: AuthSettings, token: string): readonly [string, string] {
  const { headerName, scheme } = tokenHeader(settings);
  return [headerName, scheme ? `${scheme} ${token}` : token];
}

/** Whether the refresh token is where no script can read it. */
export function refreshesByCookie({ accessTokenIn, refreshTokenIn }: AuthSettings): boolean {
  return accessTokenIn === 'cookie' || refreshTokenIn === 'cookie';
}

/** `client_id` and `client_secret`, as far as they are configured. */
export function clientParameters({ clientId, clientSecret }: AuthSettings): Record<string, string> {
  return { ...(clientId && { client_id: clientId }), ...(clientSecret && { client_secret: clientSecret }) };
}

/** What of the HTTP client a refresh goes by. It may be configured after the plugin was, so it is asked each time. */
export interface RefreshClient {
  /** The absolute address of one of the server's routes. */
  urlOf(path: string): string;
  readonly defaultHeaders: Readonly<Record<string, string>>;
  readonly credentials: RequestCredentials | undefined;
}

/** The options as the framework-free session understands them. */
export function sessionOptions(
  settings: AuthSettings,
  client: RefreshClient,
  onError: (error: unknown) => void,
): SessionOptions {
  return {
    refresh: settings.useRefreshToken ? refreshGrantOptions(settings, client) : undefined,
    automatic: settings.autoUpdateToken,
    shape: tokenShape(settings),
    tokenWaitSeconds: settings.tokenWaitSeconds,
    revocation: settings.revocationUrl ? revocationOptions(settings.revocationUrl, settings, client) : undefined,
    onError,
  };
}

/** Where the session is kept. */
export function storageOptions(
  { storage, storageKey }: AuthSettings,
  onError: (error: unknown) => void,
): BrowserPortsOptions {
  return { storage, storageKey, onError };
}

/** When a user counts as gone; absent where that is never. */
export function idleTimeoutOptions(settings: AuthSettings): IdleTimeoutOptions | undefined {
  const { idleTimeoutSeconds: timeoutSeconds, idleCountdownSeconds: countdownSeconds, onIdleCountdown } = settings;
  if (!timeoutSeconds) return undefined;
  return { timeoutSeconds, countdownSeconds, onCountdown: onIdleCountdown ?? undefined };
}

function refreshGrantOptions(settings: AuthSettings, client: RefreshClient): RefreshGrantOptions {
  return {
    get url() {
      return client.urlOf(settings.refreshTokenUrl || settings.loginUrl);
    },
    get parameters() {
      return clientParameters(settings);
    },
    get headers() {
      return mergedHeaders(client.defaultHeaders, settings.defaultHeadersForTokenRequests);
    },
    get credentials() {
      return client.credentials ?? (refreshesByCookie(settings) ? 'include' : 'same-origin');
    },
    refreshTokenIn: refreshesByCookie(settings) ? 'cookie' : 'body',
    refreshTokenParameter: settings.refreshTokenSubmitProp,
    sendAccessToken: settings.sendAccessTokenOnRefresh && settings.accessTokenIn === 'body',
    header: ({ accessToken }) => headerOf(settings, accessToken),
    timeoutSeconds: settings.refreshTimeoutSeconds,
    ...(settings.classifyRefreshResponse && { verdict: settings.classifyRefreshResponse }),
  };
}

function revocationOptions(url: string, settings: AuthSettings, client: RefreshClient): RevocationOptions {
  return {
    get url() {
      return client.urlOf(url);
    },
    get parameters() {
      return clientParameters(settings);
    },
  };
}

function tokenShape(settings: AuthSettings): TokenResponseShape {
  const { getAccessTokenFromResponse, getRefreshTokenFromResponse, getExpirationDateFromResponse } = settings;
  if (settings.accessTokenIn === 'cookie') {
    return {
      accessToken: inCookie,
      expiresAt: getExpirationDateFromResponse ?? undefined,
      keepProperties: settings.keepOldResponseProperties,
    };
  }
  const refreshToken = getRefreshTokenFromResponse ?? tokenPath(settings, 'refreshToken');
  return {
    accessToken: getAccessTokenFromResponse ?? tokenPath(settings, 'accessToken'),
    refreshToken: settings.useRefreshToken ? refreshToken : undefined,
    idToken: tokenPath(settings, 'idToken'),
    expiresAt: getExpirationDateFromResponse ?? undefined,
    keepProperties: settings.keepOldResponseProperties,
  };
}

/** In place of an access token that no script can read: another text for each, which means nothing to a server. */
function inCookie(): string {
  return `in-cookie-${Math.random().toString(36).slice(2)}`;
}

function tokenPath(settings: AuthSettings, kind: 'accessToken' | 'refreshToken' | 'idToken'): TokenPath {
  return { prop: settings[`${kind}Prop`], name: settings[`${kind}Name`], root: settings[`${kind}Root`] };
}

/** One record of headers out of several, whose names may differ in case; later ones win. */
export function mergedHeaders(...records: (HeadersInit | undefined)[]): Record<string, string> {
  const merged = new Headers();
  for (const record of records) {
    const isIterable = record instanceof Headers || Array.isArray(record);
    for (const [name, value] of isIterable ? record : Object.entries(record ?? {})) merged.set(name, value);
  }
  return Object.fromEntries(merged);
}
