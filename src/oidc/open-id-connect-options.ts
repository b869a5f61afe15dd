import type { AuthorizationServer } from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { checkOptions, type OptionKinds } from '../session/check-options.js';
import { isLoopback } from '../session/loopback.js';
import type { RefreshResponse } from '../session/refresh-response.js';
import type { RefreshClassification } from '../session/renewal.js';

/** Metadata of an authorization server (RFC 8414, OpenID Connect Discovery). */
export type ProviderMetadata = AuthorizationServer;

/** Options of {@link OpenIdConnect}. */
export interface OpenIdConnectOptions {
  /** Issuer of the provider, exactly as in its discovery document and its id tokens, with or without a trailing slash. */
  readonly issuer: string;
  /** `client_id` that the provider assigned to the application. */
  readonly clientId: string;
  /**
   * Scopes to request, separated by spaces. Many providers return a refresh token only for `offline_access`. Without `openid`, plain
   * OAuth 2.0 is used and no id token is expected.
   * @default 'openid'
   */
  readonly scope?: string;
  /** Page of the application that the provider redirects to. Absolute, or relative to the page, without a fragment. */
  readonly redirectUri: string;
  /**
   * URL of `callback.html` of this package on the application's own origin, for hidden iframes. If unset, silent sign-in is disabled.
   */
  readonly silentRedirectUri?: string | undefined;
  /** URL of `callback.html` of this package, for popups. @default `silentRedirectUri` */
  readonly popupRedirectUri?: string | undefined;
  /** URL that the provider redirects to after the sign-out. If unset, the provider decides. */
  readonly postLogoutRedirectUri?: string | undefined;
  /**
   * How to renew tokens: by the refresh token grant, in a hidden iframe, or by a refresh token first and a hidden iframe second.
   * @default 'auto'
   */
  readonly renewal?: 'refresh-token' | 'silent' | 'auto';
  /**
   * What happens when a hidden iframe reports that the user must sign in. `keep` keeps the session, so that the application can open a
   * sign-in without losing the user's work: `state.degraded` holds the error, and the renewal is retried every five minutes.
   * @default 'end'
   */
  readonly whenLoginRequired?: 'end' | 'keep';
  /**
   * Classifies responses of the token endpoint to a refresh that have no usable tokens.
   * @default classifyRefreshResponse
   */
  readonly classifyRefreshResponse?: (response: RefreshResponse) => RefreshClassification;
  /**
   * Sends the id token as `id_token_hint` with sign-outs and hidden iframes. URLs over 4,096 characters are sent without it.
   * @default true
   */
  readonly idTokenHint?: boolean;
  /**
   * Binds the tokens to a key of this browser (RFC 9449). Rejects tokens that are not bound.
   * @default false
   */
  readonly dpop?: boolean;
  /**
   * Pushes the authorization request to the provider before the redirect (RFC 9126). `auto` does so if the provider supports it, and
   * falls back to a plain request unless the provider requires it.
   * @default 'auto'
   */
  readonly par?: boolean | 'auto';
  /** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
  readonly prompt?: string | undefined;
  /** Additional parameters of each authorization request, such as `audience`. */
  readonly authorizationParameters?: Readonly<Record<string, string>>;
  /** Additional parameters of each token request, such as `resource`. */
  readonly tokenParameters?: Readonly<Record<string, string>>;
  /** Tolerated clock difference for the times in an id token, in seconds. @default 30 */
  readonly clockToleranceSeconds?: number;
  /** Maximum time for a silent sign-in or a request to the provider, in seconds. @default 10 */
  readonly timeoutSeconds?: number;
  /** Metadata of the provider. If unset, the discovery document is fetched. */
  readonly metadata?: ProviderMetadata | undefined;
  /** Client secret, for providers that require one. A browser cannot keep it secret: anyone who opens the page can read it. */
  readonly clientSecret?: string | undefined;
  /** How the client secret is sent. @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /** Called with warnings about the configuration. */
  readonly onWarning?: (message: string) => void;
}

const openIdConnectKinds: OptionKinds = {
  issuer: 'string',
  clientId: 'string',
  scope: 'string',
  redirectUri: 'string',
  silentRedirectUri: 'string',
  popupRedirectUri: 'string',
  postLogoutRedirectUri: 'string',
  renewal: ['refresh-token', 'silent', 'auto'],
  whenLoginRequired: ['end', 'keep'],
  classifyRefreshResponse: 'function',
  idTokenHint: 'boolean',
  dpop: 'boolean',
  par: /^(?:true|false|auto)$/,
  prompt: 'string',
  authorizationParameters: 'object',
  tokenParameters: 'object',
  clockToleranceSeconds: 'seconds',
  timeoutSeconds: 'seconds',
  metadata: 'object',
  clientSecret: 'string',
  clientAuthentication: ['client_secret_basic', 'client_secret_post'],
  onWarning: 'function',
};

/** Options with their defaults and absolute URLs. */
export interface ResolvedOptions extends OpenIdConnectOptions {
  readonly scope: string;
  readonly renewal: 'refresh-token' | 'silent' | 'auto';
  readonly whenLoginRequired: 'end' | 'keep';
  readonly idTokenHint: boolean;
  readonly dpop: boolean;
  readonly par: boolean | 'auto';
  readonly clockToleranceSeconds: number;
  readonly timeoutSeconds: number;
}

/**
 * Validates the options and applies their defaults.
 *
 * @param page URL of the page
 * @throws {AuthError} `invalid_configuration`
 */
export function resolvedOptions(given: OpenIdConnectOptions, page: string): ResolvedOptions {
  checkOptions(given, openIdConnectKinds);
  const set = Object.entries(given).filter(([, value]) => value !== null);
  const options = Object.fromEntries(set) as unknown as OpenIdConnectOptions;
  const { redirectUri, silentRedirectUri, popupRedirectUri = silentRedirectUri, postLogoutRedirectUri } = options;
  validate({ ...options, popupRedirectUri }, page);
  if (options.clientSecret !== undefined) options.onWarning?.(secretWarning);
  const absolute = (uri: string | undefined) => (uri === undefined ? undefined : new URL(uri, page).href);
  return {
    ...options,
    redirectUri: new URL(redirectUri, page).href,
    silentRedirectUri: absolute(silentRedirectUri),
    popupRedirectUri: absolute(popupRedirectUri),
    postLogoutRedirectUri: absolute(postLogoutRedirectUri),
    scope: options.scope ?? 'openid',
    renewal: options.renewal ?? 'auto',
    whenLoginRequired: options.whenLoginRequired ?? 'end',
    idTokenHint: options.idTokenHint ?? true,
    dpop: options.dpop ?? false,
    par: options.par ?? 'auto',
    clockToleranceSeconds: options.clockToleranceSeconds ?? 30,
    timeoutSeconds: options.timeoutSeconds ?? 10,
  };
}

function validate(options: OpenIdConnectOptions, page: string): void {
  const { issuer, clientId, metadata, renewal } = options;
  const { redirectUri, silentRedirectUri, popupRedirectUri, postLogoutRedirectUri } = options;
  if (!clientId) throw misconfigured('clientId is missing. The provider shows it where the application is registered.');
  if (!isSecure(issuer)) throw misconfigured(`issuer must be an https: URL, and "${issuer}" is not.`);
  if (metadata !== undefined && metadata.issuer !== issuer) {
    throw misconfigured(`issuer is "${issuer}", and metadata.issuer is "${metadata.issuer}": both must be equal.`);
  }
  if (!redirectUri) throw misconfigured('redirectUri is missing: the page that the provider redirects to.');
  if (renewal === 'silent' && silentRedirectUri === undefined) {
    throw misconfigured('renewal: "silent" needs silentRedirectUri, the URL of callback.html.');
  }
  const redirectUris = { redirectUri, silentRedirectUri, popupRedirectUri };
  for (const [name, uri] of Object.entries(redirectUris)) if (uri !== undefined) validateRedirectUri(name, uri, page);
  if (postLogoutRedirectUri !== undefined) {
    validateParameters('postLogoutRedirectUri', postLogoutRedirectUri, page, ['state']);
  }
  for (const uri of [silentRedirectUri, popupRedirectUri]) {
    if (uri !== undefined && new URL(uri, page).origin !== new URL(page).origin)
      throw misconfigured(`"${uri}" must have the page's own origin. Another origin cannot relay the response.`);
  }
  validateResponseMode(options.authorizationParameters);
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2 */
function validateRedirectUri(name: string, uri: string, page: string): void {
  if (uri.includes('#')) {
    throw misconfigured(`${name} is "${uri}": a redirect URI must not have a fragment. Use a path without "#".`);
  }
  validateParameters(name, uri, page, ['code', 'state', 'error', 'iss']);
}

/** The response could not be told from the URL's own parameters. */
function validateParameters(name: string, uri: string, page: string, reserved: readonly string[]): void {
  const url = parsedUrl(uri, page);
  if (!url) throw misconfigured(`${name} is "${uri}", which is not a URL.`);
  const parameter = reserved.find(each => url.searchParams.has(each));
  if (parameter !== undefined) {
    throw misconfigured(`${name} is "${uri}": its parameter "${parameter}" is one of the provider's response.`);
  }
}

/**
 * Checks that a page can read the response. Providers add it to the query, or to the fragment with `response_mode=fragment`.
 *
 * @throws {AuthError} `invalid_configuration`
 * @see https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes
 */
export function validateResponseMode(parameters: Readonly<Record<string, string>> = {}): void {
  const { response_mode: mode } = parameters;
  if (mode === undefined || mode === 'query' || mode === 'fragment') return;
  throw misconfigured(`response_mode is "${mode}": a page can read "query" and "fragment" only.`);
}

function parsedUrl(uri: string, page?: string): URL | undefined {
  try {
    return new URL(uri, page);
  } catch {
    return undefined;
  }
}

/** Whether a URL may receive tokens: `https:` or a loopback address. */
export function isSecure(url: string): boolean {
  const { protocol, hostname = '' } = parsedUrl(url) ?? {};
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

const secretWarning =
  'clientSecret: anyone who opens the page can read it. Register the application as a public client (a single-page ' +
  'application) and remove it, or exchange the code on your own server.';

function misconfigured(message: string): AuthError {
  return new AuthError('invalid_configuration', message);
}
