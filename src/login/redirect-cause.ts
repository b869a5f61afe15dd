import { endReasons, isLoggedIn, isSameUser, type SessionChange } from '../session/session-state.js';
import { subjectOf } from '../session/token-set.js';

/** Why an app should leave the current page: the session ended by itself, or another tab signed in or out. */
export type RedirectCause = 'expired' | 'other-tab';

/**
 * Returns why an app should leave the current page after a change of the session.
 *
 * Undefined if the same user stays signed in, and after a login or logout in this tab, which redirects on its own.
 */
export function redirectCause(change: SessionChange): RedirectCause | undefined {
  const { event, state, previous } = change;
  if (isLoggedIn(state) === isLoggedIn(previous) && !isOtherUser(change)) return undefined;
  const ended = state.status === 'logged-out' ? state.ended : undefined;
  if (event.type === 'adopted' || ended === 'storage_cleared') return 'other-tab';
  return ended !== undefined && endReasons[ended].isExpiry ? 'expired' : undefined;
}

/** Whether another user has taken over the session. Without claims to compare, a login in another tab counts as another user. */
export function isOtherUser({ event, state, previous }: SessionChange): boolean {
  if (!isLoggedIn(state) || !isLoggedIn(previous) || isSameUser(state, previous)) return false;
  const areKnown = [state, previous].every(({ tokens }) => subjectOf(tokens) !== undefined);
  return areKnown || event.type === 'adopted';
}
