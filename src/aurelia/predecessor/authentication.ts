import { Container } from 'aurelia-framework';
import { type JwtClaims, jwtClaims } from '../../core.js';
import { AuthParts } from '../auth-parts.js';
import { BaseConfig } from '../base-config.js';
import type { RedirectTarget } from '../options/redirect-options.js';
import { tokenReader } from '../options/token-response-options.js';
import { ProviderLogins } from '../provider-logins.js';
import type { RedirectArgument, RedirectQuery } from '../redirects.js';
import { tokenResponseReader } from '../token-response-reader.js';
import type { Unchecked } from '../unchecked.js';
import { containerOf } from './container-of.js';
import { deprecated } from './deprecated.js';
import { AuthLock, OAuth1, OAuth2 } from './oauth.js';
import { Storage } from './storage.js';

/** The tokens of a response, as {@link Authentication.getDataFromResponse} returns them. */
export interface TokenData {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | null;
  readonly idToken: string | null | undefined;
  /** Claims of the access token. */
  readonly payload: JwtClaims | null;
  /** When the access token expires, in seconds since the epoch. `NaN` if unknown. */
  readonly exp: number;
}

/**
 * The `Authentication` of aurelia-authentication. Reads and changes the session of `AuthService`. Its types are those of
 * aurelia-authentication, which do not say what may be missing.
 */
export class Authentication {
  static readonly inject = [Storage, BaseConfig, OAuth1, OAuth2, AuthLock, Container];

  /** @internal */
  private readonly container: Container;

  constructor(
    readonly storage: Storage,
    readonly config: BaseConfig,
    readonly oAuth1: OAuth1,
    readonly oAuth2: OAuth2,
    readonly auth0Lock: AuthLock,
    container?: Container,
  ) {
    this.container = containerOf(config, container);
    const { redirects } = this.parts;
    redirects.override = (...redirect) => {
      if (this.redirect === Authentication.prototype.redirect) return false;
      this.redirect(...redirect);
      return true;
    };
  }

  /** @internal */
  private get parts(): AuthParts {
    return this.container.get(AuthParts);
  }

  /** @internal */
  private get logins(): ProviderLogins {
    return this.container.get(ProviderLogins);
  }

  /** Returns the latest login or refresh response. Null while no user is signed in. */
  getResponseObject(): Unchecked {
    return this.parts.tokens.response;
  }

  /** As `AuthService.setResponseObject()`. */
  setResponseObject(response: unknown): void {
    const { session } = this.parts.authSession;
    if (response) session.logIn(response);
    else session.logOut();
  }

  /** @deprecated Write `getResponseObject()`. */
  get responseObject(): Unchecked {
    return this.getResponseObject();
  }

  set responseObject(response: Unchecked) {
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
  getTokenFromResponse(response: unknown, prop: string, name: string, root: string | false = false): string {
    if (!response) return undefined as unknown as string;
    return tokenResponseReader({ accessToken: { prop, name, root } })(response).accessToken;
  }

  /**
   * Reads the tokens from a response.
   *
   * @throws {AuthError} `invalid_token_response` if there is no access token
   */
  getDataFromResponse(response: unknown): TokenData {
    const read = response ? tokenReader(this.config)(response) : undefined;
    const payload = (read && jwtClaims(read.accessToken)) ?? null;
    return {
      accessToken: read?.accessToken,
      refreshToken: read?.refreshToken ?? null,
      idToken: read && (read.idToken ?? null),
      payload,
      exp: Math.trunc(Number(read?.expiresAtSeconds ?? payload?.['exp'] ?? Number.NaN)),
    };
  }

  /** As `AuthService.getAccessToken()`. */
  getAccessToken(): string {
    return this.parts.tokens.accessToken as string;
  }

  /** @deprecated Write `getAccessToken()`. */
  getToken(): string {
    return this.getAccessToken();
  }

  /** As `AuthService.getRefreshToken()`. */
  getRefreshToken(): string {
    return this.parts.tokens.refreshToken as string;
  }

  /** As `AuthService.getIdToken()`. */
  getIdToken(): string {
    return this.parts.tokens.idToken as string;
  }

  /** As `AuthService.getTokenPayload()`. */
  getPayload(): Unchecked {
    return this.parts.tokens.claims;
  }

  /** As `AuthService.getIdTokenPayload()`. */
  getIdPayload(): Unchecked {
    return this.parts.tokens.idClaims;
  }

  /** As `AuthService.getExp()`. */
  getExp(): number {
    return this.parts.tokens.expiresAtSeconds;
  }

  /** As `AuthService.getTtl()`. */
  getTtl(): number {
    return this.parts.tokens.secondsLeft;
  }

  /** As `AuthService.isTokenExpired()`. */
  isTokenExpired(): boolean {
    return this.parts.tokens.isExpired as boolean;
  }

  /** Whether a user is signed in. Starts no refresh. */
  isAuthenticated(): boolean {
    return this.parts.authSession.isSignedIn();
  }

  /** @deprecated Call `getAccessToken()`. */
  get accessToken(): string {
    return this.getAccessToken();
  }

  /** @deprecated Call `getRefreshToken()`. */
  get refreshToken(): string {
    return this.getRefreshToken();
  }

  /** @deprecated Call `getIdToken()`. */
  get idToken(): string {
    return this.getIdToken();
  }

  /** @deprecated Call `getPayload()`. */
  get payload(): Unchecked {
    return this.getPayload();
  }

  /** @deprecated Call `getIdPayload()`. */
  get idPayload(): Unchecked {
    return this.getIdPayload();
  }

  /** @deprecated Call `getExp()`. */
  get exp(): number {
    return this.getExp();
  }

  /** @deprecated Always true: every response is read when it arrives. */
  get responseAnalyzed(): boolean {
    return true;
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
  toUpdateTokenCallstack(): Promise<Unchecked> {
    deprecated('toUpdateTokenCallstack', 'Call AuthService.updateToken().');
    return this.parts.authSession.session.updateToken().then(() => this.isAuthenticated());
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
  authenticate(name: string, userData?: object | null): Promise<Unchecked> {
    return this.logins.signIn(name, userData ?? {}, async () => ({}));
  }

  /** Signs out at a provider. Does not end the session. */
  logout(name: string): Promise<Unchecked> {
    return this.logins.signOut(name, this.getIdToken());
  }

  /** Redirects to an address. Replace or override it to redirect in another way. */
  redirect(redirectUrl: RedirectArgument, defaultRedirectUrl?: RedirectTarget, query?: RedirectQuery): void {
    this.parts.redirects.perform(redirectUrl, defaultRedirectUrl, query);
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
