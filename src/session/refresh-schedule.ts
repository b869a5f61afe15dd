import { httpDate } from './http-date.js';
import type { TokenSet } from './token-set.js';

const longestMarginMs = 60_000;
const shortestBackoffMs = 1000;
const longestBackoffMs = 60_000;
const shortestRetryMs = 250;
const longestRetryAfterMs = 5 * 60_000;
const firstAttemptsMs = 10_000;

/** `exp` of a JWT has a resolution of a second, so the token may expire up to a second earlier than it seems. */
const expResolutionMs = 1000;

/**
 * Returns how long before expiry an access token is refreshed: a minute, or a tenth of a lifetime under ten minutes. For a JWT at
 * least a second, or half of a lifetime under two seconds.
 */
export function refreshMarginMs(tokens: TokenSet): number {
  const { receivedAt, expiresAt } = tokens;
  if (expiresAt === undefined) return 0;
  const lifetimeMs = Math.max(0, expiresAt - receivedAt);
  const usualMs = Math.min(longestMarginMs, lifetimeMs / 10);
  // Claims are decoded when they are first read: only for a short lifetime.
  const isSafe = usualMs >= expResolutionMs || tokens.claims?.['exp'] === undefined;
  return isSafe ? usualMs : Math.min(expResolutionMs, lifetimeMs / 2);
}

/** Returns until when an access token is fresh, so that it is sent without a refresh; `Infinity` if its expiry is unknown. */
export function freshUntil(tokens: TokenSet, canRefresh: boolean): number {
  return (tokens.expiresAt ?? Number.POSITIVE_INFINITY) - (canRefresh ? refreshMarginMs(tokens) : 0);
}

/** A failed refresh attempt. */
export interface FailedAttempt {
  /** Failures in a row, including this one. */
  readonly attempts: number;
  /** Ms since the first of them. */
  readonly sinceFirstMs: number;
  /** Delay that the server named. */
  readonly retryAfterMs?: number | undefined;
  /** The browser reports that it is offline. It will report its return, so there is no hurry. */
  readonly offline?: boolean;
  /** From 0 up to 1. */
  readonly random: number;
}

/**
 * Returns the delay before the next attempt, in ms: `Retry-After`, of which five minutes at most are accepted, or exponential
 * backoff with full jitter from a second to a minute. At most three attempts fall into the first ten seconds.
 */
export function retryDelay({ attempts, sinceFirstMs, retryAfterMs, offline = false, random }: FailedAttempt): number {
  if (offline) return longestBackoffMs;
  const spread = attempts >= 3 ? firstAttemptsMs - sinceFirstMs : 0;
  const backoff = random * Math.min(longestBackoffMs, shortestBackoffMs * 2 ** (attempts - 1));
  const wanted = retryAfterMs === undefined ? backoff : Math.min(retryAfterMs, longestRetryAfterMs);
  return Math.max(shortestRetryMs, spread, wanted);
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date. Returns `undefined` for anything else.
 *
 * @param now the response's own `Date` if it has one, epoch ms
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const delayMs = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Number(httpDate(value)) - now;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), longestRetryAfterMs);
}
