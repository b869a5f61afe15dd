import type { RefreshClassification } from './renewal.js';
import type { LoggedIn, RefreshFailure, UnclearResponses } from './session-state.js';

/** What calls for a refresh: the timer, a request that waits for a fresh token, or `updateToken()`. */
export type RefreshTrigger = 'timer' | 'request' | 'call';

const shortestIntervalMs = 1000;
const longestIntervalMs = 60_000;
/** The first three attempts take this long; a request adds none to them. */
const firstAttemptsMs = 10_000;

/** How soon after a failure each trigger may retry. Never later than `retryAt`. */
const retryAllowed: Readonly<Record<RefreshTrigger, (failure: RefreshFailure) => number>> = {
  timer: ({ retryAt }) => retryAt,
  // Well within the time that a request waits, so none fails although the server is back.
  request: ({ failedAt, since }) => Math.max(failedAt + 5000, since + firstAttemptsMs),
  // Calls in a row share a failure.
  call: ({ failedAt }) => failedAt + 1000,
};

/**
 * Returns the earliest instant at which a refresh request may be sent; `-Infinity` if there is no reason to wait.
 *
 * | after | timer | request | call |
 * |---|---|---|---|
 * | a login | at once | at once | at once |
 * | a refresh | 1 s; doubles up to 60 s while tokens arrive expired | as the timer | at once |
 * | a failure | at its `retryAt` | 5 s, 10 s after the first failure | 1 s |
 * | a failure from before the last wake-up | at once | at once | at once |
 * | a failure with `Retry-After` | at its `retryAt` | at its `retryAt` | at its `retryAt` |
 *
 * @param failure the latest failure in a row, of this tab or of another one
 * @param wokenAt when the page was last woken; the network may be back since
 */
export function refreshAllowedAt(
  state: LoggedIn,
  failure: RefreshFailure | undefined,
  trigger: RefreshTrigger,
  wokenAt: number,
): number {
  const afterRefresh = trigger === 'call' ? Number.NEGATIVE_INFINITY : nextRefreshAllowedAt(state);
  if (!failure) return afterRefresh;
  if (failure.byServer) return Math.max(afterRefresh, failure.retryAt);
  if (failure.failedAt < wokenAt) return afterRefresh;
  return Math.max(afterRefresh, Math.min(failure.retryAt, retryAllowed[trigger](failure)));
}

function nextRefreshAllowedAt({ tokens, generation, expiredOnArrival }: LoggedIn): number {
  if (generation === 0 && expiredOnArrival === 0) return Number.NEGATIVE_INFINITY;
  return tokens.receivedAt + Math.min(longestIntervalMs, shortestIntervalMs * 2 ** Math.max(0, expiredOnArrival - 1));
}

/** When the session has something to do by itself, and what. */
export interface NextAction {
  readonly at: number;
  readonly action: 'refresh' | 'expire';
}

/**
 * Returns what the session does next by itself; `undefined` if nothing.
 *
 * A failed refresh is retried even while the access token is fresh: the server may have rotated before its response was lost,
 * and accepts the old refresh token for a few seconds only.
 *
 * @param freshUntil when the access token stops being fresh
 */
export function nextAction(
  state: LoggedIn,
  freshUntil: number,
  canRefresh: boolean,
  wokenAt: number,
): NextAction | undefined {
  const { tokens, degraded } = state;
  const allowedAt = refreshAllowedAt(state, degraded, 'timer', wokenAt);
  if (degraded && canRefresh) return { at: allowedAt, action: 'refresh' };
  if (tokens.expiresAt === undefined) return undefined;
  if (!canRefresh) return { at: tokens.expiresAt, action: 'expire' };
  return { at: Math.max(freshUntil, allowedAt), action: 'refresh' };
}

const unclearLimit = 3;
const unclearLimitMs = 30_000;
/** Longer than the longest wait for an attempt and its timeout: the page was closed, or the device slept. */
const longestGapMs = 90_000;

/**
 * Counts unclear responses in a row. Any other failure starts a new row, and so does a gap, since two short failures are not one.
 *
 * @param previous the latest failure, of this tab or of another one
 * @returns `undefined` unless this response is unclear
 */
export function unclearResponses(
  classification: RefreshClassification,
  previous: RefreshFailure | undefined,
  now: number,
): UnclearResponses | undefined {
  if (classification !== 'unclear') return undefined;
  const row = previous && now - previous.failedAt <= longestGapMs ? previous.unclear : undefined;
  return row ? { count: row.count + 1, since: row.since } : { count: 1, since: now };
}

/** Whether unclear responses end a session whose access token cannot be used any more. */
export function endsSession(unclear: UnclearResponses | undefined, now: number): boolean {
  return unclear !== undefined && unclear.count >= unclearLimit && now - unclear.since >= unclearLimitMs;
}
