import type { TokenEndpointResponse } from 'oauth4webapi';
import { storageDenied } from '../callback/pending-redirects.js';
import { loginTimedOut } from '../callback/relayed-callback.js';
import { AuthError } from '../errors.js';
import type { Renewal } from '../session/renewal.js';
import type { RevocationOptions } from '../session/revoke-token.js';
import type { Session } from '../session/session.js';
import { endReasons, isLoggedIn, type SessionState } from '../session/session-state.js';
import type { JwtClaims, TokenSet } from '../session/token-set.js';
import { openIdConnectPorts } from './browser-ports.js';
import { beginCodeLogin, completeCodeLogin, type SignInRequest } from './code-login.js';
import type { DPoPProofs } from './dpop.js';
import { type OpenIdConnectOptions, type ResolvedOptions, resolvedOptions } from './open-id-connect-options.js';
import { isFrom, openIdRenewal, revokeQuietly } from './open-id-renewal.js';
import { PageCallback } from './page-callback.js';
import type { PendingLogin } from './pending.js';
import { type CodeExchange, popupLogin } from './popup-login.js';
import type { OpenIdConnectPorts } from './ports.js';
import { Provider } from './provider.js';
import { type SignOutRequest, signOutUrl } from './sign-out.js';
import { SilentLogin } from './silent-login.js';
import { requireSameUser, type StepUpRequest, stepUpSignIn } from './step-up.js';
import { userInfo } from './user-info.js';

/** Result of a sign-in. */
export interface CompletedSignIn {
  readonly tokens: TokenSet;
  /** Path, query and fragment on the page's own origin to navigate to. */
  readonly returnTo: string | undefined;
}

/**
 * Signs users of a {@link Session} in and out at an OpenID provider, and renews their tokens.
 *
 * @example
 * const oidc = new OpenIdConnect({
 *   issuer: 'https://login.example.com',
 *   clientId: 'shop',
 *   scope: 'openid offline_access',
 *   redirectUri: '/signed-in',
 * });
 * const session = new Session(oidc.sessionOptions, browserPorts());
 * if (oidc.isCallback()) {
 *   const { returnTo } = await oidc.completeSignIn(session);
 *   router.navigate(returnTo ?? '/');
 * } else if (!isLoggedIn(session.state)) {
 *   await oidc.signInByRedirect({ returnTo: location.href });
 * }
 */
export class OpenIdConnect {
  /** Renews the tokens of the session. */
  readonly renewal: Renewal;
  /** Options for {@link Session}: renewal and revocation at this provider. */
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  /** Option `proof` for `Bearer`. Set with `dpop: true`. */
  readonly proof: DPoPProofs | undefined;

  private readonly options: ResolvedOptions;
  private readonly provider: Provider;
  private readonly callback: PageCallback;
  private readonly silent: SilentLogin;
  private completing: Promise<CompletedSignIn> | undefined;

  /** @throws {AuthError} `invalid_configuration` */
  constructor(
    options: OpenIdConnectOptions,
    private readonly ports: OpenIdConnectPorts = openIdConnectPorts(),
  ) {
    this.options = resolvedOptions(options, ports.page.url());
    this.provider = new Provider(this.options, ports);
    this.callback = new PageCallback(this.options, ports);
    this.silent = new SilentLogin(this.provider, ports);
    this.renewal = openIdRenewal(this.provider, this.silent, ports);
    this.proof = this.provider.proofs;
    const { clientId, clientSecret } = this.options;
    const url = () => this.provider.endpoint('revocation_endpoint');
    const parameters = {
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    };
    this.sessionOptions = { refresh: this.renewal, revocation: { url, parameters } };
  }

  /**
   * Redirects the page to the provider. Resolves when the navigation has started.
   *
   * @throws {AuthError} `insecure_context`, `provider_unreachable`, `untrusted_response`, `login_failed`
   */
  async signInByRedirect(request: SignInRequest = {}): Promise<void> {
    this.requireCryptography();
    const { redirectUri } = this.options;
    const login = this.withOwnPath(request);
    const { url, pending } = await this.provider.inTime(signal =>
      beginCodeLogin(this.provider, redirectUri, login, signal),
    );
    if (!this.callback.pending.add(pending)) throw storageDenied();
    this.ports.page.navigate(url);
  }

  /** Whether the URL of the page holds the provider's response to a sign-in of this browser. */
  isCallback(): boolean {
    return this.completing !== undefined || this.callback.find('login') !== undefined;
  }

  /**
   * Returns `unknown_state` if the URL of the page holds an authorization response that is forged, used or older than ten minutes.
   * Returns `undefined` otherwise. Leaves the URL unchanged.
   */
  rejectedCallback(): AuthError | undefined {
    return this.completing === undefined ? this.callback.error() : undefined;
  }

  /**
   * Removes the authorization response from the URL of the page and signs in with it. Concurrent calls return the same promise.
   *
   * @throws {AuthError} `unknown_state` if the response is for no sign-in of this browser: the session is unchanged; `login_required` or
   * `login_failed` with the provider's error; `session_ended` when the user signs out meanwhile; `untrusted_response`,
   * `provider_unreachable`, `login_timed_out`. `returnTo` of these errors is the URL that the user wanted
   */
  completeSignIn(session: Session): Promise<CompletedSignIn> {
    this.completing ??= this.complete(session).finally(() => {
      this.completing = undefined;
    });
    return this.completing;
  }

  /**
   * Signs in in a popup. Call it in the handler of a click or a key press.
   *
   * @throws {AuthError} `popup_blocked`; `popup_closed` within a second; and the errors of {@link OpenIdConnect.completeSignIn}. A popup
   * that the provider severs from this page looks closed: the user is signed in later, when its response arrives
   */
  async signInByPopup(session: Session, request: SignInRequest = {}): Promise<CompletedSignIn> {
    this.requireCryptography();
    const login = this.withOwnPath(request);
    const exchange: CodeExchange = (...response) => this.exchange(session, ...response);
    return { tokens: await popupLogin(this.provider, login, exchange, this.ports), returnTo: login.returnTo };
  }

  /**
   * Signs in in a hidden iframe, if the user is signed in at the provider: single sign-on at the start of a page.
   *
   * @throws {AuthError} `login_required`, `silent_login_blocked`, `login_timed_out`; `session_changed` if a user signed in or out meanwhile;
   * and the errors of {@link OpenIdConnect.completeSignIn}
   */
  async signInSilently(session: Session, request: SignInRequest = {}): Promise<CompletedSignIn> {
    this.requireCryptography();
    const logIn = session.beginLogIn();
    const { state: before } = session;
    const { signal } = new AbortController();
    const body = await this.silent.tokens(request, this.idTokenOf(before), false, signal);
    const tokens = this.usedOrRevoked(body, () => {
      if (!hasUserChanged(before, session.state)) return logIn(body);
      throw new AuthError('session_changed', 'A user signed in or out during the silent sign-in.');
    });
    return { tokens, returnTo: this.callback.ownPath(request.returnTo) };
  }

  /**
   * Authenticates the user of the session again in a popup, as an API demands (RFC 9470), and replaces the tokens of the session. Call it
   * in the handler of a click or a key press, or soon after one: browsers block other popups.
   *
   * @throws {AuthError} `no_session` if no user is signed in by this provider; `subject_mismatch` if another user signs in: the session
   * is unchanged; and the errors of {@link OpenIdConnect.signInByPopup}
   * @example
   * const bearer = new Bearer(session, { stepUp: stepUp(demand => oidc.stepUp(session, demand)) });
   */
  async stepUp(session: Session, demand: StepUpRequest): Promise<TokenSet> {
    this.requireCryptography();
    const { state } = session;
    if (!isLoggedIn(state) || !isFrom(this.provider, state.tokens)) throw notSignedIn();
    const login = stepUpSignIn(this.options, state, demand);
    const exchange: CodeExchange = (...response) =>
      this.exchange(session, ...response, body => requireSameUser(state, session.state, body));
    return popupLogin(this.provider, login, exchange, this.ports);
  }

  /**
   * Ends the session at once, also offline, and revokes the refresh token in the background. Then redirects the page to the provider
   * to sign out there.
   *
   * @returns whether the page navigates to the provider. Not every provider supports a sign-out
   * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_timed_out`. The session has ended nevertheless
   * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
   */
  async signOut(session: Session, request: SignOutRequest = {}): Promise<boolean> {
    const { state: before } = session;
    session.logOut();
    if (request.atProvider === false) return false;
    const url = await signOutUrl(this.provider, this.idTokenOf(before), request, this.callback);
    if (url !== undefined) this.ports.page.navigate(url);
    return url !== undefined;
  }

  /** Whether the URL of the page holds the provider's response to a sign-out of this browser. */
  isSignedOutCallback(): boolean {
    return this.callback.find('logout') !== undefined;
  }

  /**
   * Removes the response to a sign-out from the URL of the page.
   *
   * @throws {AuthError} `unknown_state` if the response is for no sign-out of this browser, for example after a forged link
   */
  completeSignOut(): { readonly returnTo: string | undefined } {
    const { returnTo } = this.callback.take('logout').pending;
    return { returnTo };
  }

  /**
   * Ends the session in all tabs if the URL of the page is the provider's front-channel logout request for it. Call it on the page that
   * the provider loads in a frame. Browsers that partition storage show that frame no session.
   *
   * @returns whether a session ended
   * @see https://openid.net/specs/openid-connect-frontchannel-1_0.html
   */
  endedAtProvider(session: Session): boolean {
    const { searchParams } = new URL(this.ports.page.url());
    const { state } = session;
    if (!isLoggedIn(state)) return false;
    const { idClaims } = state.tokens;
    const isMeant = searchParams.get('iss') === idClaims?.['iss'] && searchParams.get('sid') === idClaims?.['sid'];
    if (!idClaims || !isMeant) return false;
    session.logOut('provider');
    return true;
  }

  /**
   * Fetches the claims of the user from the provider.
   *
   * @throws {AuthError} `untrusted_response` if the claims are those of another user; `no_session` if the tokens are not from this provider;
   * the errors of {@link Session.getFreshToken}
   * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
   */
  async userInfo(session: Session): Promise<JwtClaims> {
    const tokens = await session.getFreshToken();
    if (!isFrom(this.provider, tokens)) throw notSignedIn();
    return this.provider.inTime(signal => userInfo(this.provider, tokens, signal));
  }

  private idTokenOf(state: SessionState): string | undefined {
    return isLoggedIn(state) && isFrom(this.provider, state.tokens) ? state.tokens.idToken : undefined;
  }

  private async complete(session: Session): Promise<CompletedSignIn> {
    const { url, pending } = this.callback.take('login');
    const { returnTo } = pending;
    try {
      const tokens = await this.provider.inTime(signal => this.exchange(session, pending, url, signal));
      return { tokens, returnTo };
    } catch (error) {
      throw error instanceof AuthError ? Object.assign(error, { returnTo }) : error;
    }
  }

  /** Exchanges the code for tokens and signs in with them. */
  private async exchange(
    session: Session,
    pending: PendingLogin,
    url: string,
    signal: AbortSignal,
    check: (body: TokenEndpointResponse) => void = () => undefined,
  ): Promise<TokenSet> {
    const logIn = session.beginLogIn();
    const body = await completeCodeLogin(this.provider, pending, url, signal);
    return this.usedOrRevoked(body, () => {
      if (signal.aborted) throw loginTimedOut();
      check(body);
      this.silent.reset();
      return logIn(body);
    });
  }

  private usedOrRevoked(body: TokenEndpointResponse, use: () => TokenSet): TokenSet {
    try {
      return use();
    } catch (error) {
      const { refresh_token: refreshToken } = body;
      if (refreshToken !== undefined) revokeQuietly(this.provider, refreshToken, this.ports);
      throw error;
    }
  }

  private withOwnPath(request: SignInRequest): SignInRequest {
    return { ...request, returnTo: this.callback.ownPath(request.returnTo) };
  }

  private requireCryptography(): void {
    if (this.ports.isSecureContext()) return;
    throw new AuthError('insecure_context', 'Sign-in needs cryptography that browsers provide only to https: pages.');
  }
}

/** Whether a user signed in or out between two states. A session that expired or was refused does not count. */
function hasUserChanged(before: SessionState, after: SessionState): boolean {
  if (epochOf(before) !== epochOf(after)) return true;
  const ended = after.status === 'logged-out' ? after.ended : undefined;
  return isLoggedIn(before) && ended !== undefined && !endReasons[ended].canResume;
}

function notSignedIn(): AuthError {
  return new AuthError('no_session', 'No user is signed in by this provider.');
}

function epochOf(state: SessionState): number | undefined {
  return state.status === 'unknown' ? undefined : state.epoch;
}
