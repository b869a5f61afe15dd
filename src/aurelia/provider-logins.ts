import {
  AuthError,
  type AuthorizationResponse,
  oauth1Login,
  type PendingLogin,
  ProviderRedirect,
  providerLogin,
  providerLogout,
} from '../core.js';
import { AuthClient } from './auth-client.js';
import type { AuthProvider } from './auth-provider.js';
import { auth0LockLogin } from './auth0-lock.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import type { RequestOptions } from './rest-client.js';

/** Returns options with the token, if the URL may receive it. */
type Authorization = (path: string) => Promise<RequestOptions>;

/** The callback of a provider, which redirected to this page. */
export interface ProviderSignInCallback {
  /** Address to redirect to after the sign-in. */
  readonly returnTo: string | undefined;
  /** See {@link PendingLogin.epoch}. */
  readonly epoch: number | undefined;
  /**
   * Sends the provider's code to the app's server.
   *
   * @param authorization for a signed-in user who links an account
   * @returns a response with tokens
   */
  signIn(authorization: Authorization): Promise<unknown>;
}

/** Signs users in and out at the configured providers. */
export class ProviderLogins {
  static readonly inject = [BaseConfig, AuthClient, PagePorts];

  private readonly redirect: ProviderRedirect;

  constructor(
    private readonly config: BaseConfig,
    private readonly server: AuthClient,
    private readonly page: PagePorts,
  ) {
    this.redirect = new ProviderRedirect(page.redirects());
  }

  /** Whether the provider's `flow` is `'redirect'`. */
  isByRedirect(name: string): boolean {
    return this.configured(name).flow === 'redirect';
  }

  /** Redirects the page to the provider. */
  async redirectToProvider(pendingLogin: PendingLogin): Promise<void> {
    const provider = this.provider(pendingLogin.provider);
    if ((provider.type ?? provider.oauthType) !== '2.0') {
      throw new AuthError(
        'invalid_configuration',
        `flow: 'redirect' needs OAuth 2.0, unlike ${pendingLogin.provider}.`,
      );
    }
    await this.redirect.beginRedirect(
      { ...provider, ...(provider.display === 'popup' && { display: 'page' }) },
      pendingLogin,
    );
  }

  /** Removes the callback of a provider from the page's address and returns it. Undefined without one. */
  takeCallback(): ProviderSignInCallback | undefined {
    const callback = this.redirect.takeCallback();
    return (
      callback && {
        returnTo: callback.pendingLogin.returnTo,
        epoch: callback.pendingLogin.epoch,
        signIn: async authorization => {
          const provider = this.provider(callback.pendingLogin.provider);
          return this.tokens(provider, callback.pendingLogin.userData, callback.response(), authorization);
        },
      }
    );
  }

  /** Returns why the callback in the page's address was rejected. Undefined if it does not look like a callback. */
  rejectedCallback(): AuthError | undefined {
    const byRedirect = Object.keys(this.config.providers ?? {}).filter(name => this.isByRedirect(name));
    if (!this.redirect.isUnknownCallback(byRedirect.map(name => this.provider(name).redirectUri))) return undefined;
    return new AuthError(
      'unknown_state',
      'The callback of a provider was rejected: it belongs to no sign-in that this browser began, or to a completed one.',
    );
  }

  /**
   * Signs the user in at the provider in a popup, and sends the provider's code to the app's server.
   *
   * @param named key of a provider in `providers`, or a provider
   * @param authorization for a signed-in user who links an account
   * @returns a response with tokens
   */
  async signIn(named: string | AuthProvider, userData: object, authorization: Authorization): Promise<unknown> {
    const provider = this.provider(named);
    const ports = this.page.providers();
    switch (provider.type ?? provider.oauthType) {
      case 'auth0-lock':
        return auth0LockLogin(provider, ports.randomText(32), this.page);
      case '1.0': {
        const requestToken = async () =>
          (await this.server.post(provider.url, { auth: false })) as Record<string, string>;
        return this.exchange(
          provider,
          userData,
          await oauth1Login(provider, requestToken, ports),
          await authorization(provider.url),
        );
      }
      default:
        return this.tokens(provider, userData, await providerLogin(provider, ports), authorization);
    }
  }

  /** @returns the provider's response, or `Not Applicable` if it has no `logoutEndpoint` */
  async signOut(named: string | AuthProvider, idToken: string | null | undefined): Promise<unknown> {
    const provider = this.provider(named);
    if (provider.oauthType !== '2.0' || !provider.logoutEndpoint) return 'Not Applicable';
    return providerLogout(provider, idToken ?? undefined, this.page.providers());
  }

  private async tokens(
    provider: ResolvedProvider,
    userData: object,
    response: AuthorizationResponse,
    authorization: Authorization,
  ): Promise<unknown> {
    const { parameters } = response;
    const hasTokens = 'access_token' in parameters || 'id_token' in parameters;
    return hasTokens && !('code' in parameters)
      ? { ...parameters }
      : this.exchange(provider, { ...userData, ...client(provider) }, response, await authorization(provider.url));
  }

  private exchange(
    { url }: ResolvedProvider,
    data: object,
    { parameters, codeVerifier }: AuthorizationResponse,
    options: RequestOptions,
  ): Promise<unknown> {
    const credentials = this.config.withCredentials ? 'include' : 'same-origin';
    const body = { ...data, ...parameters, ...(codeVerifier !== undefined && { code_verifier: codeVerifier }) };
    return this.server.post(url, { body, options: { ...options, credentials }, auth: true });
  }

  private provider(named: string | AuthProvider): ResolvedProvider {
    const provider = typeof named === 'string' ? this.configured(named) : named;
    const name = provider.name ?? String(named);
    const { origin } = new URL(this.page.url);
    const { redirectUri = '' } = provider;
    const absolute = redirectUri === '' || redirectUri.startsWith('/') ? origin + redirectUri : redirectUri;
    return { oauthType: '2.0', name, url: `/auth/${name}`, ...provider, redirectUri: absolute };
  }

  private configured(name: string): AuthProvider {
    const providers: Readonly<Record<string, AuthProvider>> = this.config.providers ?? {};
    const names = Object.keys(providers);
    const provider = names.includes(name) ? providers[name] : undefined;
    if (provider) return { name, ...provider };
    const known = names.join(', ');
    throw new AuthError('invalid_configuration', `There is no provider "${name}": expected one of ${known}.`);
  }
}

type ResolvedProvider = AuthProvider & { readonly url: string; readonly redirectUri: string };

function client({ clientId, redirectUri }: AuthProvider): object {
  return { ...(clientId !== undefined && { clientId }), redirectUri };
}
