import type { AuthError } from '../errors.js';
import { errorOf, isLoggedIn, type Postponement, type SessionChange, type SessionState } from './session-state.js';

/** A change of the session without its tokens, for events, logs and debuggers. */
export interface PublicSessionChange {
  /** The state after the change. */
  readonly state: PublicSessionState;
  /** The state before the change. */
  readonly previous: PublicSessionState;
  /** What caused the change. */
  readonly event: PublicSessionEvent;
}

/** The session's state without its tokens. Instants are epoch ms on the session's clock. */
export interface PublicSessionState {
  readonly status: SessionState['status'];
  /** Number of the login. Increases with every login. */
  readonly epoch?: number;
  /** Number of refreshes since the login. */
  readonly generation?: number;
  /** When the access token expires. Undefined if unknown. */
  readonly expiresAt?: number | undefined;
  /** The postponed refresh, while the server is unreachable or fails. */
  readonly degraded?: Postponement | undefined;
  /** Why no user is signed in. */
  readonly ended?: Extract<SessionState, { status: 'logged-out' }>['ended'];
}

/** A session event without its tokens. */
export interface PublicSessionEvent {
  readonly type: SessionChange['event']['type'];
  /** Why the session ended. */
  readonly reason?: PublicSessionState['ended'] & string;
  /** Why a refresh was refused or postponed. */
  readonly error?: AuthError;
}

/** Returns a change without its tokens. */
export function publicChange({ event, state, previous }: SessionChange): PublicSessionChange {
  return { state: publicState(state), previous: publicState(previous), event: publicEvent(event) };
}

/** Returns a state without its tokens. */
export function publicState(state: SessionState): PublicSessionState {
  if (!isLoggedIn(state)) return state;
  const { status, epoch, generation, tokens, degraded } = state;
  return { status, epoch, generation, expiresAt: tokens.expiresAt, ...(degraded && { degraded }) };
}

function publicEvent(event: SessionChange['event']): PublicSessionEvent {
  const error = errorOf(event);
  const ended = 'session' in event && event.session && 'ended' in event.session ? event.session.ended : undefined;
  const reason = 'reason' in event ? event.reason : ended;
  return { type: event.type, ...(reason && { reason }), ...(error && { error }) };
}
