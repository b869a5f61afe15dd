import type { AuthError } from '../errors.js';
import { hasExpired, subjectOf, type TokenSet } from './token-set.js';

/**
 * Why nobody is signed in.
 *
 * - `none`: no session was there to begin with.
 * - `requested`: this tab logged out.
 * - `other_tab`: another tab logged out.
 * - `refused`: the server refused to refresh.
 * - `expired`: the access token ran out and there was nothing to refresh with.
 * - `storage_cleared`: the stored session was removed from outside.
 * - `subject_mismatch`: a refresh returned another user's tokens.
 * - `provider`: the OpenID provider said that the user signed out there.
 * - `idle`: nobody used the application for the configured time.
 * - `newer_version`: a later version of this library wrote the stored session in another tab; reloading the page helps.
 */
export type EndReason =
  | 'none'
  | 'requested'
  | 'other_tab'
  | 'refused'
  | 'expired'
  | 'storage_cleared'
  | 'subject_mismatch'
  | 'provider'
  | 'idle'
  | 'newer_version';

/**
 * Which tokens of which session. A login starts an epoch, every refresh in it a generation. Of two versions the one with
 * the higher epoch counts, in one epoch the higher generation, and the end of an epoch outranks all its generations. Every
 * store and every tab goes by this one rule, so whatever the order in which things arrive, all end at the same version.
 */
export interface SessionVersion {
  /** Epoch ms of the login, with a fraction that keeps apart what two tabs begin in the same millisecond. */
  readonly epoch: number;
  /** How many refreshes there have been since. */
  readonly generation: number;
}

/** One version of a session with its tokens. */
export interface LiveSession extends SessionVersion {
  readonly tokens: TokenSet;
}

/** What is left of a session: when it began, and why it ended. */
export interface EndedSession {
  /** Which login it was, see {@link SessionVersion.epoch}; 0 where there was none. */
  readonly epoch: number;
  readonly ended: EndReason;
}

/** A refresh that could not be done yet. The session goes on. */
export interface Postponement {
  /** Epoch ms on the session's clock of the first failure in a row. */
  readonly since: number;
  /** Epoch ms on the session's clock of the latest failure. */
  readonly failedAt: number;
  /** Epoch ms on the session's clock of the next attempt. */
  readonly retryAt: number;
  /** Failures in a row, at least 1. */
  readonly attempts: number;
  /** The server itself named the time (`Retry-After`), so nothing but an explicit call tries earlier. */
  readonly byServer: boolean;
  /** Why the latest attempt failed: `refresh_postponed`, with status and cause. */
  readonly error: AuthError;
}

/** Somebody is signed in. While `refreshing`, the tokens are those being traded in. */
export interface LoggedIn extends LiveSession {
  readonly status: 'logged-in' | 'refreshing';
  /** Present while the server cannot be reached or cannot answer. */
  readonly degraded?: Postponement;
  /** Refreshes in a row whose access token had already expired when it came. */
  readonly expiredOnArrival: number;
}

/** What is held of a signed-in user. `unknown` only until the store was read, which is before anybody can ask. */
export type SessionState =
  | { readonly status: 'unknown' }
  | ({ readonly status: 'logged-out' } & EndedSession)
  | LoggedIn;

/** Why a refresh ended the session. */
export type RefreshEndReason = 'refused' | 'subject_mismatch' | 'newer_version';

/** What can happen to a session; the table in `doc/how-it-works.md` says what that changes. */
export type SessionEvent =
  | { readonly type: 'restored'; readonly session: LiveSession | undefined }
  | { readonly type: 'adopted'; readonly session: LiveSession | EndedSession }
  | { readonly type: 'logged-in'; readonly session: LiveSession }
  | { readonly type: 'refresh-started' }
  | { readonly type: 'refreshed'; readonly of: SessionVersion; readonly tokens: TokenSet }
  | { readonly type: 'refresh-postponed'; readonly of: SessionVersion; readonly postponement: Postponement }
  | {
      readonly type: 'refresh-failed';
      readonly of: SessionVersion;
      readonly reason: RefreshEndReason;
      readonly error: AuthError;
    }
  | { readonly type: 'logged-out'; readonly reason: EndReason };

/** A change as listeners hear of it. */
export interface SessionChange {
  readonly event: SessionEvent;
  readonly state: SessionState;
  readonly previous: SessionState;
}

export const unknownState: SessionState = { status: 'unknown' };

/** The state after an event. The same object comes back when the event does not apply. */
export function nextState(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'restored':
      if (state.status !== 'unknown') return state;
      return event.session ? loggedIn(event.session) : { status: 'logged-out', epoch: 0, ended: 'none' };
    case 'adopted':
      if (!supersedes(event.session, state)) return state;
      return 'ended' in event.session
        ? loggedOut(event.session.epoch, elsewhere(event.session.ended))
        : loggedIn(event.session, expiredOnArrivalBefore(state, event.session));
    case 'logged-in':
      return loggedIn(event.session);
    case 'refresh-started':
      return state.status === 'logged-in' ? { ...state, status: 'refreshing' } : state;
    case 'refreshed':
      return isRefreshOf(state, event.of) ? refreshed(state, event.tokens) : state;
    case 'refresh-postponed':
      return isRefreshOf(state, event.of) ? { ...state, status: 'logged-in', degraded: event.postponement } : state;
    case 'refresh-failed':
      return isRefreshOf(state, event.of) ? loggedOut(state.epoch, event.reason) : state;
    case 'logged-out':
      if (state.status === 'logged-out') return state;
      return loggedOut(state.status === 'unknown' ? 0 : state.epoch, event.reason);
  }
}

/** Why a refresh failed; absent for whatever else happened. */
export function errorOf(event: SessionEvent): AuthError | undefined {
  if (event.type === 'refresh-postponed') return event.postponement.error;
  return event.type === 'refresh-failed' ? event.error : undefined;
}

/** Whether the first version is the later one of the two. */
export function supersedes(
  incoming: LiveSession | EndedSession,
  current: SessionState | LiveSession | EndedSession,
): boolean {
  if (!('epoch' in current)) return true;
  return incoming.epoch === current.epoch ? rank(incoming) > rank(current) : incoming.epoch > current.epoch;
}

/** Whether somebody is signed in, be it that the access token is being refreshed or cannot be refreshed just now. */
export function isLoggedIn(state: SessionState): state is LoggedIn {
  return state.status === 'logged-in' || state.status === 'refreshing';
}

/** Whether two signed-in states are of one user: the same login, or a later one of the same subject. */
export function isSameUser(one: LiveSession, other: LiveSession): boolean {
  if (one.epoch === other.epoch) return true;
  const subject = subjectOf(one.tokens);
  return subject !== undefined && subject === subjectOf(other.tokens) && issuerOf(one) === issuerOf(other);
}

/** Whose name for the user it is: another issuer may mean somebody else by it. */
function issuerOf({ tokens: { idClaims, claims } }: LiveSession): unknown {
  return (idClaims?.['sub'] === undefined ? claims : idClaims)?.['iss'];
}

function loggedIn({ epoch, generation, tokens }: LiveSession, expiredOnArrivalBefore = 0): LoggedIn {
  const isExpiredOnArrival = generation > 0 && hasExpired(tokens, tokens.receivedAt);
  return {
    status: 'logged-in',
    epoch,
    generation,
    tokens,
    expiredOnArrival: isExpiredOnArrival ? expiredOnArrivalBefore + 1 : 0,
  };
}

/** Another tab's refreshes count like one's own. */
function expiredOnArrivalBefore(state: SessionState, { epoch }: SessionVersion): number {
  return isLoggedIn(state) && state.epoch === epoch ? state.expiredOnArrival : 0;
}

function refreshed({ epoch, generation, expiredOnArrival }: LoggedIn, tokens: TokenSet): LoggedIn {
  return loggedIn({ epoch, generation: generation + 1, tokens }, expiredOnArrival);
}

function loggedOut(epoch: number, ended: EndReason): SessionState {
  return { status: 'logged-out', epoch, ended };
}

/** Whether it is a version with tokens, and not the end of a session. */
export function isLive(session: LiveSession | EndedSession | undefined): session is LiveSession {
  return session !== undefined && 'generation' in session;
}

export function isSameVersion(one: SessionVersion, other: Partial<SessionVersion> | undefined): boolean {
  return one.epoch === other?.epoch && one.generation === other.generation;
}

/** The version alone, without the tokens. */
export function versionOf({ epoch, generation }: SessionVersion): SessionVersion {
  return { epoch, generation };
}

function isRefreshOf(state: SessionState, of: SessionVersion): state is LoggedIn {
  return state.status === 'refreshing' && isSameVersion(state, of);
}

function elsewhere(reason: EndReason): EndReason {
  return reason === 'requested' ? 'other_tab' : reason;
}

function rank(session: LiveSession | EndedSession): number {
  return 'ended' in session ? Number.POSITIVE_INFINITY : session.generation;
}
