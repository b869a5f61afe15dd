import type { EndReason, LoggedIn, SessionState } from '../core.js';
import type { HistoryEvent, RefreshOutcome } from './session-history.js';

export type Tone = 'quiet' | 'good' | 'busy' | 'late' | 'bad';

/** The state of the session in words. */
export interface Summary {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

const endInWords: Readonly<Record<EndReason, string>> = {
  none: 'No user has signed in yet.',
  requested: 'The user signed out.',
  other_tab: 'The user signed out in another tab.',
  refused: 'The server refused the refresh token.',
  unclear: 'The access token expired, and the server kept responding to refreshes with errors.',
  expired: 'The access token expired, and there was no refresh token.',
  storage_cleared: 'The stored session was removed.',
  subject_mismatch: 'The refresh returned tokens of another user.',
  provider: 'The user signed out at the provider.',
  idle: 'The user was inactive.',
  newer_version: 'Another tab runs a later version of the library. Reload the page.',
};

/** @param refreshesAt when the session refreshes next by itself */
export function summary(state: SessionState, now: number, refreshesAt: number | undefined): Summary {
  switch (state.status) {
    case 'unknown':
      return { tone: 'quiet', title: 'Starting', detail: 'Reading the stored session.' };
    case 'logged-out': {
      const isExpected = state.ended === 'none' || state.ended === 'requested';
      return { tone: isExpected ? 'quiet' : 'bad', title: 'Signed out', detail: endOf(state.ended) };
    }
    case 'refreshing':
      return { tone: 'busy', title: 'Refreshing', detail: 'Exchanging the refresh token.' };
    case 'logged-in':
      if (!state.degraded) return { tone: 'good', title: 'Signed in', detail: nextChange(state, now, refreshesAt) };
      if (refreshesAt === undefined) return { tone: 'late', title: 'Refresh failed', detail: nextChange(state, now) };
      return {
        tone: 'late',
        title: 'Waiting for the server',
        detail: `Signed in. Retry at ${timeOfDay(state.degraded.retryAt)}, ${inSeconds(state.degraded.retryAt - now)}.`,
      };
  }
}

const outcomeInWords: Readonly<Record<RefreshOutcome, string>> = {
  refreshed: 'refreshed',
  elsewhere: 'another tab refreshed',
  postponed: 'refresh failed, will be retried',
  refused: 'the server refused to refresh',
  discarded: 'refresh cancelled',
};

/** An event in words. Undefined for an event that has not ended, and for one that another event implies. */
export function eventInWords(event: HistoryEvent): string | undefined {
  switch (event.kind) {
    case 'request':
      return event.status === undefined
        ? undefined
        : `${event.method} ${pathOf(event.url)}: ${event.status || 'no response'}`;
    case 'refresh':
      return event.outcome && outcomeInWords[event.outcome];
    case 'wait':
      if (event.until === undefined) return undefined;
      return `a request waited ${((event.until - event.at) / 1000).toFixed(1)} s for a fresh token`;
    case 'rejected':
      return '401: the server rejected the access token';
    case 'replayed':
      return 'the rejected request was replayed with a new token';
    case 'outage':
      return 'outage';
    case 'signed-in':
      return 'signed in';
    case 'signed-out':
      return `signed out: ${event.reason}`;
    case 'token':
      return undefined;
  }
}

/** The last two minutes in a sentence. */
export function historyInWords(events: readonly HistoryEvent[]): string {
  const count = (matches: (event: HistoryEvent) => boolean) => events.filter(matches).length;
  const refreshes = count(event => event.kind === 'refresh' && isSuccess(event.outcome));
  const requests = count(event => event.kind === 'request' && Boolean(event.status));
  return (
    `The last two minutes: ${number(refreshes, 'refresh', 'refreshes')}, ${number(requests, 'response')}, ` +
    `${number(count(isOf('wait')), 'request')} waited for a fresh token, ` +
    `${number(count(isOf('rejected')), 'token')} rejected by the server, ` +
    `${number(count(isOf('replayed')), 'request')} replayed.`
  );
}

export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}

function isSuccess(outcome: RefreshOutcome | undefined): boolean {
  return outcome === 'refreshed' || outcome === 'elsewhere';
}

function isOf(kind: HistoryEvent['kind']): (event: HistoryEvent) => boolean {
  return event => event.kind === kind;
}

function endOf(reason: EndReason): string {
  return reason === 'none' ? endInWords.none : `${endInWords[reason]} Reason: ${reason}.`;
}

function nextChange({ tokens }: LoggedIn, now: number, refreshesAt?: number): string {
  if (tokens.expiresAt === undefined) return 'The expiry of the access token is unknown.';
  if (refreshesAt !== undefined) return `Next refresh ${inSeconds(refreshesAt - now)}.`;
  return `Not refreshed automatically. The access token expires ${inSeconds(tokens.expiresAt - now)}.`;
}

function inSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds > 0 ? `in ${seconds} s` : 'now';
}

function number(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
