import { AuthError } from '../errors.js';
import { ChangeListeners } from './change-listeners.js';
import { type Diagnosis, SessionDiagnosis } from './diagnosis.js';
import { freshUntil } from './refresh-schedule.js';
import { type RefreshedSession, RefreshScheduler } from './refresh-scheduler.js';
import { tokenRevoker } from './revoke-token.js';
import { ServerClock } from './server-clock.js';
import { checkSessionOptions, type SessionOptions, sessionRenewal } from './session-options.js';
import type { SessionPorts } from './session-ports.js';
import type { Stored } from './session-record.js';
import { type KnownState, type SessionRecords, sessionRecords } from './session-records.js';
import {
  type EndedSession,
  type EndReason,
  isLoggedIn,
  type LiveSession,
  nextState,
  type SessionChange,
  type SessionEvent,
  type SessionState,
  unknownState,
} from './session-state.js';
import { TokenRefresher } from './token-refresher.js';
import { type TokenResponseReader, tokenResponse } from './token-response.js';
import { hasExpired, type TokenSet, tokenSet } from './token-set.js';
import { type FreshTokenOptions, type TokenWait, type WaitDecision, waitDecision } from './token-wait.js';
import { TokenWaiters } from './token-waiters.js';
import { WakeTimer } from './wake-timer.js';

/**
 * The session of a signed-in user. It is restored at the start, refreshed once for all requests and tabs, and ended only by
 * logout, by an expiry without refresh token, or by the server.
 *
 * Every change goes through `nextState`. This class carries out what was decided.
 */
export class Session {
  /** Resolves once the stored session has been restored and, if its access token had expired, a refresh has been tried. */
  readonly ready: Promise<void>;

  private readonly clock: ServerClock;
  private readonly records: SessionRecords;
  private readonly refreshes: RefreshScheduler;
  private readonly waiters: TokenWaiters;
  private readonly readTokenResponse: TokenResponseReader;
  private readonly revoke: (tokens: TokenSet) => Promise<void>;
  private readonly listeners = new ChangeListeners(error => this.report(error));
  private readonly diagnosis: SessionDiagnosis;
  private readonly stops: (() => void)[] = [];
  private readonly disposal = new AbortController();
  private current: SessionState = unknownState;
  /** When the access token stops being fresh; `-Infinity` while no user is signed in. */
  private freshUntil = Number.NEGATIVE_INFINITY;
  private highestEpoch = 0;
  private logOuts = 0;

  /** Restores the session: one that an app forgot to start would not be refreshed. @throws {AuthError} `invalid_configuration` */
  constructor(
    private readonly options: SessionOptions,
    private readonly ports: SessionPorts,
  ) {
    checkSessionOptions(options);
    this.clock = new ServerClock(ports.clock);
    this.readTokenResponse = options.readTokenResponse || tokenResponse;
    this.records = sessionRecords(ports, this.clock, error => this.report(error));
    this.revoke = tokenRevoker(options.revocation, ports, this.disposal.signal);
    this.refreshes = this.refreshScheduler();
    this.waiters = new TokenWaiters(new WakeTimer(this.clock, ports.after));
    this.diagnosis = new SessionDiagnosis(this, () => ports.environment());
    this.restore();
    this.stops.push(this.records.stored.watch(stored => this.storeChanged(stored)));
    this.stops.push(ports.onWake(() => this.wake()));
    this.ready = this.becomeReady();
  }

  /** The current state. The object is replaced, never changed. */
  get state(): SessionState {
    return this.current;
  }

  /** When the session refreshes next by itself; `undefined` if it does not. `Infinity` if the expiry is unknown. */
  get refreshesAt(): number | undefined {
    const { current: state, refreshes } = this;
    return isLoggedIn(state) && refreshes.isAutomatic(state.tokens) ? this.freshUntil : undefined;
  }

  /** How far the clock of the server is ahead of the clock of this device, in ms; `undefined` until a response had a `Date`. */
  get serverOffsetMs(): number | undefined {
    return this.clock.offsetMs;
  }

  /** Aborts when the session object is disposed of. */
  get disposed(): AbortSignal {
    return this.disposal.signal;
  }

  /** Epoch ms on the session's clock, on which all its instants are. */
  now(): number {
    return this.clock.now();
  }

  /** Returns the tokens if the access token is fresh. Reads the wall clock, and once in a millisecond the monotonic clock. */
  freshToken(): TokenSet | undefined {
    return isLoggedIn(this.current) && this.clock.now() < this.freshUntil ? this.current.tokens : undefined;
  }

  /**
   * Resolves to tokens with a fresh access token, after a refresh if necessary. For everything that does not use fetch.
   *
   * @throws {AuthError} `no_session`, `session_ended`, `session_changed`, `no_refresh_token`, or `refresh_postponed` if no
   * refresh succeeded within {@link SessionOptions.tokenWaitSeconds}
   * @example
   * const socket = new WebSocket(url, ['bearer', (await session.getFreshToken()).accessToken]);
   */
  getFreshToken(options?: FreshTokenOptions): Promise<TokenSet> {
    return this.withFreshToken(({ tokens }) => tokens, options);
  }

  /**
   * Calls `use` as soon as the access token is fresh, after a refresh if necessary. Calls it in the same turn, so the token
   * cannot change in between.
   *
   * @returns what `use` returns
   * @throws {AuthError} as {@link Session.getFreshToken}; and what `use` throws
   */
  withFreshToken<T>(
    use: (live: LiveSession) => T | PromiseLike<T>,
    { signal, under = this.liveSession(), rejected }: FreshTokenOptions = {},
  ): Promise<T> {
    if (!under) return Promise.reject(new AuthError('no_session', 'No user is signed in.'));
    if (rejected !== undefined) this.refreshes.reject(rejected);
    const deadline = this.clock.now() + (this.options.tokenWaitSeconds ?? 10) * 1000;
    const wait: TokenWait = { under, rejected, deadline };
    return this.waiters.wait(() => {
      const decision = this.decide(wait);
      if (decision.kind === 'take') return () => use(decision.live);
      if (decision.kind === 'wait') return decision.until;
      this.refreshes.refreshInBackground(decision.state, 'request');
      return deadline;
    }, signal);
  }

  /**
   * Signs in with a response of the login, signup or token endpoint. Forgets the previous user first.
   *
   * @throws {AuthError} `invalid_token_response`; the session is then unchanged
   */
  logIn(body: unknown): TokenSet {
    const receipt = { receivedAt: this.clock.now(), serverNow: this.clock.serverNow() };
    const tokens = tokenSet({ ...this.readTokenResponse(body), body }, receipt);
    this.enter(tokens);
    return tokens;
  }

  /**
   * Prepares a login whose response is still to come. Returns a function that signs in with the response, as
   * {@link Session.logIn} does, unless {@link Session.logOut} was called in the meantime.
   *
   * @throws {AuthError} the returned function: `session_ended` after a logout, `invalid_token_response`
   * @example
   * const logIn = session.beginLogIn();
   * const response = await fetch('/login', { method: 'POST', body: JSON.stringify(credentials) });
   * logIn(await response.json());
   */
  beginLogIn(): (body: unknown) => TokenSet {
    const { logOuts } = this;
    return body => {
      if (logOuts === this.logOuts) return this.logIn(body);
      throw new AuthError('session_ended', 'The user signed out before the response arrived.');
    };
  }

  /** Signs out at once, even offline. Responses that arrive later do not change that. */
  logOut(reason: EndReason = 'requested'): void {
    this.logOuts += 1;
    this.end(reason);
  }

  /**
   * Refreshes now. Calls during a refresh share it. Calls within a second of a failure, or before the time that the server
   * named, share that failure.
   *
   * @throws {AuthError} `no_session`, `no_refresh_token`, `refresh_refused`, `refresh_postponed`, `refresh_discarded`
   */
  async updateToken(): Promise<TokenSet> {
    const { current: state } = this;
    if (!isLoggedIn(state)) throw new AuthError('no_session', 'refreshToken not set: no user is signed in.');
    return this.refreshes.refresh(state, 'call');
  }

  /** Calls `listener` after every change. Returns a function that stops it. */
  subscribe(listener: (change: SessionChange) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Returns a report of the latest changes, without tokens. */
  diagnose(): Diagnosis {
    return this.diagnosis.report();
  }

  /**
   * Stops timers and listeners, and rejects all waits with `disposed`. A refresh whose request was sent is finished and stored, but
   * `updateToken()` rejects with `refresh_discarded`. The stored session stays.
   */
  dispose(): void {
    this.disposal.abort();
    for (const stop of this.stops.splice(0)) stop();
    this.refreshes.stop();
    this.listeners.clear();
    this.waiters.recheck();
  }

  private restore(): void {
    this.dispatch({ type: 'restored', session: this.records.restore() });
    const { current: state } = this;
    if (isLoggedIn(state) && !this.refreshes.isAutomatic(state.tokens) && hasExpired(state.tokens, this.clock.now()))
      this.end('expired');
  }

  private async becomeReady(): Promise<void> {
    if (this.refreshesAt !== undefined && !this.freshToken()) await this.getFreshToken().catch(() => undefined);
    else this.background(this.adoptShared());
  }

  private storeChanged(stored: Stored): void {
    if (stored.session) this.dispatch({ type: 'adopted', session: stored.session });
    else if (stored.kind === 'absent' && this.records.stored.read().kind === 'absent') this.end('storage_cleared');
  }

  private async adoptShared(): Promise<void> {
    const before = this.liveSession();
    const shared = await this.records.shared.read();
    if (this.disposal.signal.aborted) return;
    const { session, leased } = shared;
    this.highestEpoch = Math.max(this.highestEpoch, session?.epoch || 0);
    // A login since the record was read writes the record itself.
    if (session && before && before.epoch === this.liveSession()?.epoch) this.dispatch({ type: 'adopted', session });
    const live = this.liveSession();
    if (live && !this.records.keep(live, shared)) this.end('storage_cleared');
    else if (live && this.records.shared.wasLost) await this.records.shared.publish(live);
    if (session && leased) this.refreshes.finish(session);
  }

  private wake(): void {
    const { session } = this.records.stored.read();
    if (session) this.dispatch({ type: 'adopted', session });
    this.background(this.adoptShared());
    this.refreshes.wake();
    this.waiters.recheck();
  }

  private end(reason: EndReason): void {
    this.dispatch({ type: 'logged-out', reason });
  }

  /**
   * Applies an event, and returns whether it applied. The order is what makes the class correct:
   *
   * 1. State first: everything below, and every call that it leads to, sees the new state.
   * 2. A refresh of another login is cancelled before its result could be written.
   * 3. Records before listeners: a page that a listener reloads finds the new session.
   * 4. Revocation after the records: no stored token is revoked.
   * 5. The timer before listeners: one that throws, or changes the state again, leaves a timer for the latest state.
   * 6. Waiters last: a waiter that is released sends its request after listeners know of the token.
   */
  private dispatch(event: SessionEvent): boolean {
    const previous = this.current;
    const state = nextState(previous, event);
    if (state === previous || state.status === 'unknown') return false;
    if (this.disposal.signal.aborted) return this.finish(event, state);
    this.current = state;
    this.freshUntil = isLoggedIn(state)
      ? freshUntil(state.tokens, this.refreshes.isAutomatic(state.tokens))
      : Number.NEGATIVE_INFINITY;
    this.highestEpoch = Math.max(this.highestEpoch, state.epoch);
    this.refreshes.cancelUnlessFor(state);
    this.write(event, state);
    if (event.type === 'logged-out' && isLoggedIn(previous)) this.discard(previous.tokens);
    this.refreshes.arm();
    this.listeners.notify({ event, state, previous });
    this.waiters.recheck();
    return true;
  }

  /** Stores the result of a refresh whose request was sent before the session object was disposed of. */
  private finish(event: SessionEvent, state: KnownState): boolean {
    if (event.type === 'logged-in' || event.type === 'logged-out') return false;
    this.current = state;
    this.write(event, state);
    return true;
  }

  private write(event: SessionEvent, state: KnownState): void {
    const published = this.records.write(event, state);
    if (published !== undefined) this.background(published.then(session => this.published(state, session)));
  }

  private enter(tokens: TokenSet): void {
    // The random fraction tells apart logins of two tabs in one millisecond.
    const begun = Math.floor(this.clock.toWall(this.clock.now())) + this.ports.random();
    const epoch = Math.max(begun, this.highestEpoch + 1);
    this.dispatch({ type: 'logged-in', session: { epoch, generation: 0, tokens } });
  }

  /** The record of an ended session may have a later epoch, if the clock was ahead. Then a login needs a later one still. */
  private published(state: SessionState, session: LiveSession | EndedSession): void {
    this.highestEpoch = Math.max(this.highestEpoch, session.epoch);
    if (isLoggedIn(state) && this.liveSession()?.epoch === state.epoch && 'ended' in session) this.enter(state.tokens);
  }

  private refreshScheduler(): RefreshScheduler {
    const { clock, records, options, ports } = this;
    const renewal = sessionRenewal(options, ports);
    const discard = (tokens: TokenSet) => this.discard(tokens);
    const onError = (error: unknown) => this.report(error);
    const refresher = renewal && new TokenRefresher({ clock, records, renewal, options, ports, discard, onError });
    const session: RefreshedSession = {
      state: () => this.current,
      freshUntil: () => this.freshUntil,
      apply: event => this.dispatch(event),
      expire: () => this.end('expired'),
      unchanged: () => this.waiters.recheck(),
      discard,
    };
    return new RefreshScheduler(session, refresher, options, clock, ports);
  }

  /** Revokes tokens that are not used again, unless they are of another server. */
  private discard(tokens: TokenSet): void {
    if (!this.options.refresh || this.refreshes.isPossible(tokens)) this.background(this.revoke(tokens));
  }

  private decide(wait: TokenWait): WaitDecision {
    if (this.disposal.signal.aborted) throw new AuthError('disposed', 'The session object was disposed of.');
    const { current: state, refreshes, freshUntil } = this;
    const canRefresh = this.refreshesAt !== undefined;
    return waitDecision(wait, state, { now: this.now(), freshUntil, canRefresh, wokenAt: refreshes.wokenAt });
  }

  private liveSession(): LiveSession | undefined {
    return isLoggedIn(this.current) ? this.current : undefined;
  }

  private background(work: Promise<unknown>): void {
    work.catch(error => this.report(error));
  }

  private report(error: unknown): void {
    this.options.onError?.(error);
  }
}
