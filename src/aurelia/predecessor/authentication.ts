import type { JwtClaims } from '../../core.js';
import { AuthService } from '../auth-service.js';
import { BaseConfig } from '../base-config.js';
import type { RedirectTarget } from '../options/redirect-options.js';
import { ProviderLogins } from '../provider-logins.js';
import type { RedirectArgument, RedirectQuery } from '../redirects.js';
import { tokenResponseReader } from '../token-response-reader.js';
import { deprecated } from './deprecated.js';
import { AuthLock, OAuth1, OAuth2 } from './oauth.js';
import { Storage } from './storage.js';

/** The `Authentication` of aurelia-authentication. Delegates to {@link AuthService}. */
export class Authentication {
  static readonly inject = [Storage, BaseConfig, OAuth1, OAuth2, AuthLock, AuthService, ProviderLogins];

  constructor(
    readonly storage: Storage,
    readonly config: BaseConfig,
    readonly oAuth1: OAuth1,
    readonly oAuth2: OAuth2,
    readonly auth0Lock: AuthLock,
    private readonly authService: AuthService,
    private readonly logins: ProviderLogins,
  ) {}

  /** Returns the latest login or refresh response. Null while no user is signed in. */
  getResponseObject(): unknown {
    const { state } = this.authService;
    return 'tokens' in state ? state.tokens.response : null;
  }

  /** As {@link AuthService.setResponseObject}. */
  setResponseObject(response: unknown): void {
    this.authService.setResponseObject(response);
  }

  /** @deprecated Write `getResponseObject()`. */
  get responseObject(): unknown {
    return this.getResponseObject();
  }

  set responseObject(response: unknown) {
    this.setResponseObject(response);
  }

  /** @deprecated Use `isAuthenticated()`. */
  get hasDataStored(): boolean {
    return this.getResponseObject() !== null;
  }

  /**
   * Reads a token from a response.
   *
   * @throws {AuthError} `invalid_token_response` if the token is missing
   */
  getTokenFromResponse(
    response: unknown,
    prop: string,
    name: string,
    root: string | false = false,
  ): string | undefined {
    return response ? tokenResponseReader({ accessToken: { prop, name, root } })(response).accessToken : undefined;
  }

  /** As {@link AuthService.getAccessToken}. */
  getAccessToken(): string | undefined {
    return this.authService.getAccessToken();
  }

  /** @deprecated Write `getAccessToken()`. */
  getToken(): string | undefined {
    return this.getAccessToken();
  }

  /** As {@link AuthService.getRefreshToken}. */
  getRefreshToken(): string | null {
    return this.authService.getRefreshToken();
  }

  /** As {@link AuthService.getIdToken}. */
  getIdToken(): string | null | undefined {
    return this.authService.getIdToken();
  }

  /** As {@link AuthService.getTokenPayload}. */
  getPayload(): JwtClaims | null {
    return this.authService.getTokenPayload();
  }

  /** As {@link AuthService.getIdTokenPayload}. */
  getIdPayload(): JwtClaims | null {
    return this.authService.getIdTokenPayload();
  }

  /** As {@link AuthService.getExp}. */
  getExp(): number {
    return this.authService.getExp();
  }

  /** As {@link AuthService.getTtl}. */
  getTtl(): number {
    return this.authService.getTtl();
  }

  /** As {@link AuthService.isTokenExpired}. */
  isTokenExpired(): boolean | undefined {
    return this.authService.isTokenExpired();
  }

  /** Returns {@link AuthService.authenticated}. Starts no refresh. */
  isAuthenticated(): boolean {
    return this.authService.authenticated;
  }

  /**
   * Always empty: concurrent calls of `updateToken()` share one refresh.
   *
   * @deprecated Call `AuthService.updateToken()`.
   */
  get updateTokenCallstack(): ((value: unknown) => void)[] {
    return [];
  }

  /**
   * Waits for the current refresh, or starts one.
   *
   * @deprecated Call `AuthService.updateToken()` instead.
   */
  toUpdateTokenCallstack(): Promise<boolean> {
    deprecated('toUpdateTokenCallstack', 'Call AuthService.updateToken().');
    return this.authService.updateToken();
  }

  /**
   * Does nothing: the promise of each `updateToken()` call settles with the refresh.
   *
   * @deprecated Has no replacement.
   */
  resolveUpdateTokenCallstack(_response?: unknown): void {
    deprecated('resolveUpdateTokenCallstack', 'The promise of each updateToken() call settles with the refresh.');
  }

  /** Signs in at a provider by popup, and resolves to a response with tokens. Does not start a session. */
  authenticate(name: string, userData?: object | null): Promise<unknown> {
    return this.logins.signIn(name, userData ?? {}, async () => ({}));
  }

  /** Signs out at a provider. Does not end the session. */
  logout(name: string): Promise<unknown> {
    return this.logins.signOut(name, this.getIdToken());
  }

  /** As `AuthService.redirects.follow()`. */
  redirect(redirectUrl: RedirectArgument, defaultRedirectUrl?: RedirectTarget, query?: RedirectQuery): void {
    this.authService.redirects.follow(redirectUrl, defaultRedirectUrl, query);
  }

  /** @deprecated Read `config.loginRoute`. */
  getLoginRoute(): string {
    return this.config.loginRoute;
  }

  /** @deprecated Read `config.loginRedirect`. */
  getLoginRedirect(): RedirectTarget {
    return this.config.loginRedirect;
  }

  /** @deprecated Read `config.joinBase(config.loginUrl)`. */
  getLoginUrl(): string {
    return this.config.joinBase(this.config.loginUrl);
  }

  /** @deprecated Read `config.joinBase(config.signupUrl)`. */
  getSignupUrl(): string {
    return this.config.joinBase(this.config.signupUrl);
  }

  /** @deprecated Read `config.joinBase(config.profileUrl)`. */
  getProfileUrl(): string {
    return this.config.joinBase(this.config.profileUrl);
  }
}
