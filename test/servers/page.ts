import 'aurelia-polyfills';
import { type AuthConfig, AuthService, configure, FetchConfig } from 'aurelia-auth-refresh';
import {
  AuthError,
  Bearer,
  browserPorts,
  isLoggedIn,
  protectedUrls,
  Session,
  type SessionState,
} from 'aurelia-auth-refresh/core';
import { OpenIdConnect, type OpenIdConnectOptions } from 'aurelia-auth-refresh/oidc';
import { HttpClient } from 'aurelia-fetch-client';
import { Container, type FrameworkConfiguration } from 'aurelia-framework';
import { initialize } from 'aurelia-pal-browser';

/** The script of the application's page: one client, and what the suite does with it. Results are plain data. */

/** Which client the page has, and its options. */
export type ClientSetup =
  | { readonly kind: 'aurelia'; readonly config: AuthConfig }
  | { readonly kind: 'oidc'; readonly options: OpenIdConnectOptions; readonly protects: readonly string[] };

export interface Standing {
  readonly status: SessionState['status'];
  /** Why the session ended. */
  readonly ended?: string;
  /** Code of the error that postponed the refresh. */
  readonly postponedBy?: string;
}

export interface Secrets {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** Epoch ms. */
  readonly expiresAt?: number | undefined;
}

interface Client {
  readonly session: Session;
  /** Settles when the response of a provider in the page's address has been processed. */
  readonly arrival: Promise<unknown>;
  logIn(): Promise<unknown>;
  call(url: string): Promise<Response>;
  logOut(): Promise<unknown>;
}

class SuitePage {
  constructor(private readonly client: Client) {}

  async ready(): Promise<string> {
    return outcome(Promise.all([this.client.arrival, this.client.session.ready]).then(() => 'ready'));
  }

  standing(): Standing {
    const { state } = this.client.session;
    if (state.status === 'logged-out') return { status: state.status, ended: state.ended };
    if (!isLoggedIn(state) || !state.degraded) return { status: state.status };
    return { status: state.status, postponedBy: state.degraded.error.code };
  }

  secrets(): Secrets {
    const { state } = this.client.session;
    if (!isLoggedIn(state)) return {};
    const { accessToken, refreshToken, expiresAt } = state.tokens;
    return { accessToken, refreshToken, expiresAt };
  }

  logIn(): Promise<string> {
    return outcome(this.client.logIn().then(() => 'logged in'));
  }

  /** Sends a request for a protected resource. Returns its status, or the code of the error. */
  call(url: string): Promise<string> {
    return outcome(this.client.call(url).then(({ status }) => String(status)));
  }

  refresh(): Promise<string> {
    return outcome(this.client.session.updateToken().then(() => 'refreshed'));
  }

  /** Signs out. Returns `leaving` if the page goes to the provider next. */
  logOut(): Promise<string> {
    globalThis.isOld = true;
    return outcome(this.client.logOut().then(isLeaving => (isLeaving === true ? 'leaving' : 'logged out')));
  }
}

function clientFor(setup: ClientSetup): Client {
  return setup.kind === 'aurelia' ? aureliaClient(setup.config) : oidcClient(setup.options, setup.protects);
}

function aureliaClient(config: AuthConfig): Client {
  const container = new Container();
  const aurelia = { container, globalResources: () => aurelia };
  configure(aurelia as unknown as FrameworkConfiguration, config);
  const authService: AuthService = container.get(AuthService);
  const fetchConfig: FetchConfig = container.get(FetchConfig);
  const http: HttpClient = container.get(HttpClient);
  fetchConfig.configure(http);
  return {
    session: authService.session,
    arrival: Promise.resolve(),
    logIn: () => authService.login({ username: 'ann', password: 'secret' }),
    call: url => http.fetch(url),
    logOut: () => authService.logout(),
  };
}

function oidcClient(options: OpenIdConnectOptions, protects: readonly string[]): Client {
  const oidc = new OpenIdConnect(options);
  const session = new Session(oidc.sessionOptions, browserPorts());
  const bearer = new Bearer(session, {
    protects: protectedUrls(protects, document.baseURI),
    fetch: request => fetch(request),
  });
  const arrive = async (): Promise<void> => {
    if (oidc.isCallback()) await oidc.completeSignIn(session);
    if (oidc.isSignedOutCallback()) oidc.completeSignOut();
  };
  return {
    session,
    arrival: arrive(),
    logIn: () => oidc.signInByRedirect(),
    call: url => bearer.fetch(url),
    logOut: () => oidc.signOut(session),
  };
}

/** The value of a promise, or the code of its `AuthError`. */
async function outcome(promise: Promise<string>): Promise<string> {
  return promise.catch((error: unknown) => {
    if (error instanceof AuthError) return error.code;
    if (error instanceof Response) return String(error.status);
    return String(error);
  });
}

declare global {
  /** Set in a page that is about to leave. */
  var isOld: boolean | undefined;
  var setup: ClientSetup;
  var suite: SuitePage;
}

initialize();
globalThis.suite = new SuitePage(clientFor(globalThis.setup));
