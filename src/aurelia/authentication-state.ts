import { type AuthError, isLoggedIn, type Postponement, type SessionChange, type SessionState } from '../core.js';

/** What is published on the channel `authentication-state`: a change of the session, without its tokens. */
export interface AuthenticationState {
  /** How things stand now. */
  readonly state: PublicSessionState;
  /** How they stood before. */
  readonly previous: PublicSessionState;
  /** What happened in between. */
  readonly event: PublicSessionEvent;
}

/** The session's state without its tokens. Instants are epoch ms on the session's clock. */
export interface PublicSessionState {
  readonly status: SessionState['status'];
  /** Counts up with every login. */
  readonly epoch?: number;
  /** Counts up with every refresh. */
  readonly generation?: number;
  /** When the access token expires; absent where nobody knows. */
  readonly expiresAt?: number | undefined;
  /** Present while the server cannot be reached or cannot answer. */
  readonly degraded?: Postponement | undefined;
  /** Why nobody is signed in. */
  readonly ended?: Extract<SessionState, { status: 'logged-out' }>['ended'];
}

/** What happened, without the tokens it happened with. */
export interface PublicSessionEvent {
  readonly type: SessionChange['event']['type'];
  /** Why the session ended. */
  readonly reason?: PublicSessionState['ended'] & string;
  /** Why a refresh was refused or postponed. */
  readonly error?: AuthError;
}

/** A change as everybody may see it: loggers and debuggers print events. */
export function authenticationState({ event, state, previous }: SessionChange): AuthenticationState {
  return { state: publicState(state), previous: publicState(previous), event: publicEvent(event) };
}

function publicState(state: SessionState): PublicSessionState {
  if (!isLoggedIn(state)) return state;
  const { status, epoch, generation, tokens, degraded } = state;
  return { status, epoch, generation, expiresAt: tokens.expiresAt, ...(degraded && { degraded }) };
}

function publicEvent(event: SessionChange['event']): PublicSessionEvent {
  switch (event.type) {
    case 'logged-out':
      return { type: event.type, reason: event.reason };
    case 'refresh-failed':
      return { type: event.type, reason: event.reason, error: event.error };
    case 'refresh-postponed':
      return { type: event.type, error: event.postponement.error };
    case 'adopted':
      return 'ended' in event.session ? { type: event.type, reason: event.session.ended } : { type: event.type };
    default:
      return { type: event.type };
  }
}
