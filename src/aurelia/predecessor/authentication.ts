import type { JwtClaims } from '../../core.js';
import { AuthService } from '../auth-service.js';
import { BaseConfig } from '../base-config.js';
import type { RedirectTarget } from '../options/redirect-options.js';
import { ProviderLogins } from '../provider-logins.js';
import type { RedirectArgument } from '../redirects.js';
import { tokenResponseReader } from '../token-response-reader.js';
import { deprecated } from './deprecated.js';
import { AuthLock, OAuth1, OAuth2 } from './oauth.js';
import { Storage } from './storage.js';

/** What aurelia-authentication's AuthService had behind it. A face: all of it is the AuthService's own. */
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

  /** The answer that signed the user in or was the last to refresh; null while nobody is signed in. */
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

  /** @deprecated Ask `isAuthenticated()`. */
  get hasDataStored(): boolean {
    return this.getResponseObject() !== null;
  }

  /**
   * Reads a token from an answer.
   *
   * @throws {AuthError} `invalid_token_response` where it is not there
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
  getIdToken(): string | undefined {
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

  /** The value of {@link AuthService.authenticated}; starts no refresh. */
  isAuthenticated(): boolean {
    return this.authService.authenticated;
  }

  /**
   * Always empty: all who call `updateToken()` while a refresh is under way wait for that one.
   *
   * @deprecated Call `AuthService.updateToken()`.
   */
  get updateTokenCallstack(): ((value: unknown) => void)[] {
    return [];
  }

  /**
   * Waits for a refresh, which is begun if none is under way.
   *
   * @deprecated Call `AuthService.updateToken()`, which this does.
   */
  toUpdateTokenCallstack(): Promise<boolean> {
    deprecated('toUpdateTokenCallstack', 'Call AuthService.updateToken().');
    return this.authService.updateToken();
  }

  /**
   * Does nothing: whoever waits for a refresh is told its outcome.
   *
   * @deprecated There is nobody to be told.
   */
  resolveUpdateTokenCallstack(_response?: unknown): void {
    deprecated('resolveUpdateTokenCallstack', 'Whoever waits for a refresh is told its outcome.');
  }

  /** Signs in at a provider, always by popup, and resolves to an answer with tokens, with which nothing is done here. */
  authenticate(name: string, userData: object = {}): Promise<unknown> {
    return this.logins.signIn(name, userData, async () => ({}));
  }

  /** Signs out at a provider, and not here. */
  logout(name: string): Promise<unknown> {
    return this.logins.signOut(name, this.getIdToken());
  }

  /** As {@link Redirects.follow}. */
  redirect(
    redirectUrl: RedirectArgument,
    defaultRedirectUrl?: RedirectTarget,
    query?: Readonly<Record<string, unknown>>,
  ): void {
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
