import { AuthError } from '../errors.js';
import { type Diagnosis, diagnosis, Transitions } from './diagnosis.js';
import { type RefreshGrantOptions, refreshGrantRenewal } from './refresh-grant.js';
import { type Locks, RefreshLock } from './refresh-lock.js';
import { awaitedNewsSince, freshUntil, nextWake, WakeTimer } from './refresh-schedule.js';
import type { Renewal } from './renewal.js';
import { type RevocationOptions, revokeTokens } from './revoke-token.js';
import { type Clock, ServerClock } from './server-clock.js';
import type { Stored } from './session-record.js';
import {
  type EndedSession,
  type EndReason,
  errorOf,
  isLoggedIn,
  type LiveSession,
  type LoggedIn,
  nextState,
  type SessionChange,
  type SessionEvent,
  type SessionState,
  type SessionVersion,
  supersedes,
  unknownState,
  versionOf,
} from './session-state.js';
import { type AtomicStore, SharedRecord } from './shared-record.js';
import { StoredSession } from './stored-session.js';
import { type RefreshEvent, TokenRefresher } from './token-refresher.js';
import { type TokenResponseReader, tokenResponse } from './token-response.js';
import { hasExpired, type TokenSet, tokenSet } from './token-set.js';
import { resilientStore, type TokenStore } from './token-store.js';
import { type TokenWait, type WaitDecision, waitDecision } from './token-wait.js';

/** How a {@link Session} is kept. */
export interface SessionOptions {
  /** How to refresh: by the refresh token grant, or in a way of your own. Absent: the session ends with its access token. */
  readonly refresh?: RefreshGrantOptions | Renewal | undefined;
  /**
   * Refreshes shortly before expiry, and when a request needs it. Off: only {@link Session.updateToken} refreshes.
   * @default true
   */
  readonly automatic?: boolean;
  /**
   * Reads the responses of servers that use other names than RFC 6749.
   * @default tokenResponse
   */
  readonly readTokenResponse?: TokenResponseReader | undefined;
  /**
   * Keeps the properties of {@link TokenSet.response} that the response to a refresh leaves out.
   * @default false
   */
  readonly keepResponseProperties?: boolean | undefined;
  /**
   * The longest that somebody who needs a fresh token waits for it, in seconds.
   * @default 10
   */
  readonly tokenWaitSeconds?: number;
  /** Where refresh tokens that will not be used again are revoked: at logout, and when one came too late. Absent: they are not. */
  readonly revocation?: RevocationOptions | undefined;
  /** Told of what was survived: storage that threw, a listener that threw. Never of a token. */
  readonly onError?: (error: unknown) => void;
}

/** What the session needs from its environment; `browserPorts()` has the real ones. */
export interface SessionPorts {
  readonly clock: Clock;
  /** Where the session rests between page loads. */
  readonly store: TokenStore;
  /** What all tabs read and change in turn; `memoryAtomicStore()` for a session that one tab has to itself. */
  readonly atomicStore: AtomicStore;
  /** Absent where the browser has none, or the session is one tab's. */
  readonly locks?: Locks | undefined;
  /** A name for the lock that all tabs with this session share. */
  readonly lockName: string;
  /** For refreshes and revocations. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Calls back after a while; returns how to cancel. */
  after(delayMs: number, action: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
  /** False only when the machine is known to be offline. */
  isOnline(): boolean;
  /** False while the page is prerendered and may never be seen: then nothing is refreshed without being asked. */
  isActive(): boolean;
  /** Where things are kept, for a report. */
  environment(): Readonly<Record<string, string>>;
  /** Calls back when the page is back after sleep, hiding, prerendering or lack of network. Returns how to stop. */
  onWake(wake: () => void): () => void;
}

/** Who waits for a token, and until when. */
export interface FreshTokenOptions {
  /** Stops this caller's waiting, with the signal's own reason. A refresh under way is not affected. */
  readonly signal?: AbortSignal | undefined;
  /** The session for which the token is needed. Absent: the one of this moment. */
  readonly under?: LiveSession | undefined;
  /** An access token that a server rejected: another one is needed, refreshed unless that has happened meanwhile. */
  readonly rejected?: string | undefined;
}

interface Refresh {
  readonly of: SessionVersion;
  readonly tokens: Promise<TokenSet>;
  readonly abort: AbortController;
}

const commitMs = 2000;
/** Calls within this time of a failed refresh share the failure. */
const cooldownMs = 1000;

/**
 * What the page holds of a signed-in user, kept fresh: restored at the start, refreshed once for all who need it in however
 * many tabs, ended only by logout, by expiry without a refresh token, or by the server's own refusal.
 *
 * Every change goes through `nextState`; this class carries out what was decided.
 */
export class Session {
  /** Resolves once the stored session was restored and, where its access token had expired, refreshing it was tried. */
  readonly ready: Promise<void>;

  private readonly clock: ServerClock;
  private readonly stored: StoredSession;
  private readonly shared: SharedRecord;
  private readonly refresher: TokenRefresher | undefined;
  private readonly timer: WakeTimer;
  /** One for all who wait, however many. */
  private readonly patience: WakeTimer;
  private readonly readTokenResponse: TokenResponseReader;
  private readonly listeners = new Set<(change: SessionChange) => void>();
  private readonly holds = new Set<() => void>();
  private readonly untold: SessionChange[] = [];
  private readonly transitions = new Transitions();
  private readonly stops: (() => void)[] = [];
  private current: SessionState = unknownState;
  private freshUntil = Number.NEGATIVE_INFINITY;
  private highestEpoch = 0;
  /** When the network, or the user, was last back: what failed before may go well now. */
  private wokenAt = Number.NEGATIVE_INFINITY;
  private refreshing: Refresh | undefined;
  private logOuts = 0;
  private readonly disposal = new AbortController();

  constructor(
    private readonly options: SessionOptions,
    private readonly ports: SessionPorts,
  ) {
    const { clock, store, atomicStore, after } = ports;
    this.clock = new ServerClock(clock);
    this.readTokenResponse = options.readTokenResponse ?? tokenResponse;
    this.stored = new StoredSession(
      resilientStore(store, error => this.fault(error)),
      this.clock,
    );
    this.shared = new SharedRecord(atomicStore, this.clock, `${clock.wall()}.${ports.random()}`);
    this.refresher = this.tokenRefresher();
    this.timer = new WakeTimer(this.clock, after);
    this.patience = new WakeTimer(this.clock, after);
    this.restore();
    this.stops.push(
      this.stored.watch(stored => this.storeChanged(stored)),
      ports.onWake(() => this.wake()),
    );
    this.ready = this.becomeReady();
  }

  /** What is held now. The object is replaced, never changed. */
  get state(): SessionState {
    return this.current;
  }

  /** How far the server's clock is ahead of this machine's in ms, as far as a server told. */
  get serverOffsetMs(): number | undefined {
    return this.clock.offsetMs;
  }

  /** Epoch ms on the session's clock, on which all of its instants are. */
  now(): number {
    return this.clock.now();
  }

  /** The tokens, if the access token is good to be sent right now. Costs two clock readings. */
  freshToken(): TokenSet | undefined {
    return isLoggedIn(this.current) && this.clock.now() < this.freshUntil ? this.current.tokens : undefined;
  }

  /**
   * An access token that is good to be sent, refreshed first where needed: for whatever does not go through fetch.
   *
   * @throws {AuthError} `no_session`, `session_ended`, `session_changed`, `no_refresh_token`, or `refresh_postponed` when the
   * server could not be asked within {@link SessionOptions.tokenWaitSeconds}
   * @example
   * const socket = new WebSocket(url, ['bearer', (await session.getFreshToken()).accessToken]);
   */
  getFreshToken(options?: FreshTokenOptions): Promise<TokenSet> {
    return this.withFreshToken(({ tokens }) => tokens, options);
  }

  /**
   * Calls `use` once the access token is good to be sent, refreshed first where needed; and in the same turn, so that nothing
   * can have happened to it since.
   *
   * @returns what `use` returns
   * @throws {AuthError} as {@link Session.getFreshToken}; and what `use` throws
   */
  withFreshToken<T>(
    use: (live: LiveSession) => T | PromiseLike<T>,
    { signal, under = this.liveSession(), rejected }: FreshTokenOptions = {},
  ): Promise<T> {
    if (!under) return Promise.reject(new AuthError('no_session', 'Nobody is signed in.'));
    const wait: TokenWait = {
      under,
      rejected,
      deadline: this.clock.now() + (this.options.tokenWaitSeconds ?? 10) * 1000,
    };
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!this.holds.has(look)) return;
        try {
          const verdict = this.decisionFor(wait, signal);
          if (verdict.kind === 'wait') {
            this.lookAt(verdict.until);
          } else if (verdict.kind === 'refresh') {
            this.refreshQuietly(verdict.state, awaitedNewsSince(this.clock.now()));
          } else {
            this.letGo(look, signal);
            resolve(use(verdict.live));
          }
        } catch (reason) {
          this.letGo(look, signal);
          reject(reason);
        }
      };
      this.holds.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  /**
   * Signs in with an answer of the login, signup or token endpoint. Whoever was signed in before is forgotten first.
   *
   * @throws {AuthError} `invalid_token_response`; the session is then as it was
   */
  logIn(body: unknown): TokenSet {
    const tokens = tokenSet({ ...this.readTokenResponse(body), body }, { receivedAt: this.clock.now() });
    this.enter(tokens);
    return tokens;
  }

  /**
   * For a login whose answer is still to come: returns what signs in with it, as {@link Session.logIn} does. Once
   * {@link Session.logOut} was called, that comes too late.
   *
   * @throws {AuthError} what is returned: `session_ended` when it comes too late, `invalid_token_response`
   * @example
   * const logIn = session.beginLogIn();
   * const response = await fetch('/login', { method: 'POST', body: JSON.stringify(credentials) });
   * logIn(await response.json());
   */
  beginLogIn(): (body: unknown) => TokenSet {
    const { logOuts } = this;
    return body => {
      if (logOuts === this.logOuts) return this.logIn(body);
      throw new AuthError('session_ended', 'The user signed out before the answer came.');
    };
  }

  /** Signs out at once, offline too. What is in flight can no longer change that. */
  logOut(reason: EndReason = 'requested'): void {
    this.logOuts += 1;
    this.end(reason);
  }

  /**
   * Refreshes now, whether needed or not. Calls made while a refresh is under way share it, and calls made within a second
   * of a failure, or before the time a server asked to wait for, share that failure.
   *
   * @throws {AuthError} `no_session`, `no_refresh_token`, `refresh_refused`, `refresh_postponed`, `refresh_discarded`
   */
  async updateToken(): Promise<TokenSet> {
    const { current: state } = this;
    if (!isLoggedIn(state)) throw new AuthError('no_session', 'refreshToken not set: nobody is signed in.');
    if (!this.refresher?.isPossible(state.tokens)) {
      throw new AuthError(
        'no_refresh_token',
        'refreshToken not set: the session came without one, or refreshing is off.',
      );
    }
    const { degraded } = state;
    const newsSince = this.clock.now() - cooldownMs;
    if (degraded && !this.refreshing && this.refresher.isStillValid(degraded, newsSince)) throw degraded.error;
    return this.refresh(this.refresher, state, newsSince);
  }

  /** Calls back after every change. Returns how to stop. */
  subscribe(listener: (change: SessionChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What has happened and how things stand, without anything that must not be shown to others. */
  diagnose(): Diagnosis {
    return diagnosis({
      state: this.current,
      now: this.clock.now(),
      serverOffsetMs: this.clock.offsetMs,
      environment: this.ports.environment(),
      transitions: this.transitions.list(),
    });
  }

  /** Stops everything: timers, listeners, a refresh under way. Whoever still waits is told so. The stored session stays. */
  dispose(): void {
    this.disposal.abort();
    this.timer.cancel();
    for (const stop of this.stops.splice(0)) stop();
    this.abandonRefresh();
    this.listeners.clear();
    this.lookAgain();
  }

  private get disposed(): boolean {
    return this.disposal.signal.aborted;
  }

  // --- the start ---

  private restore(): void {
    this.dispatch({ type: 'restored', session: this.stored.restore() });
    const { current: state } = this;
    if (isLoggedIn(state) && !this.canRefreshBySelf(state) && hasExpired(state.tokens, this.clock.now()))
      this.end('expired');
  }

  private async becomeReady(): Promise<void> {
    const { current: state } = this;
    const refreshed = isLoggedIn(state) && !this.freshToken() && this.canRefreshBySelf(state);
    if (refreshed) await this.getFreshToken().catch(() => undefined);
    else this.background(this.adoptShared());
  }

  // --- what others did ---

  private storeChanged(stored: Stored): void {
    if (stored.session) this.dispatch({ type: 'adopted', session: stored.session });
    else if (stored.kind === 'absent' && this.stored.read().kind === 'absent') this.end('storage_cleared');
  }

  private async adoptShared(): Promise<void> {
    const before = this.liveSession();
    const { session, leased } = await this.shared.read();
    if (this.disposed || !session) return;
    this.highestEpoch = Math.max(this.highestEpoch, session.epoch);
    // Who has signed in since the record was read sees to the record himself.
    if (before && before.epoch === this.liveSession()?.epoch) this.dispatch({ type: 'adopted', session });
    if (leased) this.finishRefreshOf(session);
  }

  /**
   * Whoever was refreshing may have been closed or loaded anew before the answer came; then the server takes the old refresh
   * token for a few seconds only. Behind one who is still there, this waits in the queue and asks for nothing.
   */
  private finishRefreshOf(session: LiveSession | EndedSession): void {
    const { current: state } = this;
    const stands = state.status === 'logged-in' && !supersedes(state, session);
    if (stands && this.canRefreshBySelf(state)) this.refreshQuietly(state);
  }

  private wake(): void {
    this.storeChanged(this.stored.read());
    this.background(this.adoptShared());
    const { current: state } = this;
    this.wokenAt = this.clock.now();
    const retry = state.status === 'logged-in' && state.degraded && !state.degraded.byServer;
    if (retry) this.refreshQuietly(state);
    else this.arm();
    this.lookAgain();
  }

  private end(reason: EndReason): void {
    this.dispatch({ type: 'logged-out', reason });
  }

  // --- the one place where state changes ---

  private dispatch(event: SessionEvent): boolean {
    const previous = this.current;
    const state = nextState(previous, event);
    if (state === previous || state.status === 'unknown' || this.disposed) return false;
    this.current = state;
    this.freshUntil = isLoggedIn(state)
      ? freshUntil(state.tokens, this.canRefreshBySelf(state))
      : Number.NEGATIVE_INFINITY;
    this.highestEpoch = Math.max(this.highestEpoch, state.epoch);
    if (!isLoggedIn(state) || state.epoch !== this.refreshing?.of.epoch) this.abandonRefresh();
    this.keep(event, state);
    if (event.type === 'logged-out' && isLoggedIn(previous)) this.revoke(previous.tokens);
    this.arm();
    const change = { event, state, previous };
    this.transitions.add(change, this.clock.now());
    this.tell(change);
    this.lookAgain();
    return true;
  }

  /** What a listener brings about is told when all have heard of what it was told. */
  private tell(change: SessionChange): void {
    if (this.untold.push(change) > 1) return;
    try {
      for (const next of this.untold) for (const listener of [...this.listeners]) this.isolated(() => listener(next));
    } finally {
      this.untold.length = 0;
    }
  }

  private abandonRefresh(): void {
    this.refreshing?.abort.abort();
    this.refreshing = undefined;
  }

  private keep(event: SessionEvent, state: Exclude<SessionState, { status: 'unknown' }>): void {
    if (isLoggedIn(state)) {
      if (event.type === 'logged-in' || event.type === 'refreshed' || event.type === 'adopted') this.stored.keep(state);
    } else if (event.type === 'adopted') {
      this.stored.remove(state);
    } else if (event.type !== 'restored') {
      this.stored.end(state);
      this.background(this.shared.publish(state).then(() => this.stored.remove(state)));
    }
  }

  private revoke(tokens: TokenSet): void {
    const { revocation } = this.options;
    const isOthers = this.refresher?.isPossible(tokens) === false;
    if (!revocation || isOthers) return;
    this.background(revokeTokens(tokens, revocation, this.ports, this.disposal.signal));
  }

  private enter(tokens: TokenSet): void {
    // The fraction keeps apart what two tabs begin in the same millisecond.
    const begun = Math.floor(this.clock.toWall(this.clock.now())) + this.ports.random();
    const epoch = Math.max(begun, this.highestEpoch + 1);
    const session: LiveSession = { epoch, generation: 0, tokens };
    this.dispatch({ type: 'logged-in', session });
    this.background(this.shared.publish(session).then(standing => this.reenterUnlessStanding(session, standing)));
  }

  /** The record of an ended session may be of a later epoch, when the clock was ahead at that time. */
  private reenterUnlessStanding({ epoch, tokens }: LiveSession, standing: LiveSession | EndedSession): void {
    this.highestEpoch = Math.max(this.highestEpoch, standing.epoch);
    if ('ended' in standing && isLoggedIn(this.current) && this.current.epoch === epoch) this.enter(tokens);
  }

  // --- refreshing ---

  private tokenRefresher(): TokenRefresher | undefined {
    const { clock, stored, shared, readTokenResponse, ports, options } = this;
    const { refresh } = options;
    if (!refresh) return undefined;
    const renewal = 'renew' in refresh ? refresh : refreshGrantRenewal(refresh, readTokenResponse, ports);
    const holdMs = (renewal.timeoutSeconds ?? 10) * 1000 + commitMs;
    return new TokenRefresher({
      clock,
      stored,
      shared,
      lock: new RefreshLock(ports, shared, holdMs),
      renewal,
      get keepProperties() {
        return options.keepResponseProperties;
      },
      ports,
      revoke: tokens => this.revoke(tokens),
    });
  }

  private canRefreshBySelf({ tokens }: LoggedIn): boolean {
    return (this.options.automatic ?? true) && (this.refresher?.isPossible(tokens) ?? false);
  }

  private arm(): void {
    const { current: state } = this;
    this.timer.cancel();
    if (state.status !== 'logged-in' || this.disposed) return;
    const wake = nextWake(state, this.canRefreshBySelf(state));
    if (!wake) return;
    this.timer.set(wake.at, () => {
      // `automatic` may have changed since.
      if (nextWake(state, this.canRefreshBySelf(state))?.reason !== wake.reason) this.arm();
      else if (wake.reason === 'expire') this.end('expired');
      else this.refreshQuietly(state);
    });
  }

  /** Whoever waits for the outcome sees it in the state. */
  private refreshQuietly(state: LoggedIn, newsSince = this.wokenAt): void {
    if (!this.refresher || !this.ports.isActive()) return;
    this.refresh(this.refresher, state, Math.max(newsSince, this.wokenAt)).catch(() => undefined);
  }

  private refresh(refresher: TokenRefresher, state: LoggedIn, newsSince: number): Promise<TokenSet> {
    if (this.refreshing) return this.refreshing.tokens;
    const abort = new AbortController();
    const of = versionOf(state);
    const tokens = refresher.run(state, newsSince, abort.signal).then(event => this.conclude(of, event));
    this.refreshing = { of, tokens, abort };
    this.dispatch({ type: 'refresh-started' });
    return tokens;
  }

  private conclude(of: SessionVersion, event: RefreshEvent | undefined): TokenSet {
    if (this.refreshing?.of === of) this.refreshing = undefined;
    const applied = event !== undefined && this.dispatch(event);
    if (event?.type === 'refreshed' && !applied) this.revokeUnlessHeld(of, event.tokens);
    if (!applied) {
      // Whoever joined this refresh for the sake of a later version still waits.
      this.arm();
      this.lookAgain();
    }
    const error = applied ? errorOf(event) : undefined;
    if (error) throw error;
    const { current: state } = this;
    if (isLoggedIn(state) && state.epoch === of.epoch && state.generation > of.generation) return state.tokens;
    throw new AuthError('refresh_discarded', 'The refresh came too late: the session was ended or replaced meanwhile.');
  }

  /** Revoking a refresh token ends its session at the server, so one of a session that goes on is left alone. */
  private revokeUnlessHeld(of: SessionVersion, minted: TokenSet): void {
    if (!isLoggedIn(this.current) || this.current.epoch !== of.epoch) this.revoke(minted);
  }

  // --- waiting ---

  private letGo(look: () => void, signal: FreshTokenOptions['signal']): void {
    this.holds.delete(look);
    if (this.holds.size === 0) this.patience.cancel();
    signal?.removeEventListener('abort', look);
  }

  private decisionFor(wait: TokenWait, signal: FreshTokenOptions['signal']): WaitDecision {
    if (signal?.aborted) throw signal.reason;
    if (this.disposed) throw new AuthError('disposed', 'The session object was disposed of.');
    const { current: state } = this;
    return waitDecision(wait, state, this.clock.now(), isLoggedIn(state) && this.canRefreshBySelf(state));
  }

  private lookAgain(): void {
    this.patience.cancel();
    for (const look of [...this.holds]) look();
  }

  private lookAt(instant: number): void {
    if (instant < this.patience.at) this.patience.set(instant, () => this.lookAgain());
  }

  private liveSession(): LiveSession | undefined {
    return isLoggedIn(this.current) ? this.current : undefined;
  }

  private isolated(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fault(error);
    }
  }

  private background(work: Promise<unknown>): void {
    work.catch(error => this.fault(error));
  }

  private fault(error: unknown): void {
    this.options.onError?.(error);
  }
}
