import { completeCallback, type SessionProvider } from '../core.js';
import { AccountRequests } from './account-requests.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { logger } from './logger.js';
import { ProviderLogins, type ProviderSignInCallback } from './provider-logins.js';
import { Redirects } from './redirects.js';

/** Completes sign-ins and sign-outs that began before the page was redirected to a provider. */
export class SignInCallbacks {
  static readonly inject = [AuthSession, ProviderLogins, AccountRequests, Redirects, BaseConfig, PagePorts];

  /** Why the provider that the page was redirected from did not sign the user in. */
  error: unknown;

  constructor(
    private readonly authSession: AuthSession,
    private readonly providers: ProviderLogins,
    private readonly account: AccountRequests,
    private readonly redirects: Redirects,
    private readonly config: BaseConfig,
    private readonly page: PagePorts,
  ) {}

  /** Completes what the address of the page is a callback of. Resolves when the session is ready and that is done. */
  complete(): Promise<void> {
    const { session, provider } = this.authSession;
    const callback = this.providers.takeCallback();
    if (callback) return afterBoth(session.ready, this.completeProviderSignIn(callback));
    if (provider) return afterBoth(session.ready, this.completeOidc(provider));
    const rejection = this.providers.rejectedCallback();
    return rejection ? session.ready.then(() => this.reject(rejection)) : session.ready;
  }

  private async completeOidc(provider: SessionProvider): Promise<void> {
    const outcome = await completeCallback(provider, this.authSession.session);
    if (outcome.kind === 'signed-in') this.redirects.afterLogin(undefined, outcome.returnTo);
    else if (outcome.kind === 'signed-out') {
      this.redirects.follow(undefined, outcome.returnTo ?? this.config.logoutRedirect);
    } else if (outcome.kind === 'failed') this.fail(outcome.error, outcome.returnTo);
    else this.reject(outcome.kind === 'rejected' ? outcome.error : this.providers.rejectedCallback());
  }

  /** Resolves within `tokenWaitSeconds`. If the server takes longer, the user is signed in later. */
  private completeProviderSignIn(callback: ProviderSignInCallback): Promise<void> {
    const { session } = this.authSession;
    const logIn = session.beginLogIn();
    const signedIn = session.ready
      .then(() => callback.signIn(path => this.account.linkingOptions(path, callback.epoch)))
      .then(response => {
        logIn(response);
        if (callback.returnTo === this.page.url) this.redirects.forgetTarget();
        else this.redirects.afterLogin(callback.returnTo);
      })
      .catch(error => this.fail(error, callback.returnTo));
    return new Promise(resolve => {
      const cancel = this.page.after(this.config.tokenWaitSeconds * 1000, resolve);
      void signedIn.then(cancel).then(resolve);
    });
  }

  /** A rejected callback does not affect a user who is signed in. */
  private reject(error: unknown): void {
    if (error !== undefined && !this.authSession.isSignedIn()) this.fail(error);
  }

  /** Remembers where the user wanted to go, for the next attempt. */
  private fail(error: unknown, returnTo?: string): void {
    this.error = error;
    if (returnTo !== undefined) this.redirects.rememberTarget(returnTo);
    logger.warn('The provider did not sign the user in.', error);
  }
}

async function afterBoth(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}
