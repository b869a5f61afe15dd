import {
  generateRandomState,
  processUserInfoResponse,
  skipSubjectCheck,
  type TokenEndpointResponse,
  userInfoRequest,
} from 'oauth4webapi';
import type { PendingRedirects } from '../callback/pending-redirects.js';
import { withoutCallbackParameters } from '../callback/without-callback-parameters.js';
import { AuthError } from '../errors.js';
import type { Renewal } from '../session/renewal.js';
import type { RevocationOptions } from '../session/revoke-token.js';
import type { Session } from '../session/session.js';
import { isLoggedIn, type SessionState } from '../session/session-state.js';
import type { JwtClaims, TokenSet } from '../session/token-set.js';
import { bounded } from './bounded.js';
import { openIdConnectPorts } from './browser-ports.js';
import { beginCodeLogin, completeCodeLogin, type SignInRequest } from './code-login.js';
import type { DPoPProofs } from './dpop.js';
import { type OpenIdConnectOptions, type ResolvedOptions, resolvedOptions } from './open-id-connect-options.js';
import { isFrom, openIdRenewal, revokeQuietly } from './open-id-renewal.js';
import { type Pending, type PendingLogin, pendingRedirects } from './pending.js';
import { type CodeExchange, popupLogin } from './popup-login.js';
import type { OpenIdConnectPorts } from './ports.js';
import { Provider } from './provider.js';
import { SilentLogin } from './silent-login.js';

/** A sign-in that has come back from the provider. */
export interface CompletedSignIn {
  readonly tokens: TokenSet;
  /** Where the user wanted to go: a path, query and fragment on the page's own origin. */
  readonly returnTo: string | undefined;
}

/** How far to sign out. */
export interface SignOutRequest {
  /** Where to go once signed out, on the page's own origin; {@link OpenIdConnect.completeSignOut} hands it back. */
  readonly returnTo?: string | undefined;
  /**
   * `false`: signs out here and revokes, and leaves the user signed in at the provider.
   * @default true
   */
  readonly atProvider?: boolean;
  /** Further parameters of the request to the provider. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Sign-in at an OpenID provider for a {@link Session}, by redirect, in a popup or unseen; renewal; sign-out.
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
  /** How the session gets new tokens. */
  readonly renewal: Renewal;
  /** What a session needs to know of this provider: its renewal and its revocation. */
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  /** For the bearer, with `dpop: true`. */
  readonly proof: DPoPProofs | undefined;

  private readonly options: ResolvedOptions;
  private readonly provider: Provider;
  private readonly pending: PendingRedirects<Pending>;
  private readonly silent: SilentLogin;
  private completing: Promise<CompletedSignIn> | undefined;

  /** @throws {AuthError} `invalid_configuration` */
  constructor(
    options: OpenIdConnectOptions,
    private readonly ports: OpenIdConnectPorts = openIdConnectPorts(),
  ) {
    this.options = resolvedOptions(options, ports.page.url());
    this.provider = new Provider(this.options, ports);
    this.pending = pendingRedirects(ports);
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
   * Sends the page to the provider. Resolves when it is on its way; the page is about to go.
   *
   * @throws {AuthError} `insecure_context`, `provider_unreachable`, `untrusted_response`, `login_failed`
   */
  async signInByRedirect(request: SignInRequest = {}): Promise<void> {
    this.requireCryptography();
    const returnTo = this.ownPath(request.returnTo);
    const { redirectUri } = this.options;
    const { url, pending } = await this.inTime(signal =>
      beginCodeLogin(this.provider, redirectUri, { ...request, returnTo }, signal),
    );
    if (!this.pending.keep(pending)) {
      throw new AuthError(
        'login_failed',
        'The browser keeps nothing for this page, so the answer could not be recognised. Sign in by popup instead.',
      );
    }
    this.ports.page.navigate(url);
  }

  /** Whether the page's address is the provider's answer to something that this browser began here. */
  isCallback(): boolean {
    const isUnderWay = this.completing !== undefined;
    return isUnderWay || this.findPending(new URL(this.ports.page.url()), 'login') !== undefined;
  }

  /**
   * Why what the page has come back with is not taken: it looks like the provider's answer, and belongs to nothing that was begun here in
   * the last ten minutes, or was used before. Absent where it does not look so. The address stays as it is.
   */
  refusal(): AuthError | undefined {
    const { origin, pathname, searchParams } = new URL(this.ports.page.url());
    const isAnswer = searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
    const redirectUri = new URL(this.options.redirectUri);
    const isHere = redirectUri.origin === origin && redirectUri.pathname === pathname;
    return isAnswer && isHere && !this.isCallback() ? unknownState() : undefined;
  }

  /**
   * Takes the provider's answer out of the page's address, before anything else can see it, and signs in with it. Called again
   * while that is under way, it returns the same promise.
   *
   * @throws {AuthError} `unknown_state` for an answer that belongs to nothing here: the session is as it was; `login_required` or
   * `login_failed` when the provider says no; `session_ended` when the user signs out meanwhile; `untrusted_response`,
   * `provider_unreachable`, `login_timed_out`
   */
  completeSignIn(session: Session): Promise<CompletedSignIn> {
    if (this.completing !== undefined) return this.completing;
    const answer = new URL(this.ports.page.url());
    this.cleanAddress(answer);
    const pending = this.takePending(answer, 'login');
    if (!pending) return Promise.reject(unknownState());
    this.completing = this.complete(session, pending, answer).finally(() => {
      this.completing = undefined;
    });
    return this.completing;
  }

  /**
   * Signs in in a window of its own. Call it while handling a click or a key press.
   *
   * @throws {AuthError} `popup_blocked` before anything was asked, `popup_closed` within a second, and what
   * {@link OpenIdConnect.completeSignIn} throws. Should the provider cut the window off from this page, so that it merely looks
   * closed, the session is entered later, when the user is done there.
   */
  async signInByPopup(session: Session, request: SignInRequest = {}): Promise<CompletedSignIn> {
    this.requireCryptography();
    const returnTo = this.ownPath(request.returnTo);
    const exchange: CodeExchange = (...answered) => this.exchange(session, ...answered);
    return { tokens: await popupLogin(this.provider, { ...request, returnTo }, exchange, this.ports), returnTo };
  }

  /**
   * Signs in unseen, where the user is signed in at the provider: single sign-on at the start of a page.
   *
   * @throws {AuthError} `login_required`, `silent_login_blocked`, `login_timed_out`; `session_changed` when somebody has signed in or out
   * meanwhile, which counts for more; and what {@link OpenIdConnect.completeSignIn} throws
   */
  async signInSilently(session: Session, request: SignInRequest = {}): Promise<CompletedSignIn> {
    this.requireCryptography();
    const logIn = session.beginLogIn();
    const { state: before } = session;
    const { signal } = new AbortController();
    const body = await this.silent.tokens(request, false, signal);
    const tokens = this.takenOrRevoked(body, () => {
      if (!isSomebodysDoing(before, session.state)) return logIn(body);
      throw new AuthError('session_changed', 'Somebody has signed in or out while the provider was asked.');
    });
    return { tokens, returnTo: this.ownPath(request.returnTo) };
  }

  /**
   * Signs out: here at once, offline too; the refresh token is revoked in the background; then the page is sent to the provider,
   * to sign out there.
   *
   * @returns whether the page is on its way to the provider: not every provider offers a sign-out
   * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_timed_out`; signed out here all the same
   * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
   */
  async signOut(session: Session, request: SignOutRequest = {}): Promise<boolean> {
    const { state: before } = session;
    const idToken = isLoggedIn(before) && isFrom(this.provider, before.tokens) ? before.tokens.idToken : undefined;
    session.logOut();
    if (request.atProvider === false) return false;
    const endpoint = await this.provider.endpoint('end_session_endpoint');
    if (endpoint === undefined) return false;
    const { clientId, issuer, postLogoutRedirectUri } = this.options;
    const url = new URL(endpoint);
    for (const [name, value] of Object.entries(request.parameters ?? {})) url.searchParams.set(name, value);
    url.searchParams.set('client_id', clientId);
    if (idToken !== undefined) url.searchParams.set('id_token_hint', idToken);
    if (postLogoutRedirectUri !== undefined) {
      const state = generateRandomState();
      this.pending.keep({ kind: 'logout', state, issuer, clientId, returnTo: this.ownPath(request.returnTo) });
      url.searchParams.set('post_logout_redirect_uri', postLogoutRedirectUri);
      url.searchParams.set('state', state);
    }
    this.ports.page.navigate(url.href);
    return true;
  }

  /** Whether the page's address is the provider's answer to a sign-out that this browser began here. */
  isSignedOutCallback(): boolean {
    return this.findPending(new URL(this.ports.page.url()), 'logout') !== undefined;
  }

  /**
   * Takes the provider's answer to a sign-out out of the page's address.
   *
   * @throws {AuthError} `unknown_state` when this browser began no such sign-out, as when somebody merely followed a link
   */
  completeSignOut(): { readonly returnTo: string | undefined } {
    const answer = new URL(this.ports.page.url());
    this.cleanAddress(answer);
    const pending = this.takePending(answer, 'logout');
    if (!pending) throw unknownState();
    return { returnTo: pending.returnTo };
  }

  /**
   * For the page that the provider loads in a frame when the user signs out there: ends the session if it is meant, in
   * all tabs. Browsers that keep frames of other sites apart show that frame an empty storage, and then nothing is found to end.
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
   * What the provider says of the user.
   *
   * @throws {AuthError} `untrusted_response` when it speaks of another user; `no_session` when the user is not signed in by this provider;
   * what {@link Session.getFreshToken} throws
   * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
   */
  async userInfo(session: Session): Promise<JwtClaims> {
    const tokens = await session.getFreshToken();
    if (!isFrom(this.provider, tokens)) throw new AuthError('no_session', 'Nobody is signed in by this provider.');
    const { accessToken, idClaims } = tokens;
    const subject = idClaims?.['sub'];
    return this.inTime(signal =>
      this.provider.exchange(signal, async exchange => {
        const { server, client, proven } = exchange;
        const response = await userInfoRequest(server, client, accessToken, proven);
        const expected = typeof subject === 'string' ? subject : skipSubjectCheck;
        const claims = await processUserInfoResponse(server, client, expected, response);
        const isSigned = response.headers.get('Content-Type')?.startsWith('application/jwt');
        if (isSigned) await this.provider.checkSignature(response, exchange);
        return claims;
      }),
    );
  }

  private async complete(session: Session, pending: PendingLogin, answer: URL): Promise<CompletedSignIn> {
    const tokens = await this.inTime(signal => this.exchange(session, pending, answer, signal));
    return { tokens, returnTo: pending.returnTo };
  }

  /** Trades the code for tokens and signs in with them. */
  private async exchange(session: Session, pending: PendingLogin, answer: URL, signal: AbortSignal): Promise<TokenSet> {
    const logIn = session.beginLogIn();
    const body = await completeCodeLogin(this.provider, pending, answer, signal);
    return this.takenOrRevoked(body, () => {
      if (signal.aborted) throw signal.reason;
      this.silent.forget();
      return logIn(body);
    });
  }

  private takenOrRevoked(body: TokenEndpointResponse, take: () => TokenSet): TokenSet {
    try {
      return take();
    } catch (error) {
      const { refresh_token: refreshToken } = body;
      if (refreshToken !== undefined) revokeQuietly(this.provider, refreshToken, this.ports);
      throw error;
    }
  }

  private takePending<K extends Pending['kind']>(answer: URL, kind: K): Extract<Pending, { kind: K }> | undefined {
    const pending = this.findPending(answer, kind);
    return pending && (this.pending.take(pending.state) as typeof pending);
  }

  private findPending<K extends Pending['kind']>(answer: URL, kind: K): Extract<Pending, { kind: K }> | undefined {
    const states = answer.searchParams.getAll('state');
    const pending = states.length === 1 ? this.pending.find(states[0] ?? null) : undefined;
    const { issuer, clientId } = this.options;
    const isOurs = pending?.kind === kind && pending.issuer === issuer && pending.clientId === clientId;
    return isOurs ? (pending as Extract<Pending, { kind: K }>) : undefined;
  }

  private cleanAddress(answer: URL): void {
    const clean = withoutCallbackParameters(answer.href);
    if (clean !== answer.href) this.ports.page.replaceUrl(clean);
  }

  /** Path, query and fragment of an address on the page's own origin; absent for any other. */
  private ownPath(target: string | undefined): string | undefined {
    if (target === undefined) return undefined;
    try {
      const page = this.ports.page.url();
      const { origin, pathname, search, hash, username } = new URL(target, page);
      return origin === new URL(page).origin && username === '' && !pathname.startsWith('//')
        ? pathname + search + hash
        : undefined;
    } catch {
      return undefined;
    }
  }

  private inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { after } = this.ports;
    return bounded({ seconds: this.options.timeoutSeconds, after }, work);
  }

  private requireCryptography(): void {
    if (this.ports.isSecureContext()) return;
    throw new AuthError('insecure_context', 'Sign-in needs the cryptography that browsers give to https: pages only.');
  }
}

/** Whether a user signed in or out between two states, and not just a token ran out. */
function isSomebodysDoing(before: SessionState, after: SessionState): boolean {
  if (epochOf(before) !== epochOf(after)) return true;
  const ended = after.status === 'logged-out' ? after.ended : undefined;
  return isLoggedIn(before) && ended !== undefined && ended !== 'expired' && ended !== 'refused';
}

function epochOf(state: SessionState): number | undefined {
  return state.status === 'unknown' ? undefined : state.epoch;
}

function unknownState(): AuthError {
  return new AuthError(
    'unknown_state',
    'This answer of a provider belongs to nothing that was begun here in the last ten minutes, or was used before.',
  );
}
