import { AuthError } from '../errors.js';
import { refreshAllowedAt } from './refresh-policy.js';
import { refreshPostponed } from './refresh-postponed.js';
import {
  isLoggedIn,
  isSameUser,
  type LiveSession,
  type LoggedIn,
  type SessionState,
  supersedes,
} from './session-state.js';
import { hasExpired } from './token-set.js';

/** Options of `Session.getFreshToken`. */
export interface FreshTokenOptions {
  /** Ends the wait of this caller, with the signal's reason. A refresh in progress continues. */
  readonly signal?: AbortSignal | null | undefined;
  /** Session that the token is needed for. @default the current one */
  readonly under?: LiveSession | undefined;
  /** Access token that a server rejected. Resolves to another token, after a refresh if necessary. */
  readonly rejected?: string | undefined;
}

/** A wait for an access token that can be sent. */
export interface TokenWait {
  /** Session that the token is needed for. */
  readonly under: LiveSession;
  /** Access token that a server rejected. Another token is needed, or a later version. */
  readonly rejected?: string | undefined;
  /** When the wait times out. */
  readonly deadline: number;
}

/** What a decision depends on besides the session's state. Instants are epoch ms on the session's clock. */
export interface WaitContext {
  readonly now: number;
  /** When the access token stops being fresh. */
  readonly freshUntil: number;
  /** Whether the session may refresh by itself. */
  readonly canRefresh: boolean;
  /** When the page was last woken. */
  readonly wokenAt: number;
}

/** What to do for a wait now. */
export type WaitDecision =
  | { readonly kind: 'take'; readonly live: LiveSession }
  | { readonly kind: 'refresh'; readonly state: LoggedIn }
  | { readonly kind: 'wait'; readonly until: number };

/**
 * Decides what to do for a wait.
 *
 * @throws {AuthError} if waiting longer cannot help
 */
export function waitDecision(wait: TokenWait, state: SessionState, context: WaitContext): WaitDecision {
  if (!isLoggedIn(state)) throw new AuthError('session_ended', 'The session has ended; no user is signed in.');
  if (!isSameUser(wait.under, state)) {
    throw new AuthError('session_changed', 'Another user has signed in since this was started.');
  }
  const { now } = context;
  if (isUsable(wait, state, context)) return { kind: 'take', live: state };
  if (!context.canRefresh) {
    throw new AuthError('no_refresh_token', 'The access token cannot be used, and there is no way to refresh it.');
  }
  if (now >= wait.deadline) throw timedOut(state);
  if (state.status === 'refreshing') return { kind: 'wait', until: wait.deadline };
  const allowedAt = refreshAllowedAt(state, state.degraded, 'request', context.wokenAt);
  return allowedAt <= now ? { kind: 'refresh', state } : { kind: 'wait', until: Math.min(allowedAt, wait.deadline) };
}

/** A token that is no longer fresh but has not expired is used while refreshes fail, and when the wait times out. */
function isUsable(
  { rejected, under, deadline }: TokenWait,
  state: LoggedIn,
  { now, freshUntil }: WaitContext,
): boolean {
  // A server that returned the rejected token again after a refresh has no other.
  const isRejected = state.tokens.accessToken === rejected && !supersedes(state, under);
  if (isRejected || hasExpired(state.tokens, now)) return false;
  const waitsForRetry = state.degraded !== undefined && state.status === 'logged-in';
  return now < freshUntil || waitsForRetry || now >= deadline;
}

function timedOut({ degraded }: LoggedIn): AuthError {
  const message = 'No fresh access token was available in time; the session is kept.';
  return refreshPostponed(message, degraded && { cause: degraded.error, retryAt: degraded.retryAt });
}
