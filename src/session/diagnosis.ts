import { AuthError } from '../errors.js';
import { errorOf, isLoggedIn, type LoggedIn, type SessionChange, type SessionState } from './session-state.js';

/** One change of the session. */
export interface Transition {
  /** Epoch ms on the session's clock. */
  readonly at: number;
  readonly event: string;
  /** Status after the change. */
  readonly status: SessionState['status'];
  /** The reason of an end, or the code of an error. */
  readonly because?: string;
}

/** Report for a bug ticket. It contains no tokens and no claims. */
export interface Diagnosis {
  readonly status: SessionState['status'];
  /** An `EndReason`; set while no user is signed in. */
  readonly endedBecause?: string;
  /** Higher with every login. */
  readonly epoch?: number;
  /** Number of refreshes since the login. */
  readonly generation?: number;
  /** Also false for a refresh token in a cookie. */
  readonly hasRefreshToken?: boolean;
  /** Negative after expiry; unset if the expiry is unknown. */
  readonly accessTokenExpiresInSeconds?: number;
  /** Set while refreshes fail. */
  readonly retryInSeconds?: number;
  /** Set while refreshes fail. */
  readonly failuresInARow?: number;
  /** How far the clock of the server is ahead of the clock of this device. */
  readonly clockOffsetSeconds?: number;
  /**
   * How often servers rejected the session's token, by status and error code of the challenge, such as `401 invalid_token`. Unset if
   * never.
   */
  readonly rejections?: Readonly<Record<string, number>>;
  /** Where the session is kept, and how tabs take turns. */
  readonly environment: Readonly<Record<string, string>>;
  /** The latest changes, oldest first. */
  readonly transitions: readonly Transition[];
}

const transitionLimit = 50;
const rejectionKinds = 20;

const rejectionsOf = new WeakMap<object, Map<string, number>>();

/** Counts a request whose token was rejected, for the report of its session. */
export function countRejection(session: object, kind: string): void {
  const rejections = rejectionsOf.get(session) || new Map<string, number>();
  rejectionsOf.set(session, rejections);
  const count = rejections.get(kind) || 0;
  if (count > 0 || rejections.size < rejectionKinds) rejections.set(kind, count + 1);
}

/** The part of a session that a diagnosis reads. */
interface ObservedSession {
  readonly state: SessionState;
  readonly serverOffsetMs: number | undefined;
  now(): number;
  subscribe(listener: (change: SessionChange) => void): unknown;
}

/** Records the latest changes of a session, and reports them. */
export class SessionDiagnosis {
  private readonly transitions: Transition[] = [];

  constructor(
    private readonly session: ObservedSession,
    private readonly environment: () => Readonly<Record<string, string>>,
  ) {
    session.subscribe(change => this.record(change));
  }

  /** Returns a report without tokens. */
  report(): Diagnosis {
    const { state, serverOffsetMs } = this.session;
    const rejections = rejectionsOf.get(this.session);
    return {
      status: state.status,
      ...(serverOffsetMs !== undefined && { clockOffsetSeconds: Math.round(serverOffsetMs / 1000) }),
      ...(state.status === 'logged-out' && { epoch: state.epoch, endedBecause: state.ended }),
      ...(isLoggedIn(state) && loggedInReport(state, this.session.now())),
      environment: this.environment(),
      transitions: [...this.transitions],
      ...(rejections && { rejections: Object.fromEntries(rejections) }),
    };
  }

  private record({ event, state }: SessionChange): void {
    const because = becauseOf(event) || (state.status === 'logged-out' ? state.ended : undefined);
    const at = this.session.now();
    this.transitions.push({ at, event: event.type, status: state.status, ...(because !== undefined && { because }) });
    if (this.transitions.length > transitionLimit) this.transitions.shift();
  }
}

function loggedInReport({ epoch, generation, tokens, degraded }: LoggedIn, now: number): Partial<Diagnosis> {
  const inSeconds = (instant: number) => Math.round((instant - now) / 1000);
  return {
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
