import { AuthError, oauth1Login, type ProviderAnswer, providerLogin, providerLogout } from '../core.js';
import { AuthClient } from './auth-client.js';
import type { AuthProvider } from './auth-provider.js';
import { auth0LockLogin } from './auth0-lock.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import type { RequestOptions } from './rest-client.js';

/** Signs users in at the providers of the configuration, and out again. */
export class ProviderLogins {
  static readonly inject = [BaseConfig, AuthClient, PagePorts];

  constructor(
    private readonly config: BaseConfig,
    private readonly server: AuthClient,
    private readonly page: PagePorts,
  ) {}

  /**
   * Lets the user sign in, and has the application's server exchange what the provider answers.
   *
   * @param named a provider's key in `providers`, or a provider
   * @param authorization the header of a user who is signed in already and links an account
   * @returns an answer with tokens
   */
  async signIn(
    named: string | AuthProvider,
    userData: object,
    authorization: () => Promise<RequestOptions>,
  ): Promise<unknown> {
    const provider = this.provider(named);
    const ports = this.page.providers();
    switch (provider.type ?? provider.oauthType) {
      case 'auth0-lock':
        return auth0LockLogin(provider, ports.randomText(32), this.page);
      case '1.0': {
        const requestToken = async () =>
          (await this.server.send('post', provider.url, { auth: false })) as Record<string, string>;
        return this.exchange(
          provider,
          userData,
          await oauth1Login(provider, requestToken, ports),
          await authorization(),
        );
      }
      default: {
        const answer = await providerLogin(provider, ports);
        const hasTokens = 'access_token' in answer.parameters || 'id_token' in answer.parameters;
        return hasTokens && !('code' in answer.parameters)
          ? { ...answer.parameters }
          : this.exchange(provider, { ...userData, ...client(provider) }, answer, await authorization());
      }
    }
  }

  /** @returns what the provider answers, or `Not Applicable` where it offers no sign-out */
  async signOut(named: string | AuthProvider, idToken: string | undefined): Promise<unknown> {
    const provider = this.provider(named);
    if (provider.oauthType !== '2.0' || !provider.logoutEndpoint) return 'Not Applicable';
    return providerLogout(provider, idToken, this.page.providers());
  }

  private exchange(
    { url }: ResolvedProvider,
    data: object,
    { parameters, codeVerifier }: ProviderAnswer,
    options: RequestOptions,
  ): Promise<unknown> {
    const credentials = this.config.withCredentials ? 'include' : 'same-origin';
    const body = { ...data, ...parameters, ...(codeVerifier !== undefined && { code_verifier: codeVerifier }) };
    return this.server.send('post', url, { body, options: { ...options, credentials }, auth: true });
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
    const { providers } = this.config;
    const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (provider) return { name, ...provider };
    const known = Object.keys(providers).join(', ');
    throw new AuthError('invalid_configuration', `There is no provider "${name}": expected one of ${known}.`);
  }
}

type ResolvedProvider = AuthProvider & { readonly url: string };

function client({ clientId, redirectUri }: AuthProvider): object {
  return { ...(clientId !== undefined && { clientId }), redirectUri };
}
