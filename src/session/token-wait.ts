import { AuthError } from '../errors.js';
import { refreshPostponed } from './refresh-postponed.js';
import { earliestRefresh, freshUntil } from './refresh-schedule.js';
import {
  isLoggedIn,
  isSameUser,
  type LiveSession,
  type LoggedIn,
  type SessionState,
  supersedes,
} from './session-state.js';
import { hasExpired } from './token-set.js';

/** Somebody who needs an access token that can be sent. */
export interface TokenWait {
  /** The session for which it is needed. */
  readonly under: LiveSession;
  /** An access token that a server has rejected: another one will do, or one of a later version. */
  readonly rejected?: string | undefined;
  /** Instant at which to stop waiting. */
  readonly deadline: number;
}

export type WaitDecision =
  | { readonly kind: 'take'; readonly live: LiveSession }
  | { readonly kind: 'refresh'; readonly state: LoggedIn }
  | { readonly kind: 'wait'; readonly until: number };

/**
 * What to do for somebody who waits, in this state at this instant.
 *
 * @throws {AuthError} where waiting longer is of no use
 */
export function waitDecision(wait: TokenWait, state: SessionState, now: number, canRefresh: boolean): WaitDecision {
  if (!isLoggedIn(state)) throw new AuthError('session_ended', 'The session has ended; nobody is signed in.');
  if (!isSameUser(wait.under, state)) {
    throw new AuthError('session_changed', 'Another user has signed in since this was started.');
  }
  const { tokens, degraded } = state;
  // A server that hands out the same token again, asked since, has no other.
  const isRejected = tokens.accessToken === wait.rejected && !supersedes(state, wait.under);
  const usable = !isRejected && !hasExpired(tokens, now);
  const waitingForRetry = degraded !== undefined && state.status === 'logged-in';
  if (usable && (now < freshUntil(tokens, canRefresh) || waitingForRetry || now >= wait.deadline)) {
    return { kind: 'take', live: state };
  }
  if (!canRefresh) {
    throw new AuthError('no_refresh_token', 'The access token cannot be used, and there is no way to refresh it.');
  }
  if (now >= wait.deadline) {
    const message = 'No fresh access token could be had in time; the session is kept.';
    throw refreshPostponed(message, degraded && { cause: degraded.error, retryAt: degraded.retryAt });
  }
  if (state.status === 'refreshing') return { kind: 'wait', until: wait.deadline };
  const earliest = earliestRefresh(state, true);
  return earliest <= now ? { kind: 'refresh', state } : { kind: 'wait', until: Math.min(earliest, wait.deadline) };
}
