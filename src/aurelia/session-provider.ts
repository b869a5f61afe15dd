import type { AuthError, ProofOfPossession, Renewal, RevocationOptions, Session } from '../core.js';

/** Container key of the app's {@link SessionProviderFactory}. */
export const sessionProviderKey = 'aurelia-auth-refresh:session-provider';

interface Destination {
  /** Address to redirect to, on the page's origin. */
  readonly returnTo?: string | undefined;
}

/** Creates the app's provider from its options. */
export type SessionProviderFactory = (options: object) => SessionProvider;

/** Begins, renews and ends sessions at an OpenID provider. The plugin uses it without loading OpenID Connect. */
export interface SessionProvider {
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  /** Creates proofs for tokens of type `DPoP`. Undefined if tokens are not bound to a key. */
  readonly proof: ProofOfPossession | undefined;
  /** Whether the page's address is a callback of a sign-in. */
  isCallback(): boolean;
  /** Returns why the callback in the page's address was rejected. Undefined if it does not look like a callback. */
  rejectedCallback(): AuthError | undefined;
  /** Completes a sign-in from its callback, and resolves to the address to redirect to. */
  completeSignIn(session: Session): Promise<Destination>;
  /** Whether the page's address is a callback of a sign-out. */
  isSignedOutCallback(): boolean;
  /** Completes a sign-out from its callback, and returns the address to redirect to. */
  completeSignOut(): Destination;
  /** Redirects the page to the provider. */
  signInByRedirect(request: Destination): Promise<void>;
  /** Signs in by popup. Call it in the handler of a click or a key press. */
  signInByPopup(session: Session, request: Destination): Promise<Destination>;
  /** Signs out at once. Resolves to whether the page is redirected to the provider. */
  signOut(session: Session, request: Destination): Promise<boolean>;
}
