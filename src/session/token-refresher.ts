import { AuthError } from '../errors.js';
import { abortReason } from './abort-reason.js';
import { endsSession, unclearResponses } from './refresh-policy.js';
import { refreshPostponed, withRetryAt } from './refresh-postponed.js';
import { isConfigurationError } from './refresh-response.js';
import { retryDelay } from './refresh-schedule.js';
import type { Renewal } from './renewal.js';
import type { ServerClock } from './server-clock.js';
import type { SessionOptions } from './session-options.js';
import type { SessionPorts } from './session-ports.js';
import { laterThan, type Stored } from './session-record.js';
import type { SessionRecords } from './session-records.js';
import {
  type EndedSession,
  type LoggedIn,
  type Postponement,
  type RefreshEndReason,
  type RefreshFailure,
  type SessionEvent,
  type UnclearResponses,
  versionOf,
} from './session-state.js';
import type { Shared } from './shared-record.js';
import { pause, timeLimit } from './time-limit.js';
import { hasExpired, type TokenSet, tokenSet } from './token-set.js';

/** Result of a refresh, for the session to apply. */
export type RefreshEvent = Extract<
  SessionEvent,
  { type: 'adopted' | 'refreshed' | 'refresh-postponed' | 'refresh-failed' }
>;

/** A refresh of one version. */
export interface RefreshTask {
  /** Its tokens are exchanged. */
  readonly state: LoggedIn;
  /** Cancels it. */
  readonly abort: AbortSignal;
  /** Whether a failure of another tab permits an attempt now. */
  mayRetry(failure: RefreshFailure): boolean;
  /** Called before the request is sent. */
  sending(): void;
  /** Whether a server rejected the access token although its expiry is unknown. */
  isRejected(): boolean;
}

export interface TokenRefresherDeps {
  readonly clock: ServerClock;
  readonly records: SessionRecords;
  readonly renewal: Renewal;
  /** Read at each refresh, since an app may change them. */
  readonly options: Pick<SessionOptions, 'keepResponseProperties'>;
  readonly ports: Pick<SessionPorts, 'locks' | 'lockName' | 'after' | 'random' | 'isOnline'>;
  /** Called with tokens that must not be used. */
  discard(tokens: TokenSet): void;
  /** Called with an error of the configuration, once. */
  onError(error: unknown): void;
}

/** Maximum wait for the Web Lock: another page may hold it for good, and a request waits ten seconds for a token. */
const lockWaitMs = 2500;
/** Maximum wait for the Web Lock if nothing else excludes other tabs: as long as a refresh may take. */
const soleLockWaitMs = 10_000;
const leasePollMs = 250;
/** Time after which all tabs see a write to web storage, which decides if the shared record is not shared: measured delays reach 5 ms. */
const webStorageDelayMs = 250;
/** Time to write the tokens after the response has arrived. */
const commitMs = 2000;

/**
 * Exchanges the tokens of a session for new ones, once for all tabs of the browser.
 *
 * The Web Lock is a queue, which a closed tab leaves by itself. The lease in the shared record excludes other tabs. So a
 * holder of the lock that is frozen delays the others for a limited time, and then one of them goes ahead without the lock.
 */
export class TokenRefresher {
  private readonly leaseMs: number;
  private hasReported = false;

  constructor(private readonly deps: TokenRefresherDeps) {
    this.leaseMs = (deps.renewal.timeoutSeconds ?? 10) * 1000 + commitMs;
  }

  /** Whether these tokens can be refreshed at all. */
  isPossible(tokens: TokenSet): boolean {
    return this.deps.renewal.canRenew(tokens);
  }

  /** Refreshes, unless another tab has refreshed. Never rejects. Resolves to `undefined` if it was cancelled. */
  async run(task: RefreshTask): Promise<RefreshEvent | undefined> {
    try {
      return await this.inTurn(task);
    } catch (cause) {
      if (task.abort.aborted) return undefined;
      return this.postponed(task.state, refreshPostponed('The refresh failed.', { cause }));
    }
  }

  private async inTurn(task: RefreshTask): Promise<RefreshEvent | undefined> {
    const { records, ports } = this.deps;
    const { locks, lockName, after } = ports;
    if (!locks) return this.withLease(task, false);
    const waitMs = records.shared.isShared ? lockWaitMs : soleLockWaitMs;
    const { signal, lift } = timeLimit(after, waitMs, task.abort);
    let result: Promise<RefreshEvent | undefined> | undefined;
    return new Promise((resolve, reject) => {
      const enter = async () => {
        lift();
        result = this.withLease(task, true);
        // Requests do not wait until the tokens are stored; the next tab does.
        await result.then(resolve, reject);
        await this.stored();
      };
      locks.request(lockName, { signal }, enter).catch(error => {
        lift();
        if (task.abort.aborted) reject(error);
        // A refresh that lost its lock is finished: the server may have used its token.
        else if (!result) resolve(this.withLease(task, false));
      });
    });
  }

  /** Resolves once other tabs can read what this tab wrote. */
  private async stored(): Promise<void> {
    const { records, ports } = this.deps;
    await records.shared.settled();
    if (!records.shared.isShared) await new Promise<void>(resolve => void ports.after(webStorageDelayMs, resolve));
  }

  private async withLease(task: RefreshTask, underLock: boolean): Promise<RefreshEvent | undefined> {
    const { shared } = this.deps.records;
    for (;;) {
      const claim = await shared.claim(this.leaseMs, underLock);
      try {
        if (!shared.isShared) await pause(this.deps.ports.after, webStorageDelayMs, task.abort);
        if (task.abort.aborted) throw abortReason(task.abort);
        const settled = this.settledElsewhere(task, claim);
        if (settled) return settled;
        if (claim.heldForMs === 0) return await this.refresh(task, claim.failure || task.state.degraded);
      } finally {
        await shared.release();
      }
      await pause(this.deps.ports.after, Math.min(claim.heldForMs, leasePollMs), task.abort);
    }
  }

  /** Returns what makes a request unnecessary. The first that applies counts. */
  private settledElsewhere(task: RefreshTask, shared: Shared): RefreshEvent | undefined {
    const { state } = task;
    const { records } = this.deps;
    const stored = records.stored.read();
    return (
      takenOverByNewerVersion(state, shared) ||
      refreshedOrEnded(state, shared) ||
      refreshedOrEnded(state, stored) ||
      (records.keep(state, shared) ? undefined : cleared(state)) ||
      failedElsewhere(task, shared)
    );
  }

  private async refresh(
    { state, abort, isRejected, sending }: RefreshTask,
    previous: RefreshFailure | undefined,
  ): Promise<RefreshEvent | undefined> {
    const { clock, records, renewal, options } = this.deps;
    sending();
    const outcome = await renewal.renew(state.tokens, abort);
    if (abort.aborted) return undefined;
    if (outcome.kind === 'refused') return this.failed(state, outcome.error);
    if (outcome.kind !== 'refreshed') {
      this.reportConfigurationError(outcome.error);
      const unclear = unclearResponses(outcome.kind, previous, clock.now());
      const isUsable = !hasExpired(state.tokens, clock.now()) && !isRejected();
      if (!isUsable && endsSession(unclear, clock.now())) return this.failed(state, unclearEnd(outcome.error));
      const event = this.postponed(state, outcome.error, outcome.retryAfterMs, unclear);
      await records.shared.fail(state, event.postponement);
      return event;
    }
    const { response, serverDate } = outcome;
    if (serverDate !== undefined) clock.observe(serverDate);
    const { keepResponseProperties } = options;
    const times = { receivedAt: clock.now(), serverDate, serverNow: clock.serverNow() };
    return this.publish(state, tokenSet(response, { ...times, previous: state.tokens, keepResponseProperties }));
  }

  private async publish(state: LoggedIn, tokens: TokenSet): Promise<RefreshEvent> {
    if (isOfAnotherUser(tokens, state.tokens)) {
      if (tokens.refreshToken !== state.tokens.refreshToken) this.deps.discard(tokens);
      const message = "The refresh returned another user's tokens; the session has ended.";
      return this.failed(state, new AuthError('subject_mismatch', message));
    }
    const next = { epoch: state.epoch, generation: state.generation + 1, tokens };
    const published = await this.deps.records.shared.publish(next, state);
    return published === next
      ? { type: 'refreshed', of: versionOf(state), tokens }
      : { type: 'adopted', session: published };
  }

  /** A refusal may only mean that another tab was faster. Then its tokens are adopted. */
  private async failed(state: LoggedIn, error: AuthError): Promise<RefreshEvent> {
    const { stored, shared } = this.deps.records;
    const adopted = refreshedOrEnded(state, stored.read());
    if (adopted) return adopted;
    const reason = endReasonOf(error);
    const ended: EndedSession = { epoch: state.epoch, ended: reason };
    const published = await shared.publish(ended, state);
    return published === ended
      ? { type: 'refresh-failed', of: versionOf(state), reason, error }
      : { type: 'adopted', session: published };
  }

  /** The session is kept, so the developer learns of it from the log. */
  private reportConfigurationError(error: AuthError): void {
    if (this.hasReported || !isConfigurationError(error.oauthError)) return;
    this.hasReported = true;
    const message = `The server rejects refreshes of this client: "${error.oauthError}". The session is kept; check the configuration.`;
    this.deps.onError(new AuthError('invalid_configuration', message, { cause: error, status: error.status }));
  }

  private postponed(state: LoggedIn, error: AuthError, retryAfterMs?: number, unclear?: UnclearResponses) {
    const { clock, ports } = this.deps;
    const now = clock.now();
    const since = state.degraded?.since || now;
    const attempts = (state.degraded?.attempts || 0) + 1;
    const byServer = retryAfterMs !== undefined;
    // A response proves that the browser is online, even if it reports otherwise.
    const offline = !ports.isOnline() && error.status === undefined;
    const sinceFirstMs = now - since;
    const retryAt = now + retryDelay({ attempts, sinceFirstMs, retryAfterMs, offline, random: ports.random() });
    const failure = { since, failedAt: now, retryAt, attempts, byServer, unclear };
    const postponement: Postponement = { ...failure, error: withRetryAt(error, retryAt) };
    return { type: 'refresh-postponed' as const, of: versionOf(state), postponement };
  }
}

function endReasonOf({ code }: AuthError): RefreshEndReason {
  if (code === 'subject_mismatch') return code;
  return code === 'refresh_unclear' ? 'unclear' : 'refused';
}

function unclearEnd(cause: AuthError): AuthError {
  const message =
    'The access token has expired, and refreshes keep failing with errors that may mean a refused refresh token.';
  return new AuthError('refresh_unclear', message, { cause, status: cause.status, oauthError: cause.oauthError });
}

function takenOverByNewerVersion(state: LoggedIn, { kind }: Shared): RefreshEvent | undefined {
  if (kind !== 'newer') return undefined;
  const message = 'A later version of this application uses the session; reload the page.';
  const error = new AuthError('refresh_refused', message);
  return { type: 'refresh-failed', of: versionOf(state), reason: 'newer_version', error };
}

function refreshedOrEnded(state: LoggedIn, stored: Stored): RefreshEvent | undefined {
  const session = laterThan(state, stored);
  return session && { type: 'adopted', session };
}

function cleared({ epoch }: LoggedIn): RefreshEvent {
  return { type: 'adopted', session: { epoch, ended: 'storage_cleared' } };
}

function failedElsewhere({ state, mayRetry }: RefreshTask, { failure }: Shared): RefreshEvent | undefined {
  if (!failure || mayRetry(failure)) return undefined;
  const { retryAt } = failure;
  const error = refreshPostponed('Another tab could not refresh; waiting for the next attempt.', { retryAt });
  return { type: 'refresh-postponed', of: versionOf(state), postponement: { ...failure, error } };
}

/** Compares claims of one kind of token: an id token and an access token may name one user differently. */
function isOfAnotherUser(tokens: TokenSet, previous: TokenSet): boolean {
  return (
    differ(tokens.claims?.['sub'], previous.claims?.['sub']) ||
    differ(tokens.idClaims?.['sub'], previous.idClaims?.['sub'])
  );
}

function differ(one: unknown, other: unknown): boolean {
  return typeof one === 'string' && typeof other === 'string' && one !== other;
}
