import { AuthError } from '../errors.js';
import type { RefreshLock } from './refresh-lock.js';
import { retryDelay } from './refresh-schedule.js';
import type { Renewal } from './renewal.js';
import type { ServerClock } from './server-clock.js';
import {
  type EndedSession,
  type LiveSession,
  type LoggedIn,
  type Postponement,
  type RefusalReason,
  supersedes,
} from './session-state.js';
import type { Shared, SharedRecord } from './shared-record.js';
import type { StoredSession } from './stored-session.js';
import { type TokenSet, tokenSet } from './token-set.js';

/** How a trade ended, before anything is decided from it. */
export type Trade =
  | { readonly kind: 'discarded' }
  | { readonly kind: 'refreshed'; readonly tokens: TokenSet }
  | { readonly kind: 'adopted'; readonly session: LiveSession | EndedSession }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly error: AuthError }
  | { readonly kind: 'postponed'; readonly postponement: Postponement };

/** What a trade is made with. */
export interface TradeMeans {
  readonly clock: ServerClock;
  readonly stored: StoredSession;
  readonly shared: SharedRecord;
  readonly lock: RefreshLock;
  readonly renewal: Renewal;
  readonly keepProperties: boolean | undefined;
  random(): number;
  isOnline(): boolean;
  /** Told of tokens that must not be used. */
  revoke(tokens: TokenSet): void;
}

/** What the clock lines of two tabs may be apart. */
const toleranceMs = 50;

/**
 * Trades the tokens of a session for new ones: in turn with all other tabs, and only if none of them has done it. Decides
 * nothing about the session in this tab; that is for whoever gets the {@link Trade}.
 */
export class TokenTrade {
  constructor(private readonly by: TradeMeans) {}

  /** Whether these tokens can be traded in at all. */
  isPossible(tokens: TokenSet): boolean {
    return this.by.renewal.canRenew(tokens);
  }

  /**
   * Trades once, unless another tab has done so. Never rejects.
   *
   * @param newsSince failures before this instant are old news: they do not stand in the way of a new attempt
   */
  async run(state: LoggedIn, newsSince: number, abort: AbortSignal): Promise<Trade> {
    try {
      return await this.by.lock.run<Trade>({
        abort,
        settled: shared => (abort.aborted ? { kind: 'discarded' } : this.settledElsewhere(state, shared, newsSince)),
        work: () => this.alone(state, abort),
      });
    } catch (cause) {
      if (abort.aborted) return { kind: 'discarded' };
      const error = new AuthError('refresh_postponed', 'The refresh failed.', { cause, retryable: true });
      return this.postponedBy(state, error);
    }
  }

  /** Whether a failure speaks for now as well. */
  isStillValid({ retryAt, failedAt, byServer }: NonNullable<Shared['failure']>, newsSince: number): boolean {
    return this.by.clock.now() + toleranceMs < retryAt && (byServer || failedAt > newsSince);
  }

  private settledElsewhere(state: LoggedIn, { newer, session, failure }: Shared, newsSince: number): Trade | undefined {
    if (newer) return { kind: 'refused', reason: 'newer_version', error: outdated() };
    if (session && supersedes(session, state)) return { kind: 'adopted', session };
    const stored = this.by.stored.read();
    if (stored.kind === 'absent') return { kind: 'adopted', session: { epoch: state.epoch, ended: 'storage_cleared' } };
    if (stored.kind === 'session' && supersedes(stored.session, state))
      return { kind: 'adopted', session: stored.session };
    if (!failure || !this.isStillValid(failure, newsSince)) return undefined;
    const { retryAt } = failure;
    const message = 'Another tab could not refresh; waiting for the next attempt.';
    const error = new AuthError('refresh_postponed', message, { retryable: true, retryAt });
    return { kind: 'postponed', postponement: { ...failure, since: state.degraded?.since ?? failure.failedAt, error } };
  }

  private async alone(state: LoggedIn, abort: AbortSignal): Promise<Trade> {
    const outcome = await this.by.renewal.renew(state.tokens, abort);
    if (abort.aborted) return { kind: 'discarded' };
    if (outcome.kind === 'refused') return this.refused(state, reasonOf(outcome.error), outcome.error);
    if (outcome.kind === 'postponed') return this.postponed(state, outcome.error, outcome.retryAfterMs);
    const { response, serverDate } = outcome;
    if (serverDate !== undefined) this.by.clock.observe(serverDate);
    const { keepProperties } = this.by;
    const receipt = { receivedAt: this.by.clock.now(), serverDate, previous: state.tokens, keepProperties };
    const tokens = tokenSet(response, receipt);
    if (isOfAnother(tokens, state.tokens)) {
      const error = new AuthError(
        'subject_mismatch',
        "The refresh returned another user's tokens; the session has ended.",
      );
      if (tokens.refreshToken !== state.tokens.refreshToken) this.by.revoke(tokens);
      return this.refused(state, 'subject_mismatch', error);
    }
    const next = { epoch: state.epoch, generation: state.generation + 1, tokens };
    const standing = await this.by.shared.publish(next, state);
    return standing === next ? { kind: 'refreshed', tokens } : { kind: 'adopted', session: standing };
  }

  /** A refusal may only mean that another tab was faster: then its tokens are taken instead. */
  private async refused(state: LoggedIn, reason: RefusalReason, error: AuthError): Promise<Trade> {
    const stored = this.by.stored.read();
    if (stored.kind === 'session' && supersedes(stored.session, state))
      return { kind: 'adopted', session: stored.session };
    const ended: EndedSession = { epoch: state.epoch, ended: reason };
    const standing = await this.by.shared.publish(ended, state);
    return standing === ended ? { kind: 'refused', reason, error } : { kind: 'adopted', session: standing };
  }

  private async postponed(state: LoggedIn, error: AuthError, retryAfterMs?: number): Promise<Trade> {
    const trade = this.postponedBy(state, error, retryAfterMs);
    await this.by.shared.fail(state, trade.postponement);
    return trade;
  }

  private postponedBy(state: LoggedIn, error: AuthError, retryAfterMs?: number): Trade & { kind: 'postponed' } {
    const now = this.by.clock.now();
    const since = state.degraded?.since ?? now;
    const attempts = (state.degraded?.attempts ?? 0) + 1;
    const byServer = retryAfterMs !== undefined;
    // Whoever got an answer is not offline, whatever the browser says.
    const offline = !this.by.isOnline() && error.status === undefined;
    const delay = retryDelay({
      attempts,
      sinceFirstMs: now - since,
      retryAfterMs,
      offline,
      random: this.by.random(),
    });
    return {
      kind: 'postponed',
      postponement: { since, failedAt: now, retryAt: now + delay, attempts, byServer, error },
    };
  }
}

function reasonOf({ code }: AuthError): RefusalReason {
  return code === 'subject_mismatch' ? code : 'refused';
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
