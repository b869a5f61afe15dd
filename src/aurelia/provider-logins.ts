import { AuthError, oauth1Login, type ProviderAnswer, providerLogin, providerLogout } from '../core.js';
import { AuthClient } from './auth-client.js';
import type { AuthProvider } from './auth-provider.js';
import { auth0LockLogin } from './auth0-lock.js';
import { BaseConfig, type RequestOptions } from './base-config.js';
import { PagePorts } from './browser-ports.js';

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
   * @param authorization the header of a user who is signed in already and links an account
   * @returns an answer with tokens
   */
  async signIn(name: string, userData: object, authorization: () => Promise<RequestOptions>): Promise<unknown> {
    const provider = this.provider(name);
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
  async signOut(name: string, idToken: string | undefined): Promise<unknown> {
    const provider = this.provider(name);
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

  private provider(name: string): ResolvedProvider {
    const provider = Object.hasOwn(this.config.providers, name) ? this.config.providers[name] : undefined;
    if (!provider) {
      const names = Object.keys(this.config.providers).join(', ');
      throw new AuthError('invalid_configuration', `There is no provider "${name}": expected one of ${names}.`);
    }
    const { origin } = new URL(this.page.url);
    const { redirectUri = '' } = provider;
    const absolute = redirectUri === '' || redirectUri.startsWith('/') ? origin + redirectUri : redirectUri;
    return { oauthType: '2.0', name, url: `/auth/${name}`, ...provider, redirectUri: absolute };
  }
}

type ResolvedProvider = AuthProvider & { readonly url: string };

function client({ clientId, redirectUri }: AuthProvider): object {
  return { ...(clientId !== undefined && { clientId }), redirectUri };
}
