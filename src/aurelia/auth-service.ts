import { EventAggregator } from 'aurelia-event-aggregator';
import { Optional } from 'aurelia-framework';
import { BindingSignaler } from 'aurelia-templating-resources';
import {
  AuthError,
  type EndReason,
  hasExpired,
  IdleTimeout,
  isLoggedIn,
  isSameUser,
  type JwtClaims,
  protectedUrls,
  returnTo,
  Session,
  type SessionChange,
  type SessionState,
  subjectOf,
  type TokenSet,
} from '../core.js';
import { AuthClient, parameters } from './auth-client.js';
import { authenticationState } from './authentication-state.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';
import { isInstalled } from './client-interceptors.js';
import { logger, warnOfUnprotected } from './logger.js';
import { type RedirectTarget, redirectDefaults } from './options/redirect-options.js';
import { clientParameters, refreshesByCookie } from './options/refresh-options.js';
import { idleTimeoutOptions, storageOptions } from './options/storage-options.js';
import { headerFor } from './options/token-request-options.js';
import { ProviderLogins, type ProviderSignInCallback } from './provider-logins.js';
import type { Criteria, RequestOptions, RestClient } from './rest-client.js';
import { sessionOptions } from './session-options.js';
import { type SessionProvider, type SessionProviderFactory, sessionProviderKey } from './session-provider.js';

/**
 * Where to go after a call: an address of this page's origin, or one that is configured. `''`, `true` or `0`: stay.
 * Absent, `null` or `false`: as configured.
 */
export type RedirectArgument = string | boolean | 0 | null | undefined;

const missingOidcPlugin =
  'The option "oidc" needs configure() of "aurelia-auth-refresh/oidc" plugged in before this plugin.';

/** Ends of a session for which `expiredRedirect` is meant. */
const expiries: readonly EndReason[] = ['expired', 'refused', 'subject_mismatch', 'idle'];

/** The claims that the application expects; whatever a JWT may hold where it does not say. */
export type TokenPayload<Claims extends object> = object extends Claims ? JwtClaims : Claims;

/**
 * Signs users in and out, and knows who is signed in. For view-models and views: `authenticated` and `state` are plain
 * properties that are kept current, so bindings to them are told of changes.
 *
 * On every change of {@link AuthService.authenticated}, and when another user takes the session over, the binding signal
 * `authentication-change` is sent, then the event of that name with the new value is published. Every change of the session, a refresh that had to be postponed for example, is
 * published on `authentication-state`.
 *
 * @typeParam Claims what the access token holds, for {@link AuthService.getTokenPayload}
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
  static readonly inject = [
    BaseConfig,
    AuthClient,
    ProviderLogins,
    BindingSignaler,
    EventAggregator,
    PagePorts,
    Optional.of(sessionProviderKey),
  ];

  /** Whether somebody is signed in. Also true while the access token has expired and is being refreshed. */
  authenticated = false;
  /** The session in full: who, since when, why not. The object is replaced on every change. */
  state: SessionState;
  /** The framework-free session behind it all. */
  readonly session: Session;
  /** Resolves once it is known whether the user of the last visit is still signed in. Waits `tokenWaitSeconds` at the most. */
  readonly ready: Promise<void>;
  /** Ends the session of a user who is not there; absent where `idleTimeoutSeconds` is not set. */
  readonly idleTimeout: IdleTimeout | undefined;
  /** Of the OpenID Connect door; absent where the application did not plug that in. */
  readonly sessionProvider: SessionProvider | undefined;
  /** Called after each logout with the server's answer, where one was asked. */
  onLogout: ((response?: unknown) => unknown) | undefined;
  /** Why the provider that the page just came from did not sign the user in; absent where it did, or was not asked. */
  signInError: unknown;
  private target: string | undefined;

  constructor(
    readonly config: BaseConfig,
    private readonly server: AuthClient,
    private readonly providers: ProviderLogins,
    readonly bindingSignaler: BindingSignaler,
    readonly eventAggregator: EventAggregator,
    private readonly page: PagePorts,
    createSessionProvider: SessionProviderFactory | null = null,
  ) {
    if (config.oidc && !createSessionProvider) throw new AuthError('invalid_configuration', missingOidcPlugin);
    const sessionProvider = createSessionProvider?.(config.oidc ?? {});
    this.sessionProvider = sessionProvider;
    const onError = (error: unknown) => logger.warn('Survived a fault.', error);
    const storage = storageOptions(config, onError);
    const { readTokenResponse, ...options } = sessionOptions(config, server, onError);
    const ports = page.session(storage);
    this.session = new Session(
      { ...options, ...(sessionProvider?.sessionOptions ?? { readTokenResponse }) },
      { ...ports, store: config.decorateStore(ports.store, ports.clock) },
    );
    this.state = this.session.state;
    this.session.subscribe(change => this.sessionChanged(change));
    this.updateAuthenticated();
    const callback = providers.arrive();
    const arrived = callback
      ? this.completeProviderSignIn(callback)
      : sessionProvider && this.completeOidcSignIn(sessionProvider);
    const settled = arrived === undefined ? this.session.ready : Promise.all([this.session.ready, arrived]).then(noop);
    const refusal = arrived === undefined ? providers.refusal() : undefined;
    this.ready = refusal ? settled.then(() => this.refuse(refusal)) : settled;
    const idle = idleTimeoutOptions(config);
    this.idleTimeout = idle && new IdleTimeout(this.session, idle, page.user(storage));
  }

  // --- who is signed in ---

  /**
   * Whether somebody is signed in. With an access token that has expired a refresh is started.
   *
   * @param callback told the same a moment later; where a refresh was needed, after it
   */
  isAuthenticated(callback?: (authenticated: boolean) => void): boolean {
    const refreshing = this.canRefreshBySelf() && this.isTokenExpired() === true;
    const known = refreshing ? this.session.getFreshToken().then(noop, noop) : Promise.resolve();
    known
      .then(() => callback?.(this.isSignedIn()))
      .catch(error => logger.warn('The callback of isAuthenticated threw.', error));
    return this.isSignedIn();
  }

  /**
   * Absent while nobody is signed in, and where it is in a cookie. May have expired: {@link AuthService.getFreshToken} has
   * one that has not.
   */
  getAccessToken(): string | undefined {
    return this.config.accessTokenIn === 'cookie' ? undefined : this.tokens?.accessToken;
  }

  /** @deprecated Write `getAccessToken()`. */
  getCurrentToken(): string | undefined {
    return this.getAccessToken();
  }

  /** Null while nobody is signed in, where the session came without one, and where it is in a cookie. */
  getRefreshToken(): string | null {
    return this.tokens?.refreshToken ?? null;
  }

  /** Absent while nobody is signed in, and where the server sent none. */
  getIdToken(): string | undefined {
    return this.tokens?.idToken;
  }

  /** When the access token expires, in seconds since the epoch; `NaN` where nobody knows. */
  getExp(): number {
    const { tokens } = this;
    const claimed = this.config.getExpirationDateFromResponse ? undefined : tokens?.claims?.['exp'];
    if (typeof claimed === 'number') return Math.trunc(claimed);
    return tokens?.expiresAt === undefined ? Number.NaN : Math.round(tokens.expiresAt / 1000);
  }

  /** For how many seconds the access token is still valid, below zero when it is not; `NaN` where nobody knows. */
  getTtl(): number {
    const expiresAt = this.tokens?.expiresAt;
    return expiresAt === undefined ? Number.NaN : Math.round((expiresAt - this.session.now()) / 1000);
  }

  /** Absent where nobody knows. */
  isTokenExpired(): boolean | undefined {
    const ttl = this.getTtl();
    return Number.isNaN(ttl) ? undefined : ttl < 0;
  }

  /** The access token's claims; null for an opaque token. Read, not verified: that is the server's task. */
  getTokenPayload(): TokenPayload<Claims> | null {
    return (this.tokens?.claims as TokenPayload<Claims> | undefined) ?? null;
  }

  /** The id token's claims, read and not verified. */
  getIdTokenPayload(): JwtClaims | null {
    return this.tokens?.idClaims ?? null;
  }

  /**
   * An access token that is good to be sent, refreshed first where needed: for what does not go through an HTTP client. `''`
   * where it is in a cookie, which has been refreshed then.
   *
   * @throws {AuthError} where there is none to be had
   * @example
   * new WebSocket(url, ['bearer', await authService.getFreshToken()]);
   */
  async getFreshToken(): Promise<string> {
    const { accessToken } = await this.session.getFreshToken();
    return this.config.accessTokenIn === 'cookie' ? '' : accessToken;
  }

  /**
   * Refreshes the tokens now, once for all who ask at the same time.
   *
   * @returns whether somebody is signed in with them
   * @throws {AuthError} `no_refresh_token`; `refresh_refused`, after which nobody is signed in; or, where it can be tried again,
   * `refresh_postponed`
   */
  async updateToken(): Promise<boolean> {
    await this.session.updateToken();
    return this.authenticated;
  }

  /**
   * Signs in with an answer got elsewhere, or with `null` signs out: without a request, a redirect or `onLogout`.
   *
   * @throws {AuthError} `invalid_token_response` where no access token is found in it; the session is then as it was
   */
  setResponseObject(response: unknown): void {
    if (response) this.session.logIn(response);
    else this.session.logOut();
  }

  // --- the application's own server ---

  /** Sends requests of the application's to the server that signs users in. */
  get client(): RestClient {
    return this.server;
  }

  /**
   * Signs in by name and password, or by whatever fields an object or a form has. Without any, where the OpenID Connect door is
   * plugged in, the page is sent to the provider.
   *
   * @returns the server's answer
   * @throws the Response, where the server refused; {@link AuthError} where its answer has no token in it, `session_ended` where it came
   * after `logout()`
   */
  login(credentials?: object, options?: RequestOptions, redirectUri?: RedirectArgument): Promise<unknown>;
  login(email: string, password: string, options?: RequestOptions, redirectUri?: RedirectArgument): Promise<unknown>;
  async login(first?: object | string, ...rest: unknown[]): Promise<unknown> {
    const [given, options, redirectUri] = (
      typeof first === 'string' ? [{ email: first, password: rest[0] }, ...rest.slice(1)] : [first, ...rest]
    ) as FormArguments;
    if (!first && this.sessionProvider) return this.sessionProvider.signInByRedirect(this.destination(redirectUri));
    const isForm = given instanceof FormData || given instanceof URLSearchParams;
    const body = { ...(isForm ? Object.fromEntries(given) : given), ...clientParameters(this.config) };
    const logIn = this.session.beginLogIn();
    const response = await this.server.send('post', this.config.loginUrl, {
      body: Object.keys(body).length > 0 ? body : undefined,
      options: this.config.getOptionsForTokenRequests(options),
      auth: false,
    });
    logIn(response);
    this.redirect(redirectUri, this.takeTarget() ?? this.config.loginRedirect);
    return response;
  }

  /**
   * Registers a user, and signs the user in if `loginOnSignup` is on.
   *
   * @returns the server's answer
   * @throws the Response, where the server refused; {@link AuthError} where its answer should have a token in it and has not
   */
  signup(credentials: object, options?: RequestOptions, redirectUri?: RedirectArgument): Promise<unknown>;
  signup(
    displayName: string,
    email: string,
    password: string,
    options?: RequestOptions,
    redirectUri?: RedirectArgument,
  ): Promise<unknown>;
  async signup(first: object | string, ...rest: unknown[]): Promise<unknown> {
    const [body, options, redirectUri] = (
      typeof first === 'string'
        ? [{ displayName: first, email: rest[0], password: rest[1] }, ...rest.slice(2)]
        : [first, ...rest]
    ) as FormArguments;
    const logIn = this.session.beginLogIn();
    const response = await this.server.send('post', this.config.signupUrl, { body, options, auth: false });
    if (this.config.loginOnSignup) logIn(response);
    this.redirect(redirectUri, this.afterSignup());
    return response;
  }

  /**
   * Signs in at a provider, in a window of its own: to be called while handling a click or a key press. With `flow: 'redirect'`
   * the page is sent there instead; {@link AuthService.ready} and the guard wait for what it comes back with.
   *
   * @param name the provider's key in `providers`; absent: the OpenID Connect door's provider
   * @param userData sent along when the application's server exchanges what the provider answers
   * @returns the server's answer; `undefined` where the page is on its way to the provider
   * @throws {AuthError} `popup_blocked`, `popup_closed`, `login_failed`, `unknown_state`; `session_changed` where the user who was signed
   * in, and links an account, is another one by then
   */
  async authenticate(name?: string, redirectUri?: RedirectArgument, userData: object = {}): Promise<unknown> {
    const { sessionProvider } = this;
    if (name === undefined && sessionProvider) {
      const { returnTo: target } = await sessionProvider.signInByPopup(this.session, this.destination(redirectUri));
      this.target = undefined;
      this.redirect(redirectUri, target ?? this.config.loginRedirect);
      return undefined;
    }
    if (name === undefined)
      throw new AuthError('invalid_configuration', 'authenticate() needs the name of a provider.');
    const { epoch } = this;
    if (this.providers.isByRedirect(name)) {
      await this.providers.leave({ provider: name, returnTo: this.returnAddress(redirectUri), userData, epoch });
      return undefined;
    }
    let logIn = (answer: unknown) => this.session.logIn(answer);
    const response = await this.providers.signIn(name, userData, path => {
      logIn = this.session.beginLogIn();
      return this.linking(path, epoch);
    });
    logIn(response);
    this.redirect(redirectUri, this.takeTarget() ?? this.config.loginRedirect);
    return response;
  }

  /**
   * Signs out at once, offline too; then tells the server, if `logoutUrl` says where, and goes to `logoutRedirect`.
   *
   * @param query parameters for the address to go to
   * @param name a provider to sign out at, instead of telling the server
   * @returns the server's or the provider's answer, or what that failed with: logging out always succeeds
   */
  async logout(
    redirectUri?: RedirectArgument,
    query?: Readonly<Record<string, unknown>>,
    name?: string,
  ): Promise<unknown> {
    const { tokens, sessionProvider } = this;
    const leaving =
      name === undefined ? sessionProvider?.signOut(this.session, { returnTo: named(redirectUri) }) : undefined;
    this.session.logOut();
    const response = await this.tellOthers(tokens, name);
    const left = await leaving?.catch(error => logger.warn('The provider was not told of the logout.', error));
    if (!this.authenticated && !left) this.redirect(redirectUri, this.config.logoutRedirect, query);
    this.isolated('onLogout', () => this.onLogout?.(response));
    return response;
  }

  /** The profile of who is signed in, or of another by id or by properties of the query. */
  async getMe(criteria?: Criteria): Promise<unknown> {
    return this.server.send('get', this.config.profileUrl, {
      criteria,
      options: await this.authorization(this.config.profileUrl),
      auth: true,
    });
  }

  /** Changes the profile. */
  async updateMe(body: object, criteria?: Criteria): Promise<unknown> {
    const method = this.config.profileMethod === 'put' ? 'put' : 'patch';
    return this.server.send(method, this.config.profileUrl, {
      body,
      criteria,
      options: await this.authorization(this.config.profileUrl),
      auth: true,
    });
  }

  /** Separates the user's account from that at a provider. */
  async unlink(name: string, redirectUri?: RedirectArgument): Promise<unknown> {
    const response = await this.server.send(this.config.unlinkMethod, this.config.unlinkUrl + name, {
      options: await this.authorization(this.config.unlinkUrl),
      auth: true,
    });
    this.redirect(redirectUri, undefined);
    return response;
  }

  /** A user whom the signup signed in has no use for the login page, which `signupRedirect` leads to unless it is set. */
  private afterSignup(): RedirectTarget {
    const { loginOnSignup, loginRedirect, signupRedirect } = this.config;
    const isSet = signupRedirect !== redirectDefaults().signupRedirect;
    return loginOnSignup && !isSet ? (this.takeTarget() ?? loginRedirect) : signupRedirect;
  }

  /** Goes on with what the page was sent away for, when it comes back from the provider. */
  private async completeOidcSignIn(provider: SessionProvider): Promise<void> {
    const { loginRedirect, logoutRedirect } = this.config;
    try {
      if (provider.isSignedOutCallback()) {
        this.redirect(undefined, provider.completeSignOut().returnTo ?? logoutRedirect);
      } else if (provider.isCallback()) {
        const { returnTo: target } = await provider.completeSignIn(this.session);
        this.redirect(undefined, target ?? loginRedirect);
      } else {
        const refusal = provider.refusal() ?? this.providers.refusal();
        if (refusal) this.refuse(refusal);
      }
    } catch (error) {
      this.signInFailed(error);
    }
  }

  /** Resolves within `tokenWaitSeconds`: should the server take longer, the session is entered later. */
  private completeProviderSignIn(callback: ProviderSignInCallback): Promise<void> {
    const logIn = this.session.beginLogIn();
    const signedIn = this.session.ready
      .then(() => callback.signIn(path => this.linking(path, callback.epoch)))
      .then(response => {
        logIn(response);
        if (callback.returnTo !== this.page.url) this.redirect(callback.returnTo, this.config.loginRedirect);
      })
      .catch(error => this.signInFailed(error));
    return new Promise(resolve => {
      const cancel = this.page.after(this.config.tokenWaitSeconds * 1000, resolve);
      void signedIn.then(cancel).then(resolve);
    });
  }

  /** An answer that is not taken is of no concern to a user who is signed in. */
  private refuse(error: AuthError): void {
    if (!this.authenticated) this.signInFailed(error);
  }

  private signInFailed(error: unknown): void {
    this.signInError = error;
    logger.warn('The provider did not sign the user in.', error);
  }

  /** Where to go when the page has come back, which may be at another address than now. */
  private returnAddress(redirectUri: RedirectArgument): string | undefined {
    const { url } = this.page;
    const stays = redirectUri === '' || redirectUri === true || redirectUri === 0;
    const target = stays ? url : typeof redirectUri === 'string' ? this.allowed(redirectUri) : this.target;
    if (target === undefined) return undefined;
    const { origin, href } = new URL(target, url);
    return origin === new URL(url).origin ? href : target;
  }

  private destination(redirectUri: RedirectArgument): { readonly returnTo: string | undefined } {
    return { returnTo: named(redirectUri) ?? this.target };
  }

  private async tellOthers(tokens: TokenSet | undefined, name: string | undefined): Promise<unknown> {
    if (name !== undefined) return this.providers.signOut(name, tokens?.idToken).catch((error: unknown) => error);
    const { logoutMethod, logoutUrl, refreshTimeoutSeconds } = this.config;
    if (!logoutUrl) return undefined;
    const options =
      tokens && !hasExpired(tokens, this.session.now()) ? this.carrying(tokens.accessToken, logoutUrl) : {};
    return new Promise(resolve => {
      const cancel = this.page.after(refreshTimeoutSeconds * 1000, () => resolve(undefined));
      this.server
        .send(logoutMethod, logoutUrl, { options: { ...options, keepalive: true }, auth: false })
        .then(resolve, resolve)
        .finally(cancel);
    });
  }

  /** The header for a client that the bearer was not installed to. */
  private async authorization(path: string): Promise<RequestOptions> {
    if (!this.config.httpInterceptor || isInstalled(this.server.client) || !isLoggedIn(this.session.state)) return {};
    return this.carrying((await this.session.getFreshToken()).accessToken, path);
  }

  /** The header for an account that who was signed in under `epoch` began to link. */
  private async linking(path: string, epoch: number | undefined): Promise<RequestOptions> {
    if (epoch !== undefined && this.epoch !== undefined && epoch !== this.epoch) {
      throw new AuthError('session_changed', 'Another user has signed in since this was begun.');
    }
    return this.authorization(path);
  }

  /** The plugin's own server may have the token, unless it is not among the URLs that are listed, or has no TLS. */
  private carrying(token: string, path: string): RequestOptions {
    const url = this.server.urlOf(path);
    const isProtected = protectedUrls(this.config.protectedUrls ?? [url], this.page.baseUrl, warnOfUnprotected);
    const [name, value] = headerFor(this.config, token);
    return isProtected(url) ? { headers: { [name]: value } } : {};
  }

  // --- what changes ---

  private sessionChanged(change: SessionChange): void {
    this.state = change.state;
    if (change.event.type === 'logged-in') this.warnOfShortSession(change.event.session.tokens);
    const isOther = isOtherUser(change);
    const flipped = this.updateAuthenticated();
    if (isOther && !flipped) this.announce();
    this.eventAggregator.publish('authentication-state', authenticationState(change));
    if (flipped || isOther) this.goWhereExpected(change);
  }

  private warnOfShortSession({ refreshToken, expiresAt }: TokenSet): void {
    const { config, sessionProvider } = this;
    if (!config.useRefreshToken || sessionProvider || refreshesByCookie(config)) return;
    if (refreshToken !== undefined || expiresAt === undefined) return;
    logger.warn(
      `useRefreshToken is on, but the answer has no refresh token at "${config.refreshTokenProp}" (refreshTokenProp): ` +
        'the session ends with its access token.',
    );
  }

  private updateAuthenticated(): boolean {
    const authenticated = this.isSignedIn(this.state);
    if (authenticated === this.authenticated) return false;
    this.authenticated = authenticated;
    if (!authenticated) this.target = undefined;
    this.announce();
    logger.info(`Authorization changed to: ${authenticated}`);
    return true;
  }

  private announce(): void {
    this.bindingSignaler.signal('authentication-change');
    this.eventAggregator.publish('authentication-change', this.authenticated);
  }

  /** A token that has expired without a way to refresh it counts for nothing, even before the session has noticed. */
  private isSignedIn(state = this.session.state): boolean {
    return isLoggedIn(state) && (this.isTokenExpired() !== true || this.canRefreshBySelf());
  }

  private goWhereExpected({ event, state }: SessionChange): void {
    const { expiredRedirect, storageChangedRedirect, storageChangedReload } = this.config;
    const ended = state.status === 'logged-out' ? state.ended : undefined;
    if (event.type === 'adopted' || ended === 'storage_cleared') {
      if (storageChangedRedirect) this.page.assign(storageChangedRedirect);
      if (storageChangedReload) this.page.reload();
    } else if (ended !== undefined && expiries.includes(ended) && expiredRedirect) {
      this.page.assign(expiredRedirect);
    }
  }

  /**
   * Goes to another address.
   *
   * @param configured where to go when the argument does not say, or says another origin that is not configured
   * @param query further parameters for it
   */
  redirect(argument: RedirectArgument, configured: RedirectTarget, query?: Readonly<Record<string, unknown>>): void {
    if (argument === '' || argument === true || argument === 0) return;
    const target = typeof argument === 'string' ? (this.allowed(argument) ?? configured) : configured;
    if (target) this.page.assign(withQuery(target, query));
  }

  private allowed(target: string): string | undefined {
    const { loginRedirect, logoutRedirect, signupRedirect, expiredRedirect, storageChangedRedirect } = this.config;
    const configured = [loginRedirect, logoutRedirect, signupRedirect, expiredRedirect, storageChangedRedirect];
    const allowed = returnTo(target, this.page.url, configured);
    if (allowed === undefined) logger.warn('A redirect to another origin that is not configured was not followed.');
    return allowed;
  }

  /**
   * Resolves when {@link AuthService.ready} does, to whether the page is where it was. Otherwise it was led to another route, by the answer
   * of a provider for example, and the router is about to hear of that.
   */
  async readyHere(): Promise<boolean> {
    const before = routeOf(this.page.url);
    await this.ready;
    return routeOf(this.page.url) === before;
  }

  /** Remembers the current address as where the user wanted to go; the next login leads there, unless a session ends before it. */
  rememberTarget(): void {
    const { origin, href } = new URL(this.page.url);
    this.target = href.slice(origin.length);
  }

  private takeTarget(): string | undefined {
    const { target } = this;
    this.target = undefined;
    return target;
  }

  /** Which login it is; absent while nobody is signed in. */
  private get epoch(): number | undefined {
    return isLoggedIn(this.state) ? this.state.epoch : undefined;
  }

  private get tokens(): TokenSet | undefined {
    const { state } = this.session;
    return isLoggedIn(state) ? state.tokens : undefined;
  }

  private canRefreshBySelf(): boolean {
    const { tokens, sessionProvider } = this;
    const { useRefreshToken, autoUpdateToken } = this.config;
    if (sessionProvider && tokens) return autoUpdateToken && sessionProvider.sessionOptions.refresh.canRenew(tokens);
    return useRefreshToken && autoUpdateToken && (this.getRefreshToken() !== null || refreshesByCookie(this.config));
  }

  private isolated(name: string, action: () => unknown): void {
    Promise.resolve()
      .then(action)
      .catch(error => logger.warn(`${name} threw.`, error));
  }
}

type FormArguments = [body: object | undefined, options: RequestOptions | undefined, redirectUri: RedirectArgument];

function named(redirectUri: RedirectArgument): string | undefined {
  return typeof redirectUri === 'string' ? redirectUri : undefined;
}

function withQuery(target: string, query: Readonly<Record<string, unknown>> = {}): string {
  const text = parameters(query).toString();
  return text === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${text}`;
}

/** Opaque tokens do not tell, so a login in another tab counts as another user's. */
function isOtherUser({ event, state, previous }: SessionChange): boolean {
  if (!isLoggedIn(state) || !isLoggedIn(previous) || isSameUser(state, previous)) return false;
  const bothTell = [state, previous].every(({ tokens }) => subjectOf(tokens) !== undefined);
  return bothTell || event.type === 'adopted';
}

/** An address as the router tells it from others: `#/` is no other route than none, and `#top` is no route. */
function routeOf(address: string): string {
  const { pathname, search, hash } = new URL(address);
  return hash.startsWith('#/') ? `${pathname}${search}${hash.replace(/^#\/+/, '')}` : pathname + search;
}

function noop(): void {
  // The outcome is seen in the state.
}
