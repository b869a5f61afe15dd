import type { AuthError, ProofOfPossession, Renewal, RevocationOptions, Session } from '../core.js';

/** Container key of the app's {@link SessionProviderFactory}. */
export const sessionProviderKey = 'aurelia-auth-refresh:session-provider';

interface Destination {
  /** On the page's own origin. */
  readonly returnTo?: string | undefined;
}

/** Creates the app's provider from its options. */
export type SessionProviderFactory = (options: object) => SessionProvider;

/** Begins, renews and ends sessions at an OpenID provider. The plugin uses it without loading OpenID Connect. */
export interface SessionProvider {
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  /** Absent where tokens are not bound to a key. */
  readonly proof: ProofOfPossession | undefined;
  /** Whether the page was just sent here by the provider. */
  isCallback(): boolean;
  /** Why what the page has come back with is not taken; absent where it has not come from the provider, by all appearances. */
  refusal(): AuthError | undefined;
  /** Signs in with what the provider sent the page back with, and resolves to where the user wanted to go. */
  completeSignIn(session: Session): Promise<Destination>;
  /** Whether the page was just sent here by the provider after a sign-out. */
  isSignedOutCallback(): boolean;
  /** Where the user wanted to go after that sign-out. */
  completeSignOut(): Destination;
  /** Sends the page to the provider. */
  signInByRedirect(request: Destination): Promise<void>;
  /** Signs in in a window of its own; to be called while handling a click or a key press. */
  signInByPopup(session: Session, request: Destination): Promise<Destination>;
  /** Signs out at once; resolves to whether the page is on its way to the provider. */
  signOut(session: Session, request: Destination): Promise<boolean>;
}
