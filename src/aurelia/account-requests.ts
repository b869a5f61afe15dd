import { AuthError, hasExpired, isLoggedIn, protectedUrls, type TokenSet } from '../core.js';
import { AuthClient } from './auth-client.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { isInstalled } from './client-interceptors.js';
import { warnOfUnprotected } from './logger.js';
import { mergedHeaders } from './merged-headers.js';
import { logoutFields } from './options/server-options.js';
import { headerFor } from './options/token-request-options.js';
import { ProviderLogins } from './provider-logins.js';
import type { Criteria, RequestOptions } from './rest-client.js';

/** Sends requests about the account of the signed-in user to the app's server. */
export class AccountRequests {
  static readonly inject = [AuthSession, AuthClient, ProviderLogins, BaseConfig, PagePorts];

  constructor(
    private readonly authSession: AuthSession,
    private readonly client: AuthClient,
    private readonly providers: ProviderLogins,
    private readonly config: BaseConfig,
    private readonly page: PagePorts,
  ) {}

  /** Requests a profile. */
  async profile(criteria: Criteria | undefined): Promise<unknown> {
    const { profileUrl } = this.config;
    const options = await this.tokenOptions(profileUrl);
    return this.client.find(profileUrl, { criteria: byId(criteria), options, auth: true });
  }

  /** Updates a profile. */
  async updateProfile(body: object | null, criteria: Criteria | undefined): Promise<unknown> {
    const { profileMethod, profileUrl } = this.config;
    const options = await this.tokenOptions(profileUrl);
    return this.client.save(profileMethod, profileUrl, { body, criteria: byId(criteria), options, auth: true });
  }

  /** Unlinks the account from the user's account at a provider. */
  async unlink(provider: string): Promise<unknown> {
    const { unlinkMethod, unlinkUrl } = this.config;
    const options = await this.tokenOptions(unlinkUrl);
    return this.client.request(unlinkMethod, unlinkUrl + provider, { options, auth: true });
  }

  /**
   * Signs out at the provider, if one is given. Otherwise sends the logout request, if `logoutUrl` is configured. Never rejects.
   *
   * @param tokens of the session that has ended
   * @returns the response, or why the request failed; undefined after `refreshTimeoutSeconds`
   */
  async logout(tokens: TokenSet | undefined, provider?: string | null): Promise<unknown> {
    if (provider) return this.providers.signOut(provider, tokens?.idToken).catch((error: unknown) => error);
    const { logoutMethod, logoutUrl, refreshTimeoutSeconds } = this.config;
    if (!logoutUrl) return undefined;
    const isUsable = tokens && !hasExpired(tokens, this.authSession.session.now());
    const token = isUsable ? this.withToken(tokens.accessToken, logoutUrl) : {};
    const body = logoutFields(this.config, tokens?.refreshToken);
    const headers = mergedHeaders(token.headers, this.config.logoutRequest?.headers);
    const options = body ? this.config.getOptionsForTokenRequests({ headers }) : token;
    return new Promise(resolve => {
      const cancel = this.page.after(refreshTimeoutSeconds * 1000, () => resolve(undefined));
      this.client
        .request(logoutMethod, logoutUrl, { body, options: { ...options, keepalive: true }, auth: false })
        .then(resolve, resolve)
        .finally(cancel);
    });
  }

  /**
   * Returns the options of a request that links the user's account to one at a provider.
   *
   * @param epoch of the session in which linking began
   * @throws {AuthError} `session_changed` if another user has signed in since
   */
  async linkingOptions(path: string, epoch: number | undefined): Promise<RequestOptions> {
    const { epoch: current } = this.authSession;
    if (epoch !== undefined && current !== undefined && epoch !== current) {
      throw new AuthError('session_changed', 'Another user has signed in since the sign-in at the provider began.');
    }
    return this.tokenOptions(path);
  }

  /** Returns options with the token for a client that has no interceptors of the plugin. */
  private async tokenOptions(path: string): Promise<RequestOptions> {
    const { session } = this.authSession;
    const { client, config } = this;
    if (!config.httpInterceptor || client.replacement || isInstalled(client.client) || !isLoggedIn(session.state))
      return {};
    return this.withToken((await session.getFreshToken()).accessToken, path);
  }

  /** The token is sent to the app's server, unless `protectedUrls` omits the server or the URL is not secure. */
  private withToken(token: string, path: string): RequestOptions {
    const url = this.client.urlOf(path);
    const { protectedUrls: listed } = this.config;
    const isProtected = protectedUrls(listed ?? [url], this.page.baseUrl, warnOfUnprotected, Boolean(listed));
    const [name, value] = headerFor(this.config, token);
    return isProtected(url) ? { headers: { [name]: value } } : {};
  }
}

/** A profile is found by the query parameter `id`. */
function byId(criteria: Criteria | undefined): Criteria | undefined {
  return typeof criteria === 'string' || typeof criteria === 'number' ? { id: criteria } : criteria;
}
