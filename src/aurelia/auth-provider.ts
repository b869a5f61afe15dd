import type { Provider } from '../core.js';

/** A third-party provider that signs users in. The names are those of aurelia-authentication. */
export interface AuthProvider extends Provider {
  /** Endpoint of the app's server that exchanges the code. @default '/auth/<name>' */
  readonly url?: string;
  /** Address that the provider redirects to. A path is resolved against the page's origin. @default the page's origin */
  readonly redirectUri?: string;
  /** Sent as `display`, if that is listed among the query parameters. */
  readonly display?: string;
  /**
   * Opens the provider in a popup, or redirects the page to it. `'redirect'` requires OAuth 2.0 and an app page at `redirectUri`.
   * The guard waits until the callback is processed.
   * @default 'popup'
   */
  readonly flow?: 'popup' | 'redirect';
  /** Protocol: OAuth 1.0, OAuth 2.0, or Auth0's Lock with `clientDomain` and `lockOptions`. @default '2.0' */
  readonly oauthType?: '1.0' | '2.0' | 'auth0-lock' | (string & {});
  /** @deprecated Write `oauthType`. */
  readonly type?: string;
  /** Function that creates the `state`. Constants are ignored. If unset, 256 random bits. */
  readonly state?: string | (() => string);
  /** Function that creates the `nonce`. Constants are ignored. If unset, 256 random bits when an ID token is requested. */
  readonly nonce?: string | (() => string);
  /** Domain of the tenant, for `auth0-lock`. */
  readonly clientDomain?: string;
  /** Options for the Lock widget, for `auth0-lock`. */
  readonly lockOptions?: Readonly<Record<string, unknown>>;
}

/** Returns the known providers. Each needs a `clientId` of the app. */
export function knownProviders(): Record<string, AuthProvider> {
  return named(JSON.parse(JSON.stringify(known)));
}

const popup = (width: number, height: number) => ({ popupOptions: { width, height } });

/** Every call of {@link knownProviders} returns a copy, which an app may change. */
const known: Readonly<Record<string, AuthProvider>> = {
  facebook: {
    authorizationEndpoint: 'https://www.facebook.com/dialog/oauth',
    redirectUri: '/',
    requiredUrlParams: ['display', 'scope'],
    scope: ['email'],
    scopeDelimiter: ',',
    display: 'popup',
    ...popup(580, 400),
  },
  google: {
    authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    requiredUrlParams: ['scope'],
    optionalUrlParams: ['display'],
    scope: ['profile', 'email'],
    scopePrefix: 'openid',
    scopeDelimiter: ' ',
    display: 'popup',
    ...popup(452, 633),
  },
  github: {
    authorizationEndpoint: 'https://github.com/login/oauth/authorize',
    optionalUrlParams: ['scope'],
    scope: ['user:email'],
    scopeDelimiter: ' ',
    ...popup(1020, 618),
  },
  instagram: {
    authorizationEndpoint: 'https://api.instagram.com/oauth/authorize',
    requiredUrlParams: ['scope'],
    scope: ['basic'],
    scopeDelimiter: '+',
  },
  linkedin: {
    authorizationEndpoint: 'https://www.linkedin.com/oauth/v2/authorization',
    requiredUrlParams: ['scope'],
    scope: ['r_emailaddress'],
    scopeDelimiter: ' ',
    ...popup(527, 582),
  },
  twitter: {
    authorizationEndpoint: 'https://api.twitter.com/oauth/authenticate',
    oauthType: '1.0',
    ...popup(495, 645),
  },
  twitch: {
    authorizationEndpoint: 'https://id.twitch.tv/oauth2/authorize',
    requiredUrlParams: ['scope'],
    scope: ['user_read'],
    scopeDelimiter: ' ',
    display: 'popup',
    ...popup(500, 560),
  },
  live: {
    authorizationEndpoint: 'https://login.live.com/oauth20_authorize.srf',
    requiredUrlParams: ['display', 'scope'],
    scope: ['wl.emails'],
    scopeDelimiter: ' ',
    display: 'popup',
    ...popup(500, 560),
  },
  yahoo: {
    authorizationEndpoint: 'https://api.login.yahoo.com/oauth2/request_auth',
    scope: [],
    scopeDelimiter: ',',
    ...popup(559, 519),
  },
  bitbucket: {
    authorizationEndpoint: 'https://bitbucket.org/site/oauth2/authorize',
    redirectUri: '/',
    requiredUrlParams: ['scope'],
    scope: ['email'],
    scopeDelimiter: ' ',
    ...popup(1028, 529),
  },
  azure_ad: {
    authorizationEndpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    logoutEndpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/logout',
    requiredUrlParams: ['scope'],
    scope: ['user.read'],
    scopeDelimiter: ' ',
  },
  auth0: {
    oauthType: 'auth0-lock',
    display: 'popup',
    lockOptions: {},
    responseType: 'token',
  },
};

function named(providers: Readonly<Record<string, AuthProvider>>): Record<string, AuthProvider> {
  const entries = Object.entries(providers).map(([name, provider]) => {
    return [name, { name, url: `/auth/${name}`, oauthType: '2.0', ...provider }] as const;
  });
  return Object.fromEntries(entries);
}
