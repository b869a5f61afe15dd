import { Optional } from 'aurelia-framework';
import {
  AuthError,
  IdleTimeout,
  isLoggedIn,
  Session,
  type SessionProvider,
  type SessionState,
  type TokenSet,
} from '../core.js';
import { AuthClient } from './auth-client.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { livePorts } from './live-ports.js';
import { logError, logger } from './logger.js';
import { refreshesByCookie } from './options/refresh-options.js';
import { idleTimeoutOptions, storageOptions } from './options/storage-options.js';
import { refreshByReplacement } from './refresh-by-replacement.js';
import { sessionOptions } from './session-options.js';
import { type SessionProviderFactory, sessionProviderKey } from './session-provider.js';

const missingOidcPlugin =
  'The option "oidc" needs configure() of "aurelia-auth-refresh/oidc" plugged in before this plugin.';

/** The one session of the app, created from the plugin's options. */
export class AuthSession {
  static readonly inject = [BaseConfig, AuthClient, PagePorts, Optional.of(sessionProviderKey)];

  /** The framework-free session. */
  readonly session: Session;
  /** The OpenID provider of `aurelia-auth-refresh/oidc`. Undefined if the app did not plug that in. */
  readonly provider: SessionProvider | undefined;
  private watchedIdleness: IdleTimeout | undefined;

  constructor(
    private readonly config: BaseConfig,
    client: AuthClient,
    private readonly page: PagePorts,
    createSessionProvider: SessionProviderFactory | null = null,
  ) {
    if (config.oidc && !createSessionProvider) throw new AuthError('invalid_configuration', missingOidcPlugin);
    this.provider = createSessionProvider?.({ onWarning: (message: string) => logger.warn(message), ...config.oidc });
    const ports = livePorts(config, logError, options => page.session(options));
    const { fetch } = ports;
    this.session = new Session(sessionOptions(config, client, this.provider, logError), {
      ...ports,
      fetch: (url, init) => refreshByReplacement(client, url, init) ?? fetch.call(ports, url, init),
      store: config.decorateStore(ports.store, ports.clock),
    });
    this.session.subscribe(({ event }) => {
      if (event.type === 'logged-in') this.warnOfShortSession(event.session.tokens);
    });
  }

  /** Ends the session of an idle user. Undefined without `idleTimeoutSeconds`, and before {@link AuthSession.watchIdleness}. */
  get idleTimeout(): IdleTimeout | undefined {
    return this.watchedIdleness;
  }

  /** Starts the idle timeout, if one is configured. Ends a restored session whose user was idle for too long. */
  watchIdleness(): void {
    const options = idleTimeoutOptions(this.config);
    if (!options || this.watchedIdleness) return;
    this.watchedIdleness = new IdleTimeout(
      this.session,
      options,
      this.page.user(storageOptions(this.config, logError)),
    );
  }

  /** The tokens of the signed-in user. */
  get tokens(): TokenSet | undefined {
    const { state } = this.session;
    return isLoggedIn(state) ? state.tokens : undefined;
  }

  /** The number of the login. Undefined while no user is signed in. */
  get epoch(): number | undefined {
    const { state } = this.session;
    return isLoggedIn(state) ? state.epoch : undefined;
  }

  /** Whether a user is signed in. An expired token that cannot be refreshed does not count. */
  isSignedIn(state: SessionState = this.session.state): boolean {
    return isLoggedIn(state) && (!(this.secondsLeft() < 0) || this.refreshesAutomatically());
  }

  /** Whether the access token has expired and cannot be refreshed, although the session has not ended yet. */
  hasEnded(): boolean {
    return isLoggedIn(this.session.state) && !this.isSignedIn();
  }

  /** Seconds until the access token expires. Negative after that, `NaN` if unknown. */
  secondsLeft(): number {
    const expiresAt = this.tokens?.expiresAt;
    return expiresAt === undefined ? Number.NaN : Math.round((expiresAt - this.session.now()) / 1000);
  }

  /** Whether the session can and may refresh the access token without a call of the app. */
  refreshesAutomatically(): boolean {
    const { tokens, provider } = this;
    const { useRefreshToken, autoUpdateToken } = this.config;
    if (provider && tokens) return autoUpdateToken && provider.sessionOptions.refresh.canRenew(tokens);
    const hasRefreshToken = tokens?.refreshToken !== undefined || refreshesByCookie(this.config);
    return useRefreshToken && autoUpdateToken && hasRefreshToken;
  }

  private warnOfShortSession({ refreshToken, expiresAt }: TokenSet): void {
    const { config } = this;
    if (!config.useRefreshToken || this.provider || refreshesByCookie(config)) return;
    if (refreshToken !== undefined || expiresAt === undefined) return;
    logger.warn(
      `useRefreshToken is on, but the response has no refresh token at "${config.refreshTokenProp}" (refreshTokenProp): ` +
        'the session ends with its access token.',
    );
  }
}
