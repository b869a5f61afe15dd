import { type EndReason, freshUntil, type SessionState } from 'aurelia-auth-refresh/core';
import type { HistoryEvent, RefreshOutcome } from './session-history.js';

type LoggedIn = Extract<SessionState, { tokens: unknown }>;

export type Tone = 'quiet' | 'good' | 'busy' | 'late' | 'bad';

/** Description of the current state for users. */
export interface Summary {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

export const endInWords: Readonly<Record<EndReason, string>> = {
  none: 'No user has signed in yet.',
  requested: 'You logged out.',
  other_tab: 'You logged out in another tab.',
  refused: 'The server ended the session: it refused the refresh token.',
  unclear: 'The access token expired, and the server repeatedly responded with unclear errors.',
  expired: 'The access token expired, and there is no refresh token.',
  storage_cleared: 'The stored session was removed.',
  subject_mismatch: 'The server returned the tokens of another user.',
  provider: 'You signed out at the provider.',
  idle: 'The page was not used for a long time.',
  newer_version: 'A later version of this page uses the session: reload the page.',
};

export function summary(state: SessionState, now: number): Summary {
  switch (state.status) {
    case 'unknown':
      return { tone: 'quiet', title: 'Starting', detail: 'Reading the stored session.' };
    case 'logged-out':
      return {
        tone: state.ended === 'none' || state.ended === 'requested' ? 'quiet' : 'bad',
        title: 'Signed out',
        detail: endInWords[state.ended],
      };
    case 'refreshing':
      return { tone: 'busy', title: 'Refreshing', detail: 'Exchanging the refresh token for new tokens.' };
    case 'logged-in':
      if (!state.degraded) return { tone: 'good', title: 'Signed in', detail: nextRefresh(state, now) };
      return {
        tone: 'late',
        title: 'Waiting for the server',
        detail: `Still signed in. Next attempt at ${timeOfDay(state.degraded.retryAt)}, ${inSeconds(state.degraded.retryAt - now)}.`,
      };
  }
}

const outcomeInWords: Readonly<Record<RefreshOutcome, string>> = {
  refreshed: 'refreshed',
  elsewhere: 'refreshed by another tab',
  postponed: 'refresh failed, will be retried',
  refused: 'the server refused the refresh token',
  discarded: 'refresh cancelled',
};

/** Description of an event; `undefined` for events without one. */
export function eventInWords(event: HistoryEvent): string | undefined {
  switch (event.kind) {
    case 'request':
      return event.status === undefined ? undefined : `${event.what}: ${event.status || 'failed'}`;
    case 'refresh':
      return event.outcome && outcomeInWords[event.outcome];
    case 'hold':
      if (event.until === undefined) return undefined;
      return `a request waited ${((event.until - event.at) / 1000).toFixed(1)} s for a fresh token`;
    case 'rejected':
      return '401: the server rejected the access token';
    case 'replayed':
      return 'the rejected request was replayed with a new token';
    case 'outage':
      return 'the refresh endpoint was taken down';
    case 'signed-in':
      return 'signed in';
    case 'signed-out':
      return 'signed out';
    case 'token':
      return undefined;
  }
}

/** The last two minutes in a sentence. */
export function historyInWords(events: readonly HistoryEvent[]): string {
  const count = (matches: (event: HistoryEvent) => boolean) => events.filter(matches).length;
  const refreshes = count(event => event.kind === 'refresh' && event.outcome === 'refreshed');
  const requests = count(event => event.kind === 'request' && event.status !== undefined);
  const holds = count(event => event.kind === 'hold');
  const rejected = count(event => event.kind === 'rejected');
  const replayed = count(event => event.kind === 'replayed');
  return (
    `Timeline of the last two minutes: ${number(refreshes, 'refresh', 'refreshes')}, ` +
    `${number(requests, 'request')} completed, ${number(holds, 'request')} waited for a refresh, ` +
    `${number(rejected, 'token')} rejected by the server, ${number(replayed, 'request')} replayed.`
  );
}

export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}

function nextRefresh({ tokens }: LoggedIn, now: number): string {
  if (tokens.expiresAt === undefined) return 'Refreshed when the server rejects the token.';
  return `Next refresh ${inSeconds(freshUntil(tokens, true) - now)}.`;
}

function inSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds > 0 ? `in ${seconds} s` : 'now';
}

function number(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
