import type { EndReason } from 'aurelia-auth-refresh/core';

/** Why the session ended, for users. */
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

export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}
