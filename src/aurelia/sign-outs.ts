import { AccountRequests } from './account-requests.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';
import { logger } from './logger.js';
import { type RedirectArgument, type RedirectQuery, Redirects } from './redirects.js';

/** Signs users out here, at the app's server and at providers, and redirects after that. */
export class SignOuts {
  static readonly inject = [AuthSession, AccountRequests, BaseConfig, Redirects];

  constructor(
    private readonly authSession: AuthSession,
    private readonly account: AccountRequests,
    private readonly config: BaseConfig,
    private readonly redirects: Redirects,
  ) {}

  /**
   * Signs out at once, then at the server or the provider. Does not redirect if a user has signed in meanwhile.
   *
   * @param provider provider of the configuration to sign out at, instead of the logout request
   * @param logOut ends the session
   * @returns the response of the server or of the provider, or why the request failed
   */
  async logout(
    redirectUri: RedirectArgument,
    query: RedirectQuery,
    provider: string | null | undefined,
    logOut: () => void,
  ): Promise<unknown> {
    const { session, tokens, provider: openIdProvider } = this.authSession;
    const returnTo = typeof redirectUri === 'string' ? redirectUri : undefined;
    const signingOut = provider ? undefined : openIdProvider?.signOut(session, { returnTo });
    logOut();
    const response = await this.account.logout(tokens, provider);
    const hasLeft = await signingOut?.catch(error => logger.warn('The sign-out at the provider failed.', error));
    const isSignedIn = this.authSession.isSignedIn();
    if (!isSignedIn && !hasLeft) this.redirects.follow(redirectUri, this.config.logoutRedirect, query);
    return response;
  }
}
