import { AuthError } from '../errors.js';
import { errorOf, isLoggedIn, type SessionChange, type SessionState } from './session-state.js';

/** One thing that happened to the session. */
export interface Transition {
  /** Epoch ms on the session's clock. */
  readonly at: number;
  readonly event: string;
  /** The status after it. */
  readonly status: SessionState['status'];
  /** The reason of an end, or the code of an error. */
  readonly because?: string;
}

/** A report fit for a bug ticket: no token, no claim, no name in it. */
export interface Diagnosis {
  readonly status: SessionState['status'];
  /** An `EndReason`; present while nobody is signed in. */
  readonly endedBecause?: string;
  /** Higher with every login. */
  readonly epoch?: number;
  /** Counts up with every refresh of this login. */
  readonly generation?: number;
  /** False, too, for a refresh token in a cookie. */
  readonly hasRefreshToken?: boolean;
  /** Negative when it has expired; absent when nobody said when it expires. */
  readonly accessTokenExpiresInSeconds?: number;
  /** Present while the server cannot be reached. */
  readonly retryInSeconds?: number;
  /** Present while the server cannot be reached. */
  readonly failuresInARow?: number;
  /** How far the server's clock is ahead of this machine's. */
  readonly clockOffsetSeconds?: number;
  /** Where the session is kept, and how tabs are kept apart. */
  readonly environment: Readonly<Record<string, string>>;
  /** The latest, oldest first. */
  readonly transitions: readonly Transition[];
}

const remembered = 50;

/** Remembers the latest transitions. */
export class Transitions {
  private readonly latest: Transition[] = [];

  add({ event, state }: SessionChange, at: number): void {
    const because = becauseOf(event) ?? (state.status === 'logged-out' ? state.ended : undefined);
    this.latest.push({ at, event: event.type, status: state.status, ...(because !== undefined && { because }) });
    if (this.latest.length > remembered) this.latest.shift();
  }

  list(): readonly Transition[] {
    return [...this.latest];
  }
}

export interface DiagnosisOf {
  readonly state: SessionState;
  readonly now: number;
  readonly serverOffsetMs: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly transitions: readonly Transition[];
}

export function diagnosis({ state, now, serverOffsetMs, environment, transitions }: DiagnosisOf): Diagnosis {
  const clock = serverOffsetMs === undefined ? {} : { clockOffsetSeconds: Math.round(serverOffsetMs / 1000) };
  const common = { status: state.status, ...clock, environment, transitions };
  if (state.status === 'logged-out') return { ...common, epoch: state.epoch, endedBecause: state.ended };
  if (!isLoggedIn(state)) return common;
  const { epoch, generation, tokens, degraded } = state;
  const inSeconds = (instant: number) => Math.round((instant - now) / 1000);
  return {
    ...common,
    epoch,
    generation,
    hasRefreshToken: tokens.refreshToken !== undefined,
    ...(tokens.expiresAt !== undefined && { accessTokenExpiresInSeconds: inSeconds(tokens.expiresAt) }),
    ...(degraded && { retryInSeconds: inSeconds(degraded.retryAt), failuresInARow: degraded.attempts }),
  };
}

function becauseOf(event: SessionChange['event']): string | undefined {
  const error = errorOf(event);
  if (!(error instanceof AuthError)) return undefined;
  return [error.code, error.status, error.oauthError].filter(part => part !== undefined).join(' ');
}
