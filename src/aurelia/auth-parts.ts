import { AccountRequests } from './account-requests.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';
import { CurrentTokens } from './current-tokens.js';
import { logger } from './logger.js';
import { Redirects } from './redirects.js';
import { RestRequests } from './rest-requests.js';
import { SessionStatus } from './session-status.js';
import { SignInCallbacks } from './sign-in-callbacks.js';
import { SignIns } from './sign-ins.js';
import { SignOuts } from './sign-outs.js';

/** What all instances of `AuthService` share. */
export class AuthParts {
  static readonly inject = [
    AuthSession,
    CurrentTokens,
    SessionStatus,
    AccountRequests,
    Redirects,
    SignIns,
    SignOuts,
    SignInCallbacks,
    RestRequests,
    BaseConfig,
  ];

  private started: Promise<void> | undefined;

  constructor(
    readonly authSession: AuthSession,
    readonly tokens: CurrentTokens,
    readonly status: SessionStatus,
    readonly account: AccountRequests,
    readonly redirects: Redirects,
    readonly signIns: SignIns,
    readonly signOuts: SignOuts,
    readonly callbacks: SignInCallbacks,
    readonly client: RestRequests,
    { client: configured }: BaseConfig,
  ) {
    if (!configured)
      logger.warn("The plugin is not registered: call aurelia.use.plugin('aurelia-auth-refresh', …) first.");
  }

  /** Completes a sign-in that began before the page was redirected, and starts the idle timeout. Once. */
  start(): Promise<void> {
    if (!this.started) {
      this.started = this.callbacks.complete();
      this.authSession.watchIdleness();
    }
    return this.started;
  }
}
