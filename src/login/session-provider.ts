import { AuthError } from '../errors.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { Renewal } from '../session/renewal.js';
import type { RevocationOptions } from '../session/revoke-token.js';
import type { Session } from '../session/session.js';

/** Where a sign-in or sign-out leads the user. */
export interface ReturnAddress {
  /** Address to redirect to, on the page's origin. */
  readonly returnTo?: string | undefined;
}

/** Begins, renews and ends sessions at an OpenID provider. Adapters use it without loading OpenID Connect. */
export interface SessionProvider {
  readonly sessionOptions: { readonly refresh: Renewal; readonly revocation: RevocationOptions };
  /** Creates proofs for tokens of type `DPoP`. Undefined if tokens are not bound to a key. */
  readonly proof: ProofOfPossession | undefined;
  /** Whether the page's address is a callback of a sign-in. */
  isCallback(): boolean;
  /** Returns why the callback in the page's address was rejected. Undefined if it does not look like a callback. */
  rejectedCallback(): AuthError | undefined;
  /** Completes a sign-in from its callback, and resolves to the address to redirect to. */
  completeSignIn(session: Session): Promise<ReturnAddress>;
  /** Whether the page's address is a callback of a sign-out. */
  isSignedOutCallback(): boolean;
  /** Completes a sign-out from its callback, and returns the address to redirect to. */
  completeSignOut(): ReturnAddress;
  /** Redirects the page to the provider. */
  signInByRedirect(request: ReturnAddress): Promise<void>;
  /** Signs in by popup. Call it in the handler of a click or a key press. */
  signInByPopup(session: Session, request: ReturnAddress): Promise<ReturnAddress>;
  /** Signs out at once. Resolves to whether the page is redirected to the provider. */
  signOut(session: Session, request: ReturnAddress): Promise<boolean>;
}

/** Outcome of {@link completeCallback}. */
export type CallbackOutcome =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'signed-in' | 'signed-out' } & ReturnAddress)
  | { readonly kind: 'rejected'; readonly error: AuthError }
  | ({ readonly kind: 'failed'; readonly error: unknown } & ReturnAddress);

/**
 * Completes the sign-in or sign-out whose callback is in the page's address, if there is one. Never rejects.
 *
 * The outcome `rejected` means that the callback belongs to no sign-in of this browser. It does not affect a signed-in user.
 */
export async function completeCallback(provider: SessionProvider, session: Session): Promise<CallbackOutcome> {
  try {
    if (provider.isSignedOutCallback()) return { kind: 'signed-out', returnTo: provider.completeSignOut().returnTo };
    if (provider.isCallback())
      return { kind: 'signed-in', returnTo: (await provider.completeSignIn(session)).returnTo };
    const error = provider.rejectedCallback();
    return error ? { kind: 'rejected', error } : { kind: 'none' };
  } catch (error) {
    return { kind: 'failed', error, returnTo: error instanceof AuthError ? error.returnTo : undefined };
  }
}
