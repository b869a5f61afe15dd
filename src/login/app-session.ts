import { checkOptions, type OptionKinds } from '../session/check-options.js';
import {
  type PublicSessionChange,
  type PublicSessionState,
  publicChange,
  publicState,
} from '../session/public-state.js';
import { Session } from '../session/session.js';
import type { SessionOptions } from '../session/session-options.js';
import type { SessionPorts } from '../session/session-ports.js';
import { isLoggedIn, type SessionChange } from '../session/session-state.js';
import type { JwtClaims } from '../session/token-set.js';
import {
  type Credentials,
  type CredentialsLoginOptions,
  credentialsLogin,
  credentialsLoginKinds,
  sendCredentials,
} from './credentials-login.js';
import { isOtherUser, type RedirectCause, redirectCause } from './redirect-cause.js';
import {
  type CallbackOutcome,
  completeCallback,
  type ReturnAddress,
  type SessionProvider,
} from './session-provider.js';

/** Endpoints of the app's server, each with the shape of its request, and the options of the session. */
export interface AppSessionOptions {
  /** Login endpoint. @default { url: '/auth/login' } */
  readonly login?: CredentialsLoginOptions;
  /** Signup endpoint. `logsIn: false` if its response holds no tokens. @default { url: '/auth/signup' } */
  readonly signup?: CredentialsLoginOptions & { readonly logsIn?: boolean };
  /** Logout endpoint, for tokens in cookies. The option `revocation` of the session sends the refresh token instead. */
  readonly logout?: CredentialsLoginOptions;
  /** How the session refreshes, reads responses and revokes tokens. */
  readonly session?: SessionOptions;
  /** OpenID provider: an `OpenIdConnect` of `aurelia-auth-refresh/oidc`. Replaces `session.refresh`. */
  readonly oidc?: SessionProvider;
}

/** Kinds of {@link AppSessionOptions}. */
export const appSessionKinds: OptionKinds = {
  login: 'object',
  signup: 'object',
  logout: 'object',
  session: 'object',
  oidc: 'object',
};

/** A change of the session without its tokens, and what follows from it. */
export interface AppSessionChange extends PublicSessionChange {
  /** Whether a user signed in or out, or another user took over the session. */
  readonly isUserChange: boolean;
  /** Why the app should leave the current page. */
  readonly redirectCause: RedirectCause | undefined;
}

/**
 * Signs users in and out at the app's server or an OpenID provider, and tells who is signed in. For adapters of frameworks.
 *
 * @typeParam Claims claims of the access token
 */
export class AppSession<Claims extends object = JwtClaims> {
  /** Whether a user is signed in. Stays true while an expired access token is refreshed. */
  authenticated = false;
  /** The state of the session, without tokens. The object is replaced on every change. */
  state: PublicSessionState;
  /** Claims of the access token, not verified. Undefined for an opaque token, and while no user is signed in. */
  claims: Claims | undefined;
  /** Why the OpenID provider that the page was redirected from did not sign the user in. */
  signInError: unknown;
  /** The session with its tokens. */
  readonly session: Session;
  private callback: Promise<CallbackOutcome> | undefined;

  /**
   * @param kinds what the options may be. An adapter adds those of its own options.
   * @throws {AuthError} `invalid_configuration`
   */
  constructor(
    private readonly endpoints: AppSessionOptions,
    private readonly ports: SessionPorts,
    kinds: OptionKinds = appSessionKinds,
  ) {
    checkOptions(endpoints, kinds);
    const { login, signup, logout, oidc, session = {} } = endpoints;
    if (login) checkOptions(login, credentialsLoginKinds, 'login.');
    if (signup) checkOptions(signup, { ...credentialsLoginKinds, logsIn: 'boolean' }, 'signup.');
    if (logout) checkOptions(logout, credentialsLoginKinds, 'logout.');
    this.session = new Session(oidc ? { ...session, ...oidc.sessionOptions } : session, ports);
    this.state = publicState(this.session.state);
    this.session.subscribe(() => this.update());
    this.update();
  }

  /** Resolves when the session of the last visit is restored, and the callback in the page's address is completed. */
  get ready(): Promise<CallbackOutcome> {
    this.callback ??= this.complete();
    return this.callback;
  }

  /** Calls `listener` after each change. Returns a function that stops this. */
  subscribe(listener: (change: AppSessionChange) => void): () => void {
    return this.session.subscribe(change => listener(appSessionChange(change)));
  }

  /**
   * Signs in with credentials. Without any, redirects the page to the OpenID provider, if there is one.
   *
   * @param address where the provider's sign-in leads
   * @returns the response body
   * @throws {AuthError} `login_failed`, `invalid_token_response`, `session_ended`
   */
  async logIn(credentials?: Credentials, address: ReturnAddress = {}): Promise<unknown> {
    const { login = { url: '/auth/login' }, oidc } = this.endpoints;
    if (!credentials && oidc) return oidc.signInByRedirect(address);
    return credentialsLogin(this.session, credentials || {}, login, this.ports);
  }

  /**
   * Registers a user, and signs the user in unless `signup.logsIn` is off.
   *
   * @returns the response body
   * @throws {AuthError} `login_failed`, `invalid_token_response`, `session_ended`
   */
  async signUp(data: Credentials): Promise<unknown> {
    const { signup: { logsIn = true, ...request } = { url: '/auth/signup' } } = this.endpoints;
    if (!logsIn) return sendCredentials(data, request, this.ports);
    return credentialsLogin(this.session, data, request, this.ports);
  }

  /**
   * Signs out at once, even if the server is unreachable. Never rejects.
   *
   * @returns whether the page is redirected to the OpenID provider
   */
  async logOut(address: ReturnAddress = {}): Promise<boolean> {
    const { logout, oidc } = this.endpoints;
    const redirected = oidc ? oidc.signOut(this.session, address).catch(() => false) : false;
    this.session.logOut();
    if (logout) await sendCredentials({}, logout, this.ports).catch(() => undefined);
    return redirected;
  }

  /** Refreshes the tokens now. @throws {AuthError} `no_refresh_token`, `refresh_refused`, `refresh_postponed` */
  async updateToken(): Promise<void> {
    await this.session.updateToken();
  }

  /** Returns a fresh access token, for requests that do not use `fetch`. @throws {AuthError} if there is none in time */
  async getFreshToken(): Promise<string> {
    return (await this.session.getFreshToken()).accessToken;
  }

  private async complete(): Promise<CallbackOutcome> {
    const { oidc } = this.endpoints;
    await this.session.ready;
    const outcome: CallbackOutcome = oidc ? await completeCallback(oidc, this.session) : { kind: 'none' };
    if ('error' in outcome && !this.authenticated) this.signInError = outcome.error;
    return outcome;
  }

  private update(): void {
    const { state } = this.session;
    this.state = publicState(state);
    this.authenticated = isLoggedIn(state);
    this.claims = isLoggedIn(state) ? (state.tokens.claims as Claims | undefined) : undefined;
  }
}

function appSessionChange(change: SessionChange): AppSessionChange {
  const { state, previous } = change;
  const isUserChange = isLoggedIn(state) !== isLoggedIn(previous) || isOtherUser(change);
  return { ...publicChange(change), isUserChange, redirectCause: redirectCause(change) };
}
