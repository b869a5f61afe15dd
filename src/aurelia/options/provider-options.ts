import { type AuthProvider, knownProviders } from '../auth-provider.js';
import type { Checks } from './checks.js';

/** Options of the OpenID provider: `OpenIdConnectOptions` of `aurelia-auth-refresh/oidc`, which extends this type. */
export interface OidcSettings {
  readonly issuer: string;
}

/** Options for sign-in at third-party providers. */
export interface ProviderOptions {
  /** Accepted for configurations of aurelia-authentication. Has no effect. @default 'browser' */
  platform?: 'browser' | 'mobile' | (string & {});
  /** Sends cookies with the request that exchanges a provider's code. @default true */
  withCredentials?: boolean;
  /**
   * Providers by name, merged into the known ones: facebook, google, github, instagram, linkedin, twitter, twitch, live, yahoo,
   * bitbucket, azure_ad, auth0. Each needs a `clientId` of the app.
   * @default the known ones
   */
  providers?: Readonly<Record<string, AuthProvider>>;
  /**
   * The OpenID provider for `login()` without credentials: `issuer`, `clientId`, `redirectUri`, … Requires the plugin of
   * `aurelia-auth-refresh/oidc` before this plugin.
   * @default null
   */
  oidc?: OidcSettings | null;
}

/** Returns new objects on each call, because an app may change them. */
export function providerDefaults(): Required<ProviderOptions> {
  return { platform: 'browser', withCredentials: true, providers: knownProviders(), oidc: null };
}

export const providerChecks: Checks<ProviderOptions> = {
  providers: providers =>
    Object.entries(providers ?? {})
      .filter(([, provider]) => returnsTokens(provider))
      .map(([name]) => {
        return `The provider "${name}" returns tokens in the address: prefer responseType "code" (RFC 9700 section 2.1.2).`;
      }),
};

function returnsTokens({ clientId, responseType, oauthType }: AuthProvider): boolean {
  return Boolean(clientId) && /token/.test(responseType ?? '') && oauthType !== 'auth0-lock';
}
