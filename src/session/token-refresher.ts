import { AuthError } from '../errors.js';
import type { RefreshLock } from './refresh-lock.js';
import { refreshPostponed } from './refresh-postponed.js';
import { retryDelay } from './refresh-schedule.js';
import type { Renewal } from './renewal.js';
import { hasCome, type ServerClock } from './server-clock.js';
import { laterThan } from './session-record.js';
import { type EndedSession, type LoggedIn, type SessionEvent, versionOf } from './session-state.js';
import type { Shared, SharedRecord } from './shared-record.js';
import type { StoredSession } from './stored-session.js';
import { type TokenSet, tokenSet } from './token-set.js';

/** What came of a refresher, for the session to take in. */
export type RefreshEvent = Extract<
  SessionEvent,
  { type: 'adopted' | 'refreshed' | 'refresh-postponed' | 'refresh-failed' }
>;

/** What a refresher is made with. */
export interface TokenRefresherDeps {
  readonly clock: ServerClock;
  readonly stored: StoredSession;
  readonly shared: SharedRecord;
  readonly lock: RefreshLock;
  readonly renewal: Renewal;
  readonly keepProperties: boolean | undefined;
  readonly ports: {
    random(): number;
    isOnline(): boolean;
  };
  /** Told of tokens that must not be used. */
  revoke(tokens: TokenSet): void;
}

/**
 * Trades the tokens of a session for new ones: in turn with all other tabs, and only if none of them has done it. Decides
 * nothing about the session in this tab; that is for whoever gets the {@link RefreshEvent}.
 */
export class TokenRefresher {
  constructor(private readonly by: TokenRefresherDeps) {}

  /** Whether these tokens can be traded in at all. */
  isPossible(tokens: TokenSet): boolean {
    return this.by.renewal.canRenew(tokens);
  }

  /**
   * Trades once, unless another tab has done so. Never rejects; resolves to nothing when it was called off.
   *
   * @param newsSince failures before this instant are old news: they do not stand in the way of a new attempt
   */
  async run(state: LoggedIn, newsSince: number, abort: AbortSignal): Promise<RefreshEvent | undefined> {
    try {
      return await this.by.lock.run<RefreshEvent | undefined>({
        abort,
        settled: shared => this.settledElsewhere(state, shared, newsSince),
        work: () => this.alone(state, abort),
      });
    } catch (cause) {
      if (abort.aborted) return undefined;
      return this.postponed(state, refreshPostponed('The refresh failed.', { cause }));
    }
  }

  /** Whether a failure speaks for now as well. */
  isStillValid({ retryAt, failedAt, byServer }: NonNullable<Shared['failure']>, newsSince: number): boolean {
    return !hasCome(retryAt, this.by.clock.now()) && (byServer || failedAt > newsSince);
  }

  private settledElsewhere(state: LoggedIn, shared: Shared, newsSince: number): RefreshEvent | undefined {
    const of = versionOf(state);
    if (shared.kind === 'newer') return { type: 'refresh-failed', of, reason: 'newer_version', error: outdated() };
    const stored = this.by.stored.read();
    const later = laterThan(state, shared) ?? laterThan(state, stored);
    if (later) return { type: 'adopted', session: later };
    if (stored.kind === 'absent') return { type: 'adopted', session: { epoch: state.epoch, ended: 'storage_cleared' } };
    const { failure } = shared;
    if (!failure || !this.isStillValid(failure, newsSince)) return undefined;
    const { retryAt } = failure;
    const error = refreshPostponed('Another tab could not refresh; waiting for the next attempt.', { retryAt });
    const postponement = { ...failure, since: state.degraded?.since ?? failure.failedAt, error };
    return { type: 'refresh-postponed', of, postponement };
  }

  private async alone(state: LoggedIn, abort: AbortSignal): Promise<RefreshEvent | undefined> {
    const { clock, shared, renewal, keepProperties } = this.by;
    const outcome = await renewal.renew(state.tokens, abort);
    if (abort.aborted) return undefined;
    if (outcome.kind === 'refused') return this.refused(state, outcome.error);
    if (outcome.kind !== 'refreshed') {
      const event = this.postponed(state, outcome.error, outcome.retryAfterMs);
      await shared.fail(state, event.postponement);
      return event;
    }
    const { response, serverDate } = outcome;
    if (serverDate !== undefined) clock.observe(serverDate);
    const tokens = tokenSet(response, { receivedAt: clock.now(), serverDate, previous: state.tokens, keepProperties });
    if (isOfAnother(tokens, state.tokens)) {
      if (tokens.refreshToken !== state.tokens.refreshToken) this.by.revoke(tokens);
      const message = "The refresh returned another user's tokens; the session has ended.";
      return this.refused(state, new AuthError('subject_mismatch', message));
    }
    const next = { epoch: state.epoch, generation: state.generation + 1, tokens };
    const standing = await shared.publish(next, state);
    return standing === next
      ? { type: 'refreshed', of: versionOf(state), tokens }
      : { type: 'adopted', session: standing };
  }

  /** A refusal may only mean that another tab was faster: then its tokens are taken instead. */
  private async refused(state: LoggedIn, error: AuthError): Promise<RefreshEvent> {
    const later = laterThan(state, this.by.stored.read());
    if (later) return { type: 'adopted', session: later };
    const reason = error.code === 'subject_mismatch' ? error.code : 'refused';
    const ended: EndedSession = { epoch: state.epoch, ended: reason };
    const standing = await this.by.shared.publish(ended, state);
    return standing === ended
      ? { type: 'refresh-failed', of: versionOf(state), reason, error }
      : { type: 'adopted', session: standing };
  }

  private postponed(state: LoggedIn, error: AuthError, retryAfterMs?: number) {
    const { clock, ports } = this.by;
    const now = clock.now();
    const since = state.degraded?.since ?? now;
    const attempts = (state.degraded?.attempts ?? 0) + 1;
    const byServer = retryAfterMs !== undefined;
    // Whoever got an answer is not offline, whatever the browser says.
    const offline = !ports.isOnline() && error.status === undefined;
    const delay = retryDelay({ attempts, sinceFirstMs: now - since, retryAfterMs, offline, random: ports.random() });
    const postponement = { since, failedAt: now, retryAt: now + delay, attempts, byServer, error };
    return { type: 'refresh-postponed' as const, of: versionOf(state), postponement };
  }
}

/** Compares like with like: an id token and an access token may name one user differently. */
function isOfAnother(tokens: TokenSet, previous: TokenSet): boolean {
  return (
    differ(tokens.claims?.['sub'], previous.claims?.['sub']) ||
    differ(tokens.idClaims?.['sub'], previous.idClaims?.['sub'])
  );
}

function differ(one: unknown, other: unknown): boolean {
  return typeof one === 'string' && typeof other === 'string' && one !== other;
}

function outdated(): AuthError {
  return new AuthError('refresh_refused', 'A later version of this application uses the session; reload the page.');
}
