import { DI, IEventAggregator, type InterfaceSymbol, resolve } from '@aurelia/kernel';
import { IPlatform, ISignaler } from '@aurelia/runtime-html';
import { AppSession, Bearer, browserPorts, type Credentials, type ParkedRequests, protectedUrls } from '../core.js';
import { type AuthClaims, authKinds, IAuthOptions } from './auth-options.js';
import { AuthRouting } from './auth-routing.js';

/** Binding signal and event that follow every sign-in and sign-out. */
export const authenticationChange = 'authentication-change';

/** Signs users in and out, and tells who is signed in. Bindings observe `authenticated`, `state` and `claims`. */
export class AuthService extends AppSession<AuthClaims> {
  /** Adds the token to requests. `bearer.fetch` sends requests without an HTTP client. */
  readonly bearer: Bearer;
  /** Requests that wait for the next sign-in, with the option of that name. Bindings observe `count`. */
  readonly parkedRequests: ParkedRequests | undefined;
  private readonly routing = resolve(AuthRouting);

  constructor() {
    const options = resolve(IAuthOptions);
    const { bearer, oidc, protectedUrls: urls = ['/'], storage, ports = browserPorts(storage) } = options;
    super(options, ports, authKinds);
    const platform = resolve(IPlatform);
    const protects = protectedUrls(urls, platform.document.baseURI);
    this.parkedRequests = options.parkedRequests?.(this.session);
    this.bearer = new Bearer(this.session, {
      fetch: request => platform.fetch(request),
      ...bearer,
      ...(oidc && { proof: oidc.proof }),
      parkedRequests: this.parkedRequests,
      protects,
    });
    const signaler = resolve(ISignaler);
    const events = resolve(IEventAggregator);
    this.subscribe(change => {
      if (change.isUserChange) {
        signaler.dispatchSignal(authenticationChange);
        events.publish(authenticationChange, this.authenticated);
      }
      events.publish('authentication-state', change);
      if (change.redirectCause) this.routing.afterChange(change.redirectCause, this.authenticated);
    });
  }

  /**
   * Signs in with credentials and redirects. Without credentials, redirects the page to the OpenID provider.
   *
   * @param returnTo router path; `false` to stay; if unset, the denied route or `homeRoute`
   * @returns the response body
   * @throws {AuthError} `login_failed`, `invalid_token_response`, `session_ended`
   */
  async login(credentials?: Credentials, returnTo?: string | false): Promise<unknown> {
    const body = await this.logIn(credentials, { returnTo: returnTo || this.routing.denied });
    if (returnTo !== false && this.authenticated) await this.routing.afterLogin(returnTo);
    return body;
  }

  /** Registers a user, signs the user in unless `signup.logsIn` is off, and redirects. */
  async signup(data: Credentials, returnTo?: string): Promise<unknown> {
    const body = await this.signUp(data);
    if (this.authenticated) await this.routing.afterLogin(returnTo);
    return body;
  }

  /** Signs out at once, even if the server is unreachable, and redirects to `loginRoute` or `returnTo`. */
  async logout(returnTo?: string): Promise<void> {
    if (!(await this.logOut({ returnTo }))) await this.routing.afterLogout(returnTo);
  }
}

/** Container key of {@link AuthService}. */
export const IAuthService: InterfaceSymbol<IAuthService> = DI.createInterface<IAuthService>('IAuthService', x =>
  x.singleton(AuthService),
);
export interface IAuthService extends AuthService {}
