import { AuthError, Bearer, browserPorts, isLoggedIn, protectedUrls, Session } from '../../../src/core.js';
import { OpenIdConnect, type OpenIdConnectOptions, type SignOutRequest } from '../../../src/oidc.js';

/** The script of a relying party's page: a session at a real provider, and what specs ask of it. Answers are plain data. */

export interface RelyingPartyStanding {
  readonly status: string;
  readonly ended?: string;
  readonly generation?: number;
  readonly subject?: unknown;
  readonly tokenType?: string;
  readonly hasRefreshToken?: boolean;
  readonly degradedBy?: string;
}

export class RelyingParty {
  readonly oidc: OpenIdConnect;
  readonly session: Session;
  readonly bearer: Bearer;
  /** The outcome of what the page did by itself when it was loaded: completed a sign-in or a sign-out. */
  readonly arrival: Promise<string>;
  private readonly codes: string[] = [];

  constructor(options: OpenIdConnectOptions) {
    this.oidc = new OpenIdConnect(options);
    this.session = new Session(this.oidc.sessionOptions, browserPorts());
    this.session.subscribe(({ event }) => {
      if (event.type === 'refresh-refused') this.codes.push(event.error.code);
    });
    this.bearer = new Bearer(this.session, {
      protects: protectedUrls(['/api'], document.baseURI),
      proof: this.oidc.proof,
      fetch: request => fetch(request),
    });
    this.arrival = this.arrive();
  }

  standing(): RelyingPartyStanding {
    const { state } = this.session;
    if (state.status === 'logged-out') return { status: state.status, ended: state.ended };
    if (!isLoggedIn(state)) return { status: state.status };
    const { generation, tokens, degraded } = state;
    return {
      status: 'logged-in',
      generation,
      subject: tokens.idClaims?.['sub'],
      tokenType: tokens.tokenType,
      hasRefreshToken: tokens.refreshToken !== undefined,
      ...(degraded && { degradedBy: degraded.error.code }),
    };
  }

  /** Why refreshes ended sessions here. */
  refusals(): readonly string[] {
    return this.codes;
  }

  call(): Promise<string> {
    return outcome(this.bearer.fetch('/api/orders').then(({ status }) => String(status)));
  }

  redirect(returnTo: string): Promise<string> {
    return outcome(this.oidc.signInByRedirect({ returnTo }).then(() => 'on the way'));
  }

  popup(): Promise<string> {
    return outcome(this.oidc.signInByPopup(this.session).then(() => 'signed in'));
  }

  silently(): Promise<string> {
    return outcome(this.oidc.signInSilently(this.session).then(() => 'signed in'));
  }

  update(): Promise<string> {
    return outcome(this.session.updateToken().then(() => 'refreshed'));
  }

  signOut(request: SignOutRequest = {}): Promise<string> {
    return outcome(this.oidc.signOut(this.session, request).then(() => 'on the way'));
  }

  secrets(): { readonly accessToken?: string | undefined; readonly refreshToken?: string | undefined } {
    const { state } = this.session;
    return isLoggedIn(state) ? state.tokens : {};
  }

  private async arrive(): Promise<string> {
    if (this.oidc.isCallback()) {
      return outcome(this.oidc.completeSignIn(this.session).then(({ returnTo }) => `signed in for ${returnTo}`));
    }
    if (this.oidc.isSignedOutCallback()) return `signed out for ${this.oidc.completeSignOut().returnTo}`;
    return 'nothing to complete';
  }
}

/** What a promise came to: the code of an `AuthError`, or its value. */
async function outcome(promise: Promise<string>): Promise<string> {
  return promise.catch((error: unknown) => (error instanceof AuthError ? error.code : String(error)));
}

declare global {
  var options: OpenIdConnectOptions;
  var rp: RelyingParty;
}

globalThis.rp = new RelyingParty(globalThis.options);
document.addEventListener('click', () => void globalThis.rp.popup());
