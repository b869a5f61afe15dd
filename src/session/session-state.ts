import type { AuthError } from '../errors.js';
import { hasExpired, subjectOf, type TokenSet } from './token-set.js';

/**
 * Why no user is signed in.
 *
 * - `none`: the page started without a session.
 * - `requested`: this tab logged out.
 * - `other_tab`: another tab logged out.
 * - `refused`: the server refused the refresh token.
 * - `unclear`: the access token expired, and three responses to refreshes over at least 30 seconds were errors that may mean a
 *   refused refresh token.
 * - `expired`: the access token expired and there was no refresh token.
 * - `storage_cleared`: the stored session was removed by the user, the browser or another script.
 * - `subject_mismatch`: a refresh returned the tokens of another user.
 * - `provider`: the OpenID provider reported that the user signed out there.
 * - `idle`: the user was inactive for the configured time.
 * - `newer_version`: another tab runs a later version of this library. Reloading the page helps.
 */
export type EndReason =
  | 'none'
  | 'requested'
  | 'other_tab'
  | 'refused'
  | 'unclear'
  | 'expired'
  | 'storage_cleared'
  | 'subject_mismatch'
  | 'provider'
  | 'idle'
  | 'newer_version';

/** What the end of a session means to an app. */
export interface EndReasonTraits {
  /** The user asked for it. */
  readonly byUser: boolean;
  /** The server or the OpenID provider ended the session. */
  readonly byServer: boolean;
  /** The session ran out while it was in use: `expiredRedirect` applies, and the app may offer to sign in again on the same page. */
  readonly isExpiry: boolean;
  /** The user may continue after signing in again: a pending sign-in completes, and parked requests wait for it. */
  readonly canResume: boolean;
}

const none: EndReasonTraits = { byUser: false, byServer: false, isExpiry: false, canResume: false };
const byUser: EndReasonTraits = { ...none, byUser: true };
const ranOut: EndReasonTraits = { ...none, isExpiry: true };
const expired: EndReasonTraits = { ...ranOut, canResume: true };
const refused: EndReasonTraits = { ...expired, byServer: true };

/** What each {@link EndReason} means. */
export const endReasons: Readonly<Record<EndReason, EndReasonTraits>> = {
  none,
  requested: byUser,
  other_tab: byUser,
  refused,
  unclear: refused,
  expired,
  storage_cleared: none,
  subject_mismatch: { ...ranOut, byServer: true },
  provider: { ...byUser, byServer: true },
  idle: ranOut,
  newer_version: none,
};

/**
 * Orders the tokens of all logins and refreshes. A login starts an epoch, each refresh in it a generation.
 *
 * The higher epoch wins. Within an epoch the higher generation wins, and the end of the epoch wins over all generations. All
 * stores and tabs apply this rule, so they arrive at the same version in any order of events.
 */
export interface SessionVersion {
  /** Epoch ms of the login. Its fraction is random, for logins of two tabs in one millisecond. */
  readonly epoch: number;
  /** Number of refreshes since. */
  readonly generation: number;
}

/** One version of a session with its tokens. */
export interface LiveSession extends SessionVersion {
  readonly tokens: TokenSet;
}

/** The end of a session: which login it was, and why it ended. */
export interface EndedSession {
  /** {@link SessionVersion.epoch} of the login; 0 if there was none. */
  readonly epoch: number;
  readonly ended: EndReason;
}

/** The latest of the refreshes that failed in a row. Instants are epoch ms on the session's clock. */
export interface RefreshFailure {
  /** When the first of them failed. */
  readonly since: number;
  /** When the latest of them failed. */
  readonly failedAt: number;
  /** When the refresh is retried. */
  readonly retryAt: number;
  /** Failures in a row, at least 1. */
  readonly attempts: number;
  /** Whether the server named `retryAt` (`Retry-After`). Nothing retries earlier. */
  readonly byServer: boolean;
  /** Set if the latest response was unclear. */
  readonly unclear?: UnclearResponses | undefined;
}

/** Unclear refresh responses in a row. */
export interface UnclearResponses {
  /** At least 1. */
  readonly count: number;
  /** When the first of them arrived. */
  readonly since: number;
}

/** A refresh that will be retried. The session is kept. */
export interface Postponement extends RefreshFailure {
  /** Why the latest attempt failed: `refresh_postponed`, with status and cause. */
  readonly error: AuthError;
}

/** A user is signed in. While `refreshing`, the tokens are the ones being exchanged. */
export interface LoggedIn extends LiveSession {
  readonly status: 'logged-in' | 'refreshing';
  /** Set while refreshes fail. */
  readonly degraded?: Postponement;
  /** Refreshes in a row whose access token had expired when it arrived. */
  readonly expiredOnArrival: number;
}

/** State of the session. `unknown` only until the constructor of `Session` has read the store. */
export type SessionState =
  | { readonly status: 'unknown' }
  | ({ readonly status: 'logged-out' } & EndedSession)
  | LoggedIn;

/** Why a refresh ended the session. */
export type RefreshEndReason = Extract<EndReason, 'refused' | 'unclear' | 'subject_mismatch' | 'newer_version'>;

/** What can happen to a session. The table in `doc/how-it-works.md` says what each event changes. */
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

/** A change of the session's state, as passed to listeners. */
export interface SessionChange {
  readonly event: SessionEvent;
  readonly state: SessionState;
  readonly previous: SessionState;
}

export const unknownState: SessionState = { status: 'unknown' };

/** Returns the state after an event; the same object if the event does not apply. */
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
      // A user who signs out does not sign in again to continue.
      if (state.status === 'logged-out' && !(event.reason === 'requested' && endReasons[state.ended].canResume))
        return state;
      return loggedOut(state.status === 'unknown' ? 0 : state.epoch, event.reason);
  }
}

/** Returns why a refresh failed; `undefined` for any other event. */
export function errorOf(event: SessionEvent): AuthError | undefined {
  if (event.type === 'refresh-postponed') return event.postponement.error;
  return event.type === 'refresh-failed' ? event.error : undefined;
}

/** Whether the first version is the later one. */
export function supersedes(
  incoming: LiveSession | EndedSession,
  current: SessionState | LiveSession | EndedSession,
): boolean {
  if (!('epoch' in current)) return true;
  return incoming.epoch === current.epoch ? rank(incoming) > rank(current) : incoming.epoch > current.epoch;
}

/** Whether a user is signed in. True as well while the access token is being refreshed or cannot be refreshed. */
export function isLoggedIn(state: SessionState): state is LoggedIn {
  return state.status === 'logged-in' || state.status === 'refreshing';
}

/** Whether two versions belong to one user: to one login, or to two logins of one subject. */
export function isSameUser(one: LiveSession, other: LiveSession): boolean {
  if (one.epoch === other.epoch) return true;
  const subject = subjectOf(one.tokens);
  return subject !== undefined && subject === subjectOf(other.tokens) && issuerOf(one) === issuerOf(other);
}

/** Two issuers may use one subject for different users. */
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

/** Refreshes of other tabs count too. */
function expiredOnArrivalBefore(state: SessionState, { epoch }: SessionVersion): number {
  return isLoggedIn(state) && state.epoch === epoch ? state.expiredOnArrival : 0;
}

function refreshed({ epoch, generation, expiredOnArrival }: LoggedIn, tokens: TokenSet): LoggedIn {
  return loggedIn({ epoch, generation: generation + 1, tokens }, expiredOnArrival);
}

function loggedOut(epoch: number, ended: EndReason): SessionState {
  return { status: 'logged-out', epoch, ended };
}

/** Whether a version has tokens, and is not the end of a session. */
export function isLive(session: LiveSession | EndedSession | undefined): session is LiveSession {
  return session !== undefined && 'generation' in session;
}

export function isSameVersion(one: SessionVersion, other: Partial<SessionVersion> | undefined): boolean {
  return one.epoch === other?.epoch && one.generation === other.generation;
}

/** Returns the version without its tokens. */
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
