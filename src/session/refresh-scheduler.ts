import { AuthError } from '../errors.js';
import { nextAction, type RefreshTrigger, refreshAllowedAt } from './refresh-policy.js';
import { hasCome, type ServerClock } from './server-clock.js';
import type { SessionOptions } from './session-options.js';
import type { SessionPorts } from './session-ports.js';
import {
  errorOf,
  isLoggedIn,
  type LoggedIn,
  type RefreshFailure,
  type SessionEvent,
  type SessionState,
  type SessionVersion,
  versionOf,
} from './session-state.js';
import type { RefreshEvent, RefreshTask, TokenRefresher } from './token-refresher.js';
import type { TokenSet } from './token-set.js';
import { WakeTimer } from './wake-timer.js';

/** The session that is refreshed. */
export interface RefreshedSession {
  state(): SessionState;
  /** Applies an event. Returns whether it applied. */
  apply(event: SessionEvent): boolean;
  /** Called when the access token expires and cannot be refreshed. */
  expire(): void;
  /** Called when a refresh ended without a change. The timer is not set then, and waiters that joined it still wait. */
  unchanged(): void;
  /** Called with tokens that arrived too late. */
  discard(tokens: TokenSet): void;
}

interface RefreshInProgress {
  readonly of: SessionVersion;
  readonly tokens: Promise<TokenSet>;
  readonly abort: AbortController;
}

/** Refreshes a session in time: by its timer, or when it is called. Runs one refresh at a time, which all callers share. */
export class RefreshScheduler {
  private readonly timer: WakeTimer;
  private inProgress: RefreshInProgress | undefined;
  private lastWoken = Number.NEGATIVE_INFINITY;
  private rejected: string | undefined;

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

  /** When the network, or the user, last returned. Earlier failures no longer delay a refresh. */
  get wokenAt(): number {
    return this.lastWoken;
  }

  /** Whether these tokens can be refreshed at all. */
  isPossible(tokens: TokenSet): boolean {
    return this.refresher?.isPossible(tokens) ?? false;
  }

  /** Whether these tokens are refreshed without a call. */
  isAutomatic(tokens: TokenSet): boolean {
    return (this.options.automatic ?? true) && this.isPossible(tokens);
  }

  /**
   * Sets the timer for what the session does next by itself.
   *
   * @param freshUntil when the access token stops being fresh
   */
  arm(freshUntil: number): void {
    const state = this.session.state();
    this.timer.cancel();
    if (state.status !== 'logged-in') return;
    const next = () => nextAction(state, freshUntil, this.isAutomatic(state.tokens), this.lastWoken);
    const { at, action } = next() ?? {};
    if (at === undefined) return;
    this.timer.set(at, () => {
      // The option `automatic` may have changed since.
      if (next()?.action !== action) this.arm(freshUntil);
      else if (action === 'expire') this.session.expire();
      else this.refreshInBackground(state, 'timer');
    });
  }

  /** Called when the network, or the user, returns. */
  wake(freshUntil: number): void {
    this.lastWoken = this.clock.now();
    this.arm(freshUntil);
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
    if (!refresher?.isPossible(state.tokens)) throw notPossible();
    if (this.inProgress) return this.inProgress.tokens;
    if (trigger === 'call' && state.degraded && !this.mayRetry(state, state.degraded, trigger))
      throw state.degraded.error;
    const abort = new AbortController();
    const of = versionOf(state);
    const task: RefreshTask = {
      state,
      abort: abort.signal,
      mayRetry: failure => this.mayRetry(state, failure, trigger),
      isRejected: () => this.isRejected(state.tokens),
    };
    const tokens = refresher.run(task).then(event => this.conclude(of, event));
    this.inProgress = { of, tokens, abort };
    this.session.apply({ type: 'refresh-started' });
    return tokens;
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

  /** Stops the timer and the refresh in progress. */
  stop(): void {
    this.timer.cancel();
    this.inProgress?.abort.abort();
    this.inProgress = undefined;
  }

  private isRejected({ accessToken, expiresAt }: TokenSet): boolean {
    return expiresAt === undefined && accessToken === this.rejected;
  }

  private mayRetry(state: LoggedIn, failure: RefreshFailure, trigger: RefreshTrigger): boolean {
    return hasCome(refreshAllowedAt(state, failure, trigger, this.lastWoken), this.clock.now());
  }

  private conclude(of: SessionVersion, event: RefreshEvent | undefined): TokenSet {
    if (this.inProgress?.of === of) this.inProgress = undefined;
    const applied = event !== undefined && this.session.apply(event);
    if (!applied) {
      if (event?.type === 'refreshed') this.discardUnlessCurrent(of, event.tokens);
      this.session.unchanged();
    }
    const error = applied ? errorOf(event) : undefined;
    if (error) throw error;
    const state = this.session.state();
    if (isLoggedIn(state) && state.epoch === of.epoch && state.generation > of.generation) return state.tokens;
    throw new AuthError('refresh_discarded', 'The refresh came too late: the session was ended or replaced meanwhile.');
  }

  /** Revoking a refresh token ends its session at the server, so a token of the current session is left alone. */
  private discardUnlessCurrent(of: SessionVersion, tokens: TokenSet): void {
    const state = this.session.state();
    if (!isLoggedIn(state) || state.epoch !== of.epoch) this.session.discard(tokens);
  }
}

function notPossible(): AuthError {
  const message = 'refreshToken not set: the session came without one, or refreshing is off.';
  return new AuthError('no_refresh_token', message);
}
