import { AuthError } from '../errors.js';
import { nextAction, type RefreshTrigger, refreshAllowedAt } from './refresh-policy.js';
import { hasCome, type ServerClock } from './server-clock.js';
import type { SessionOptions } from './session-options.js';
import type { SessionPorts } from './session-ports.js';
import {
  type EndedSession,
  errorOf,
  isLoggedIn,
  type LiveSession,
  type LoggedIn,
  type RefreshFailure,
  type SessionEvent,
  type SessionState,
  type SessionVersion,
  supersedes,
  versionOf,
} from './session-state.js';
import type { RefreshEvent, RefreshTask, TokenRefresher } from './token-refresher.js';
import type { TokenSet } from './token-set.js';
import { WakeTimer } from './wake-timer.js';

/** The session that is refreshed. */
export interface RefreshedSession {
  state(): SessionState;
  /** When the access token stops being fresh. */
  freshUntil(): number;
  /** Applies an event. Returns whether it applied. */
  apply(event: SessionEvent): boolean;
  /** Called when the access token expires and cannot be refreshed. */
  expire(): void;
  /** Called when a refresh ended without a change. Waiters that joined it still wait. */
  unchanged(): void;
  /** Called with tokens that arrived too late. */
  discard(tokens: TokenSet): void;
}

interface RefreshInProgress {
  readonly of: SessionVersion;
  readonly tokens: Promise<TokenSet>;
  readonly abort: AbortController;
  /** Whether the request has been sent. */
  isSent: boolean;
  /** Rejects `tokens`. */
  reject(error: AuthError): void;
}

/** Refreshes a session in time: by its timer, or when it is called. Runs one refresh at a time, which all callers share. */
export class RefreshScheduler {
  /** When the network, or the user, last returned. Earlier failures no longer delay a refresh. */
  wokenAt = Number.NEGATIVE_INFINITY;
  private readonly timer: WakeTimer;
  private inProgress: RefreshInProgress | undefined;
  private rejected: string | undefined;
  private stopped = false;

  /**
   * @param refresher unset if the session cannot be refreshed
   * @param options read at each use, since an app may change them
   */
  constructor(
    private readonly session: RefreshedSession,
    private readonly refresher: TokenRefresher | undefined,
    private readonly options: Pick<SessionOptions, 'automatic'>,
    private readonly clock: ServerClock,
    private readonly ports: Pick<SessionPorts, 'after' | 'isActive'>,
  ) {
    this.timer = new WakeTimer(clock, ports.after);
  }

  /** Whether these tokens can be refreshed at all. */
  isPossible(tokens: TokenSet): boolean {
    return Boolean(this.refresher?.isPossible(tokens));
  }

  /** Whether these tokens are refreshed without a call. */
  isAutomatic(tokens: TokenSet): boolean {
    return this.options.automatic !== false && this.isPossible(tokens);
  }

  /** Sets the timer for what the session does next by itself. */
  arm(): void {
    const state = this.session.state();
    this.timer.cancel();
    if (state.status !== 'logged-in' || this.stopped) return;
    const next = () => nextAction(state, this.session.freshUntil(), this.isAutomatic(state.tokens), this.wokenAt);
    const { at, action } = next() || {};
    if (at === undefined) return;
    this.timer.set(at, () => {
      // The option `automatic` may have changed since.
      if (next()?.action !== action) this.arm();
      else if (action === 'expire') this.session.expire();
      else this.refreshInBackground(state, 'timer');
    });
  }

  /** Called when the network, or the user, returns. */
  wake(): void {
    this.wokenAt = this.clock.now();
    this.arm();
  }

  /**
   * Finishes the refresh of a tab that may have been closed before the response arrived: the server accepts the old refresh token
   * for a few seconds only. If that tab is still open, this waits in the queue and sends nothing.
   */
  finish(session: LiveSession | EndedSession): void {
    const state = this.session.state();
    const isCurrent = state.status === 'logged-in' && !supersedes(state, session);
    if (isCurrent && this.isAutomatic(state.tokens)) this.refreshInBackground(state, 'timer');
  }

  /** Refreshes without a result: the session's state has it. Does nothing while the page is prerendered. */
  refreshInBackground(state: LoggedIn, trigger: RefreshTrigger): void {
    if (this.ports.isActive()) this.refresh(state, trigger).catch(() => undefined);
  }

  /**
   * Refreshes, or joins the refresh in progress.
   *
   * @throws {AuthError} `no_refresh_token`, `refresh_refused`, `refresh_postponed`, `refresh_discarded`
   */
  async refresh(state: LoggedIn, trigger: RefreshTrigger): Promise<TokenSet> {
    const { refresher } = this;
    if (this.stopped) throw discarded();
    if (!refresher?.isPossible(state.tokens)) throw notPossible();
    if (this.inProgress) return this.inProgress.tokens;
    if (trigger === 'call' && state.degraded && !this.mayRetry(state, state.degraded, trigger))
      throw state.degraded.error;
    const started = this.start(refresher, state, trigger);
    this.inProgress = started;
    this.session.apply({ type: 'refresh-started' });
    return started.tokens;
  }

  private start(refresher: TokenRefresher, state: LoggedIn, trigger: RefreshTrigger): RefreshInProgress {
    const abort = new AbortController();
    const of = versionOf(state);
    let reject = (_error: AuthError): void => undefined;
    const tokens = new Promise<TokenSet>((resolve, rejectTokens) => {
      reject = rejectTokens;
      const task: RefreshTask = {
        state,
        abort: abort.signal,
        mayRetry: failure => this.mayRetry(state, failure, trigger),
        isRejected: () => this.isRejected(state.tokens),
        sending: () => {
          started.isSent = true;
        },
      };
      refresher
        .run(task)
        .then(event => this.conclude(of, event))
        .then(resolve, rejectTokens);
    });
    const started: RefreshInProgress = { of, tokens, abort, isSent: false, reject };
    return started;
  }

  /** Called with an access token that a server rejected. */
  reject(accessToken: string): void {
    this.rejected = accessToken;
  }

  /** Cancels the refresh in progress, unless it is for this state. */
  cancelUnlessFor(state: SessionState): void {
    if (isLoggedIn(state) && state.epoch === this.inProgress?.of.epoch) return;
    this.inProgress?.abort.abort();
    this.inProgress = undefined;
  }

  /** Stops the timer. A refresh whose request was sent is finished, since the server may have rotated the refresh token. */
  stop(): void {
    this.stopped = true;
    this.timer.cancel();
    this.inProgress?.reject(discarded());
    if (!this.inProgress?.isSent) this.inProgress?.abort.abort();
  }

  private isRejected({ accessToken, expiresAt }: TokenSet): boolean {
    return expiresAt === undefined && accessToken === this.rejected;
  }

  private mayRetry(state: LoggedIn, failure: RefreshFailure, trigger: RefreshTrigger): boolean {
    return hasCome(refreshAllowedAt(state, failure, trigger, this.wokenAt), this.clock.now());
  }

  private conclude(of: SessionVersion, event: RefreshEvent | undefined): TokenSet {
    if (this.inProgress?.of === of) this.inProgress = undefined;
    const applied = event !== undefined && this.session.apply(event);
    if (!applied) {
      if (event?.type === 'refreshed') this.discardUnlessCurrent(of, event.tokens);
      this.arm();
      this.session.unchanged();
    }
    const error = applied ? errorOf(event) : undefined;
    if (error) throw error;
    const state = this.session.state();
    if (isLoggedIn(state) && state.epoch === of.epoch && state.generation > of.generation) return state.tokens;
    throw discarded();
  }

  /** Revoking a refresh token ends its session at the server, so a token of the current session is left alone. */
  private discardUnlessCurrent(of: SessionVersion, tokens: TokenSet): void {
    const state = this.session.state();
    if (!isLoggedIn(state) || state.epoch !== of.epoch) this.session.discard(tokens);
  }
}

function discarded(): AuthError {
  return new AuthError('refresh_discarded', 'The refresh came too late: the session was ended or replaced meanwhile.');
}

function notPossible(): AuthError {
  const message = 'refreshToken not set: the session came without one, or refreshing is off.';
  return new AuthError('no_refresh_token', message);
}
