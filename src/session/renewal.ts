import type { AuthError } from '../errors.js';
import type { Clock } from './server-clock.js';
import type { After } from './time-limit.js';
import type { TokenResponse } from './token-response.js';
import type { TokenSet } from './token-set.js';

/**
 * How an attempt to renew ended. `refused` is the server's definite no and ends the session; whatever may be a fault on the
 * way is `postponed`: the session is kept, and tried again.
 */
export type RenewalOutcome =
  | {
      readonly kind: 'refreshed';
      readonly response: TokenResponse;
      /** What the answer's `Date` header said, epoch ms. */
      readonly serverDate?: number | undefined;
    }
  | { readonly kind: 'refused'; readonly error: AuthError }
  | {
      readonly kind: 'postponed';
      readonly error: AuthError;
      /** What the server asked to wait. */
      readonly retryAfterMs?: number | undefined;
    };

/** A way to new tokens: the refresh token grant, a silent iframe, whatever a server offers. */
export interface Renewal {
  /** After how many seconds an attempt is over at the latest. @default 10 */
  readonly timeoutSeconds?: number | undefined;
  /** Whether these tokens can be renewed at all. */
  canRenew(tokens: TokenSet): boolean;
  /**
   * Tries once. Done by one tab of the browser at a time; settles within the timeout, or soon after `abort`, and should not
   * throw.
   */
  renew(tokens: TokenSet, abort: AbortSignal): Promise<RenewalOutcome>;
}

export interface RenewalPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly after: After;
  readonly clock: Clock;
}
