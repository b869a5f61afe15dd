import { AuthError, Bearer, browserPorts, isLoggedIn, protectedUrls, Session, stepUp } from '../../../src/core.js';
import { OpenIdConnect, type OpenIdConnectOptions } from '../../../src/oidc.js';

/** Script of a relying party's page: a session at a real provider, and commands for specs. Results are plain data. */

export interface RelyingPartyStanding {
  readonly status: string;
  readonly ended?: string;
  readonly generation?: number;
  readonly subject?: unknown;
  readonly tokenType?: string;
  readonly degradedBy?: string;
}

export class RelyingParty {
  readonly oidc: OpenIdConnect;
  readonly session: Session;
  readonly bearer: Bearer;
  /** Result of the automatic actions at page load. */
  readonly callback: Promise<string>;

  constructor(options: OpenIdConnectOptions) {
    this.oidc = new OpenIdConnect(options);
    this.session = new Session(this.oidc.sessionOptions, browserPorts());
    this.bearer = new Bearer(this.session, {
      protects: protectedUrls(['/api'], document.baseURI),
      proof: this.oidc.proof,
      fetch: request => fetch(request),
      stepUp: stepUp(demand => this.oidc.stepUp(this.session, demand)),
    });
    this.callback = this.arrive();
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
      ...(degraded && { degradedBy: degraded.error.code }),
    };
  }

  call(): Promise<string> {
    return outcome(this.bearer.fetch('/api/orders').then(({ status }) => String(status)));
  }

  /** A request that demands a stronger authentication. */
  transfer(): Promise<string> {
    return outcome(this.bearer.fetch('/api/transfers', { method: 'POST' }).then(({ status }) => String(status)));
  }

  redirect(): Promise<string> {
    return outcome(this.oidc.signInByRedirect().then(() => 'on the way'));
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

  secrets(): { readonly accessToken?: string | undefined; readonly refreshToken?: string | undefined } {
    const { state } = this.session;
    return isLoggedIn(state) ? state.tokens : {};
  }

  private async arrive(): Promise<string> {
    if (this.oidc.isCallback()) return outcome(this.oidc.completeSignIn(this.session).then(() => 'signed in'));
    return 'nothing to complete';
  }
}

/** Outcome of a promise: the code of an `AuthError`, or its value. */
async function outcome(promise: Promise<string>): Promise<string> {
  return promise.catch((error: unknown) => (error instanceof AuthError ? error.code : String(error)));
}

declare global {
  var options: OpenIdConnectOptions;
  var rp: RelyingParty;
}

globalThis.rp = new RelyingParty(globalThis.options);
document.addEventListener('click', () => void globalThis.rp.popup());
