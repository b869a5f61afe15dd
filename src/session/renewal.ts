import type { AuthError } from '../errors.js';
import type { TokenResponse } from './token-response.js';
import type { TokenSet } from './token-set.js';

/**
 * What a refresh response without tokens says about the session.
 *
 * - `refused`: the server refuses the refresh token. The session ends.
 * - `retryable`: the network, a gateway or the server failed. The session is kept and the refresh is retried.
 * - `unclear`: the response may mean either. The session is kept and the refresh is retried. Once the access token has
 *   expired, the third unclear response in a row over at least 30 seconds ends the session.
 */
export type RefreshClassification = 'refused' | 'retryable' | 'unclear';

/** Result of an attempt to get new tokens. */
export type RenewalOutcome =
  | {
      readonly kind: 'refreshed';
      readonly response: TokenResponse;
      /** The `Date` header of the response, epoch ms. */
      readonly serverDate?: number | undefined;
    }
  | {
      readonly kind: RefreshClassification;
      readonly error: AuthError;
      /** Delay that the server named, such as `Retry-After`. */
      readonly retryAfterMs?: number | undefined;
    };

/** A way to get new tokens, such as the refresh token grant or a hidden iframe. */
export interface Renewal {
  /** Maximum duration of an attempt, in seconds. @default 10 */
  readonly timeoutSeconds?: number | undefined;
  /** Whether these tokens can be renewed at all. */
  canRenew(tokens: TokenSet): boolean;
  /**
   * Tries once. Only one tab of the browser calls it at a time. Settles within the timeout, or soon after `abort`, and does not
   * reject.
   */
  renew(tokens: TokenSet, abort: AbortSignal): Promise<RenewalOutcome>;
}
