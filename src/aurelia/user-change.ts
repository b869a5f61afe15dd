import { isLoggedIn, isSameUser, type SessionChange, subjectOf } from '../core.js';

/** Whether another user has taken over the session. Without claims to compare, a login in another tab counts as another user. */
export function isOtherUser({ event, state, previous }: SessionChange): boolean {
  if (!isLoggedIn(state) || !isLoggedIn(previous) || isSameUser(state, previous)) return false;
  const areKnown = [state, previous].every(({ tokens }) => subjectOf(tokens) !== undefined);
  return areKnown || event.type === 'adopted';
}
