import type { AuthorizationServer } from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { isLoopback } from '../session/loopback.js';

/** Metadata of an authorization server (RFC 8414, OpenID Connect Discovery). */
export type ProviderMetadata = AuthorizationServer;

/** Which provider, and how to sign in there. */
export interface OpenIdConnectOptions {
  /** The provider, exactly as its discovery document and its id tokens name it: with a slash at the end, or without. */
  readonly issuer: string;
  /** As the provider registered this application. */
  readonly clientId: string;
  /**
   * What to ask for, separated by spaces. Many providers hand out a refresh token for `offline_access` only. Without `openid` it is
   * plain OAuth 2: no id token is expected.
   * @default 'openid'
   */
  readonly scope?: string;
  /** Where the provider sends the page back to: a page of the application. Absolute, or relative to the page. */
  readonly redirectUri: string;
  /**
   * Where the provider sends a hidden frame back to: `callback.html` of this package, served from the application's own origin.
   * Absent: there is no silent sign-in.
   */
  readonly silentRedirectUri?: string | undefined;
  /** Where the provider sends a popup back to: the same page will do. @default `silentRedirectUri` */
  readonly popupRedirectUri?: string | undefined;
  /** Where the provider sends the page after sign-out. Absent: wherever the provider likes. */
  readonly postLogoutRedirectUri?: string | undefined;
  /**
   * How to get new tokens: by the refresh token grant, in a hidden frame, or by whatever there is, a refresh token first.
   * @default 'auto'
   */
  readonly renewal?: 'refresh-token' | 'silent' | 'auto';
  /**
   * When a hidden frame brings to light that the provider wants to see the user: end the session, or keep it, so that
   * the application can ask for a sign-in without losing what the user is at. A kept session shows the error in
   * `state.degraded`, and is tried again every few minutes.
   * @default 'end'
   */
  readonly whenLoginRequired?: 'end' | 'keep';
  /**
   * Binds the tokens to a key that cannot leave this browser (RFC 9449), and takes no others.
   * @default false
   */
  readonly dpop?: boolean;
  /**
   * Sends the request to the provider beforehand, out of the address bar (RFC 9126). `auto`: where the provider offers it, and
   * without it should that fail, unless the provider insists.
   * @default 'auto'
   */
  readonly par?: boolean | 'auto';
  /** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
  readonly prompt?: string | undefined;
  /** Further parameters of every authorization request, such as `audience`. */
  readonly authorizationParameters?: Readonly<Record<string, string>>;
  /** Further parameters of every token request, such as `resource`. */
  readonly tokenParameters?: Readonly<Record<string, string>>;
  /** How far the instants in an id token may be off. @default 30 */
  readonly clockToleranceSeconds?: number;
  /** After how many seconds a silent sign-in or a request to the provider is given up. @default 10 */
  readonly timeoutSeconds?: number;
  /** What the discovery document would say, where it cannot be fetched. Absent: it is. */
  readonly metadata?: ProviderMetadata | undefined;
  /** For providers that insist on one. A browser cannot keep a secret: whoever opens the page can read it. */
  readonly clientSecret?: string | undefined;
  /** How the secret is sent. @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /** Told, once each, of what works but should not be so. */
  readonly onWarning?: (message: string) => void;
}

/** Options with their defaults, and every address absolute. */
export interface ResolvedOptions extends OpenIdConnectOptions {
  readonly scope: string;
  readonly renewal: 'refresh-token' | 'silent' | 'auto';
  readonly whenLoginRequired: 'end' | 'keep';
  readonly dpop: boolean;
  readonly par: boolean | 'auto';
  readonly clockToleranceSeconds: number;
  readonly timeoutSeconds: number;
}

/**
 * Fills in and checks.
 *
 * @param page the address of the page
 * @throws {AuthError} `invalid_configuration`
 */
export function resolvedOptions(options: OpenIdConnectOptions, page: string): ResolvedOptions {
  const { issuer, clientId, clientSecret, metadata, redirectUri, silentRedirectUri, postLogoutRedirectUri, renewal } =
    options;
  const popupRedirectUri = options.popupRedirectUri ?? silentRedirectUri;
  if (!clientId) throw misconfigured('clientId is missing: the provider shows it where the application is registered.');
  if (!isSecure(issuer)) throw misconfigured(`issuer must be an https: URL, and "${issuer}" is not.`);
  if (metadata !== undefined && metadata.issuer !== issuer) {
    throw misconfigured(
      `issuer is "${issuer}", and metadata.issuer is "${metadata.issuer}": both must be the same text.`,
    );
  }
  if (!redirectUri) throw misconfigured('redirectUri is missing: the page the provider sends the browser back to.');
  if (renewal === 'silent' && silentRedirectUri === undefined) {
    throw misconfigured('renewal: "silent" needs silentRedirectUri, the address of callback.html.');
  }
  for (const uri of [silentRedirectUri, popupRedirectUri]) {
    if (uri !== undefined && new URL(uri, page).origin !== new URL(page).origin)
      throw misconfigured(
        `"${uri}" must be on the page's own origin: from another one the answer cannot be handed over.`,
      );
  }
  if (clientSecret !== undefined) options.onWarning?.(secretWarning);
  const absolute = (uri: string | undefined) => (uri === undefined ? undefined : new URL(uri, page).href);
  return {
    ...options,
    redirectUri: new URL(redirectUri, page).href,
    silentRedirectUri: absolute(silentRedirectUri),
    popupRedirectUri: absolute(popupRedirectUri),
    postLogoutRedirectUri: absolute(postLogoutRedirectUri),
    scope: options.scope ?? 'openid',
    renewal: renewal ?? 'auto',
    whenLoginRequired: options.whenLoginRequired ?? 'end',
    dpop: options.dpop ?? false,
    par: options.par ?? 'auto',
    clockToleranceSeconds: options.clockToleranceSeconds ?? 30,
    timeoutSeconds: options.timeoutSeconds ?? 10,
  };
}

/** Whether a URL may be asked for tokens: `https:`, or this very machine. */
export function isSecure(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  } catch {
    return false;
  }
}

const secretWarning =
  'clientSecret: everybody who opens the page can read it. Register the application as a public client (a single-page ' +
  'application) and leave it out, or let a server of your own speak with the provider.';

function misconfigured(message: string): AuthError {
  return new AuthError('invalid_configuration', message);
}
