import { EventAggregator } from 'aurelia-event-aggregator';
import { BindingSignaler } from 'aurelia-templating-resources';
import type { IdleTimeout, Session, SessionProvider, SessionState } from '../core.js';
import { AuthParts } from './auth-parts.js';
import { BaseConfig } from './base-config.js';
import { logger } from './logger.js';
import type { RedirectArgument, RedirectQuery, Redirects } from './redirects.js';
import type { Criteria, RequestOptions, ResponseBody, RestClient } from './rest-client.js';
import type { FormArguments, LogIn } from './sign-ins.js';
import type { Missable, TokenPayload } from './token-types.js';

/**
 * Signs users in and out, and tells who is signed in. For view-models and views: `authenticated` and `state` are plain properties
 * that bindings observe.
 *
 * When {@link AuthService.authenticated} changes, or another user takes over the session, the binding signal
 * `authentication-change` is sent, and then the event `authentication-change` is published with the new value. Every change of
 * the session, such as a postponed refresh, is published as the event `authentication-state`.
 *
 * @typeParam Claims claims of the access token, for {@link AuthService.getTokenPayload}; with them, the types say what may be missing
 * @example
 * export class Login {
 *   static inject = [AuthService];
 *   constructor(private authService: AuthService) {}
 *   submit() {
 *     return this.authService.login({ email: this.email, password: this.password });
 *   }
 * }
 */
export class AuthService<Claims extends object = object> {
  static readonly inject: readonly unknown[] = [BaseConfig, BindingSignaler, EventAggregator, AuthParts];

  /** Whether a user is signed in. Stays true while an expired access token is refreshed. */
  authenticated = false;
  /** The state of the session. The object is replaced on every change. */
  state: SessionState;
  /** Called after each logout, with the server's response if there was a request. */
  onLogout: ((response?: unknown) => unknown) | null | undefined;
  /** @internal */
  protected readonly parts: AuthParts;

  constructor(
    readonly config: BaseConfig,
    readonly bindingSignaler: BindingSignaler,
    readonly eventAggregator: EventAggregator,
    parts: AuthParts,
  ) {
    this.parts = parts;
    this.state = this.session.state;
    parts.status.attach(this);
  }

  /**
   * Completes a sign-in that began before the page was redirected to a provider, and starts the idle timeout. The plugin calls
   * this method. Repeated calls do nothing.
   */
  start(): Promise<void> {
    return this.parts.start();
  }

  /** Resolves when the session of the last visit is restored. Waits for a refresh for `tokenWaitSeconds` at most. */
  get ready(): Promise<void> {
    return this.start();
  }

  /** The framework-free session. */
  get session(): Session {
    return this.parts.authSession.session;
  }

  /** Ends the session of an idle user. Undefined without `idleTimeoutSeconds`. */
  get idleTimeout(): IdleTimeout | undefined {
    return this.parts.authSession.idleTimeout;
  }

  /** The OpenID provider of `aurelia-auth-refresh/oidc`. Undefined if the app did not plug that in. */
  get sessionProvider(): SessionProvider | undefined {
    return this.parts.authSession.provider;
  }

  /** Why the provider that the page was redirected from did not sign the user in. Undefined without an error. */
  get signInError(): unknown {
    return this.parts.callbacks.error;
  }

  /** Redirects of the page. */
  get redirects(): Redirects {
    return this.parts.redirects;
  }

  // --- who is signed in ---

  /**
   * Whether a user is signed in. Starts a refresh if the access token has expired.
   *
   * @param callback called with the result later, after the refresh if there is one
   */
  isAuthenticated(callback?: ((authenticated: boolean) => void) | null): boolean {
    const { authSession, tokens } = this.parts;
    const refreshing = authSession.refreshesAutomatically() && tokens.isExpired === true;
    const known = refreshing ? this.session.getFreshToken().then(ignore, ignore) : Promise.resolve();
    known
      .then(() => callback?.(authSession.isSignedIn()))
      .catch(error => logger.warn('The callback of isAuthenticated threw.', error));
    return authSession.isSignedIn();
  }

  /**
   * Returns the access token, which may have expired: see {@link AuthService.getFreshToken}. Undefined while no user is signed in,
   * and in cookie mode.
   */
  getAccessToken(): Missable<Claims, string | undefined> {
    return this.parts.tokens.accessToken as Missable<Claims, string | undefined>;
  }

  /** @deprecated Write `getAccessToken()`. */
  getCurrentToken(): Missable<Claims, string | undefined> {
    return this.getAccessToken();
  }

  /** Returns the refresh token. Null while no user is signed in, without one, and if it is kept in a cookie. */
  getRefreshToken(): Missable<Claims, string | null> {
    return this.parts.tokens.refreshToken as Missable<Claims, string | null>;
  }

  /** Returns the ID token. Undefined while no user is signed in, null if the server sent none. */
  getIdToken(): Missable<Claims, string | null | undefined> {
    return this.parts.tokens.idToken as Missable<Claims, string | null | undefined>;
  }

  /** Returns when the access token expires, in seconds since the epoch. `NaN` if unknown. */
  getExp(): number {
    return this.parts.tokens.expiresAtSeconds;
  }

  /** Returns the seconds until the access token expires. Negative after that, `NaN` if unknown. */
  getTtl(): number {
    return this.parts.tokens.secondsLeft;
  }

  /** Whether the access token has expired. Undefined if unknown. */
  isTokenExpired(): Missable<Claims, boolean | undefined> {
    return this.parts.tokens.isExpired as Missable<Claims, boolean | undefined>;
  }

  /** Returns the claims of the access token, null for an opaque token. They are not verified: the server does that. */
  getTokenPayload(): TokenPayload<Claims> | null {
    return this.parts.tokens.claims as TokenPayload<Claims> | null;
  }

  /** Returns the claims of the ID token, not verified. */
  getIdTokenPayload<IdClaims extends object = object>(): TokenPayload<IdClaims> | null {
    return this.parts.tokens.idClaims as TokenPayload<IdClaims> | null;
  }

  /**
   * Returns a fresh access token, for requests that do not go through an HTTP client. Refreshes first if needed. In cookie mode,
   * refreshes the cookie and returns `''`.
   *
   * @throws {AuthError} if there is no fresh token within `tokenWaitSeconds`
   * @example
   * new WebSocket(url, ['bearer', await authService.getFreshToken()]);
   */
  async getFreshToken(): Promise<string> {
    const { accessToken } = await this.session.getFreshToken();
    return this.config.accessTokenIn === 'cookie' ? '' : accessToken;
  }

  /**
   * Refreshes the tokens now. Concurrent calls share one refresh.
   *
   * @returns whether a user is signed in with the new tokens
   * @throws {AuthError} `no_refresh_token`; `refresh_refused`, after which no user is signed in; `refresh_postponed`, if the refresh
   * can be retried later
   */
  async updateToken(): Promise<boolean> {
    await this.session.updateToken();
    return this.authenticated;
  }

  /**
   * Signs in with a response of the app's own request, or signs out with `null`. Sends no request, redirects nowhere and does not
   * call `onLogout`.
   *
   * @throws {AuthError} `invalid_token_response` if the response has no access token; the session is unchanged
   */
  setResponseObject(response: unknown): void {
    if (response) this.session.logIn(response);
    else this.session.logOut();
  }

  // --- the app's server ---

  /** Sends requests of the app to the server that signs users in. */
  get client(): RestClient {
    const { client }: { client: RestClient | null } = this.config;
    return client ?? this.parts.client;
  }

  /**
   * Signs in with the credentials: email and password, or the fields of an object or a form. Without credentials, redirects to the
   * OpenID provider, if one is plugged in.
   *
   * @returns the response
   * @throws the `Response` if its status is not successful; {@link AuthError} `invalid_token_response` if it has no token,
   * `session_ended` if it arrived after `logout()`
   */
  login<Body = ResponseBody>(
    credentials?: object | null,
    options?: RequestOptions | null,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  login<Body = ResponseBody>(
    email: string,
    password: string,
    options?: RequestOptions | null,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  login<Body = ResponseBody>(
    emailOrCredentials: string | object | null | undefined,
    passwordOrOptions?: string | RequestOptions | null,
    optionsOrRedirectUri?: RequestOptions | RedirectArgument,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  login<Body>(first?: object | string | null, ...rest: unknown[]): Promise<Body> {
    const args = typeof first === 'string' ? [{ email: first, password: rest[0] }, ...rest.slice(1)] : [first, ...rest];
    return this.parts.signIns.login(args as unknown as FormArguments, (...entry) =>
      this.enter(...entry),
    ) as Promise<Body>;
  }

  /**
   * Registers a user, and signs the user in if `loginOnSignup` is on.
   *
   * @returns the response
   * @throws the `Response` if its status is not successful; {@link AuthError} if it lacks the token that `loginOnSignup` needs
   */
  signup<Body = ResponseBody>(
    credentials: object,
    options?: RequestOptions | null,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  signup<Body = ResponseBody>(
    displayName: string,
    email: string,
    password: string,
    options?: RequestOptions | null,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  signup<Body = ResponseBody>(
    displayNameOrCredentials: string | object,
    emailOrOptions?: string | RequestOptions | null,
    passwordOrRedirectUri?: RedirectArgument,
    options?: RequestOptions | null,
    redirectUri?: RedirectArgument,
  ): Promise<Body>;
  signup<Body>(first: object | string, ...rest: unknown[]): Promise<Body> {
    const [email, password, ...more] = rest;
    const args = typeof first === 'string' ? [{ displayName: first, email, password }, ...more] : [first, ...rest];
    return this.parts.signIns.signup(args as unknown as FormArguments, (...entry) =>
      this.enter(...entry),
    ) as Promise<Body>;
  }

  /**
   * Signs in at a provider in a popup. Call it in the handler of a click or a key press. With `flow: 'redirect'`, redirects the
   * page to the provider instead; {@link AuthService.ready} and the guard wait for the sign-in after the page has returned.
   *
   * @param name key of the provider in `providers`; if unset, the OpenID provider
   * @param userData sent to the app's server with the provider's code
   * @returns the response; undefined while the page is redirected to the provider
   * @throws {AuthError} `popup_blocked`, `popup_closed`, `login_failed`, `unknown_state`; `session_changed` if the user who links an
   * account is not signed in any more and another user is
   */
  authenticate<Body = ResponseBody>(
    name?: string | null,
    redirectUri?: RedirectArgument,
    userData?: object | null,
  ): Promise<Body> {
    const { signIns } = this.parts;
    const response = name
      ? signIns.atProvider(name, redirectUri, userData ?? {}, (...entry) => this.enter(...entry))
      : signIns.atOpenIdProvider(redirectUri);
    return response as Promise<Body>;
  }

  /**
   * Signs out at once, even if the server is unreachable. Then sends the logout request, if `logoutUrl` is configured, and redirects
   * to `logoutRedirect`.
   *
   * @param query parameters to append to the address
   * @param name provider to sign out at, instead of the logout request
   * @returns the response of the server or of the provider, or why the request failed; logout itself always succeeds
   */
  async logout<Body = ResponseBody>(
    redirectUri?: RedirectArgument,
    query?: RedirectQuery,
    name?: string | null,
  ): Promise<Body> {
    const response = await this.parts.signOuts.logout(redirectUri, query, name, () => this.setResponseObject(null));
    this.callOnLogout(response);
    return response as Body;
  }

  /** Requests the profile of the signed-in user, or another one by id or by query parameters. */
  getMe<Body = ResponseBody>(criteria?: Criteria): Promise<Body> {
    return this.parts.account.profile(criteria) as Promise<Body>;
  }

  /** Updates the profile. */
  updateMe<Body = ResponseBody>(body: object | null, criteria?: Criteria): Promise<Body> {
    return this.parts.account.updateProfile(body, criteria) as Promise<Body>;
  }

  /** Unlinks the user's account from the account at a provider. */
  async unlink<Body = ResponseBody>(name: string, redirectUri?: RedirectArgument): Promise<Body> {
    const response = await this.parts.account.unlink(name);
    this.redirects.follow(redirectUri, undefined);
    return response as Body;
  }

  private callOnLogout(response: unknown): void {
    Promise.resolve()
      .then(() => typeof this.onLogout === 'function' && this.onLogout(response))
      .catch(error => logger.warn('onLogout threw.', error));
  }

  /**
   * Takes over the response that signs in.
   *
   * @internal
   * @param logIn starts the session, unless the user signed out meanwhile
   */
  protected enter(response: unknown, logIn: LogIn): void {
    logIn(response);
  }

  /**
   * Whether requests may carry the token. A token that has expired and cannot be refreshed is of no use to them.
   *
   * @internal
   */
  mayCarryToken(): boolean {
    return !this.parts.authSession.hasEnded();
  }
}

function ignore(): void {
  // The outcome is seen in the state.
}
