import type { ProofOfPossession } from './proof-of-possession.js';
import type { Renewal } from './renewal.js';
import type { RevocationOptions } from './revoke-token.js';
import type { Session } from './session.js';

/** Under this key an application's container holds its {@link SessionProvider}, where it has one. */
export const sessionProviderKey = 'aurelia-auth-refresh:session-provider';

interface Destination {
  /** On the page's own origin. */
  readonly returnTo?: string | undefined;
}

/** Whoever begins sessions, renews and ends them: what the Aurelia plugin takes of the OpenID Connect door without loading it. */
export interface SessionProvider {
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  readonly proof: ProofOfPossession | undefined;
  /** Whether the page was just sent here by the provider. */
  isCallback(): boolean;
  completeSignIn(session: Session): Promise<Destination>;
  isSignedOutCallback(): boolean;
  completeSignOut(): Destination;
  signInByRedirect(request: Destination): Promise<void>;
  signInByPopup(session: Session, request: Destination): Promise<Destination>;
  /** Signs out at once; resolves to whether the page is on its way to the provider. */
  signOut(session: Session, request: Destination): Promise<boolean>;
}
