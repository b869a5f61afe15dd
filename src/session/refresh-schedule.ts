import { httpDate } from './http-date.js';
import type { ServerClock } from './server-clock.js';
import type { LoggedIn } from './session-state.js';
import type { After } from './time-limit.js';
import type { TokenSet } from './token-set.js';

/** The longest delay `setTimeout` takes; a longer one fires at once. */
export const longestDelayMs = 2 ** 31 - 1;
const marginMs = 60_000;
const shortestIntervalMs = 1000;
const longestIntervalMs = 60_000;
const shortestRetryMs = 250;
const longestRetryAfterMs = 5 * 60_000;
/** No request is turned away from a server that is back: this is well within the time that one waits for a token. */
const awaitedIntervalMs = 5000;
const firstAttemptsMs = 10_000;

/** How long before expiry an access token counts as no longer fresh: a minute, or a tenth of a lifetime shorter than ten. */
export function refreshMarginMs({ receivedAt, expiresAt }: TokenSet): number {
  return expiresAt === undefined ? 0 : Math.max(0, Math.min(marginMs, (expiresAt - receivedAt) / 10));
}

/** Until when the access token may be sent without a thought; `Infinity` when nobody said when it expires. */
export function freshUntil(tokens: TokenSet, canRefresh: boolean): number {
  return (tokens.expiresAt ?? Number.POSITIVE_INFINITY) - (canRefresh ? refreshMarginMs(tokens) : 0);
}

/**
 * The earliest instant for an automatic refresh: a second after the last one, doubling up to a minute while the server
 * hands out tokens that have already expired; and not before a postponed refresh is due.
 *
 * @param awaited somebody needs a token now: then it is due every five seconds, once the first attempts are over, unless the
 * server named a time
 */
export function earliestRefresh({ tokens, generation, expiredOnArrival, degraded }: LoggedIn, awaited = false): number {
  const interval = Math.min(longestIntervalMs, shortestIntervalMs * 2 ** Math.max(0, expiredOnArrival - 1));
  const rested = generation === 0 && expiredOnArrival === 0 ? 0 : tokens.receivedAt + interval;
  if (!degraded) return rested;
  const { since, failedAt, retryAt, byServer } = degraded;
  if (!awaited || byServer) return Math.max(rested, retryAt);
  return Math.max(rested, Math.min(retryAt, Math.max(failedAt + awaitedIntervalMs, since + firstAttemptsMs)));
}

/** Failures from before this instant do not keep somebody who needs a token now from another attempt. */
export function awaitedNewsSince(now: number): number {
  return now - awaitedIntervalMs;
}

/** When the session wants to be woken, and what for. Absent: it can wait for ever. */
export interface Wake {
  readonly at: number;
  readonly reason: 'refresh' | 'expire';
}

/**
 * A refresh that failed is tried again however fresh the access token is: the server may have rotated before the answer was
 * lost, and takes the old refresh token for a few seconds only.
 */
export function nextWake(state: LoggedIn, canRefresh: boolean): Wake | undefined {
  const { tokens, degraded } = state;
  if (degraded && canRefresh) return { at: earliestRefresh(state), reason: 'refresh' };
  if (tokens.expiresAt === undefined) return undefined;
  if (!canRefresh) return { at: tokens.expiresAt, reason: 'expire' };
  return { at: Math.max(freshUntil(tokens, canRefresh), earliestRefresh(state)), reason: 'refresh' };
}

export interface Attempt {
  /** Failures in a row, this one included. */
  readonly attempts: number;
  /** Ms since the first of them. */
  readonly sinceFirstMs: number;
  /** What the server asked for. */
  readonly retryAfterMs?: number | undefined;
  /** The machine is known to be offline: the network's return will be told, so there is no hurry. */
  readonly offline?: boolean;
  /** From 0 up to 1. */
  readonly random: number;
}

/**
 * How long to wait after a failed refresh: what the server asked for in `Retry-After` (of which five minutes at most are
 * believed), or exponential with full jitter, from a second to a minute. At most three attempts in the first ten seconds.
 */
export function retryDelay({ attempts, sinceFirstMs, retryAfterMs, offline = false, random }: Attempt): number {
  if (offline) return longestIntervalMs;
  const spread = attempts >= 3 ? firstAttemptsMs - sinceFirstMs : 0;
  const backoff = random * Math.min(longestIntervalMs, shortestIntervalMs * 2 ** (attempts - 1));
  const wanted = retryAfterMs === undefined ? backoff : Math.min(retryAfterMs, longestRetryAfterMs);
  return Math.max(shortestRetryMs, spread, wanted);
}

/**
 * Reads `Retry-After`: seconds or an HTTP date, against the answer's own `Date` where it has one. Absent when it is neither.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const delayMs = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : (httpDate(value) ?? Number.NaN) - now;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), longestRetryAfterMs);
}

/** One timer for an instant on the session's clock: in legs where the wait is long, and late where the machine slept. */
export class WakeTimer {
  /** When it wakes; `Infinity` while it is not set. */
  at = Number.POSITIVE_INFINITY;
  private cancelLeg: (() => void) | undefined;

  constructor(
    private readonly clock: ServerClock,
    private readonly after: After,
  ) {}

  set(at: number, action: () => void): void {
    this.cancel();
    this.at = at;
    const delayMs = Math.max(0, Math.ceil(at - this.clock.now()));
    this.cancelLeg = this.after(Math.min(delayMs, longestDelayMs), () => {
      this.cancel();
      if (this.clock.now() >= at) action();
      else this.set(at, action);
    });
  }

  cancel(): void {
    this.cancelLeg?.();
    this.cancelLeg = undefined;
    this.at = Number.POSITIVE_INFINITY;
  }
}
