import { hasCome, type ServerClock } from './server-clock.js';
import { endedRecord, liveRecord, readRecord, type Stored } from './session-record.js';
import {
  type EndedSession,
  isLive,
  isSameVersion,
  type LiveSession,
  type RefreshFailure,
  type SessionVersion,
  supersedes,
  versionOf,
} from './session-state.js';

/**
 * One value that all tabs change in turn. `change` receives the value of the latest update. Web storage does not guarantee
 * that between tabs; IndexedDB does.
 */
export interface AtomicStore {
  /**
   * Replaces the value with the result of `change`, as one step. Nothing is written if `change` returns its argument. Resolves once
   * later updates receive the result.
   */
  update(change: (value: unknown) => unknown): Promise<void>;
  /** Prepares for an update that follows soon. */
  open?(): void;
  /** Resolves once the updates are stored. Never rejects. */
  settled?(): Promise<void>;
  /** False while the store works in the memory of this tab because the browser refuses it. @default true */
  isShared?(): boolean;
  /** True if the browser lost the store since the page was loaded. Then web storage may miss its latest writes. @default false */
  wasLost?(): boolean;
}

/** Creates an atomic store in memory, for a session that is not shared between tabs. */
export function memoryAtomicStore(): AtomicStore {
  let kept: unknown;
  return {
    update: async change => {
      kept = change(kept);
    },
  };
}

/** A failed refresh that other tabs do not repeat before its time. Instants are wall-clock epoch ms. */
type SharedFailure = RefreshFailure & SessionVersion;

/** The right of one tab to refresh, with the version that it exchanges. Instants are wall-clock epoch ms. */
interface Lease extends Partial<SessionVersion> {
  readonly by: string;
  readonly since: number;
  /** After this, the holder counts as gone. */
  readonly until: number;
  /** Whether the holder took it while it held the Web Lock. */
  readonly underLock: boolean;
}

interface SharedValue {
  readonly record?: unknown;
  readonly lease?: Lease | undefined;
  readonly failure?: SharedFailure | undefined;
}

/** The session as all tabs see it. */
export type Shared = Stored & {
  /** A tab is refreshing this version, or was closed while it did. */
  readonly leased: boolean;
  /** The record is absent because the browser has lost it, rather than because the user or a script removed it. */
  readonly isLost: boolean;
  /** Latest failed refresh of this version; instants on the session's clock. */
  readonly failure: RefreshFailure | undefined;
};

export type Claim = Shared & {
  /** Ms until the lease of another tab expires; 0 if this tab got it. */
  readonly heldForMs: number;
};

/** A tab that claims the lease. */
interface Claimant {
  readonly holder: string;
  /** Wall-clock epoch ms. */
  readonly now: number;
  readonly underLock: boolean;
}

/** Whether a lease keeps the claimant from refreshing. */
function excludes(lease: Lease, { holder, now, underLock }: Claimant): boolean {
  const isOwn = lease.by === holder;
  const hasExpired = lease.until <= now;
  const clockWasSetBack = !hasCome(lease.since, now);
  // The Web Lock passes on only when its holder has released it or is gone.
  const holderIsGone = underLock && lease.underLock;
  return !(isOwn || hasExpired || clockWasSetBack || holderIsGone);
}

/** The record that decides whether a tab refreshes, with the lease of the tab that does. */
export class SharedRecord {
  private holdsLease = false;
  /** Whether there was a record since the browser lost the store. One that is absent after that was removed. */
  private isRestored = false;

  /** @param holder name of this tab in leases, unique among tabs */
  constructor(
    private readonly atomicStore: AtomicStore,
    private readonly clock: ServerClock,
    private readonly holder: string,
  ) {}

  /** Whether the lease excludes other tabs. */
  get isShared(): boolean {
    return this.atomicStore.isShared?.() !== false;
  }

  /** Whether web storage may miss its latest writes. */
  get wasLost(): boolean {
    return Boolean(this.atomicStore.wasLost?.());
  }

  /** Opens the store, which takes longer than a change. */
  open(): void {
    this.atomicStore.open?.();
  }

  /** Resolves once all changes are stored, or have failed to be. */
  async settled(): Promise<void> {
    await this.atomicStore.settled?.();
  }

  async read(): Promise<Shared> {
    return this.change(value => [value, this.shared(value)]);
  }

  /**
   * Writes a version, unless the record has a later one, or one later than `replaced`. Removes the lease and the failure of the
   * version before.
   *
   * @returns the version in the record afterwards
   */
  async publish(session: LiveSession | EndedSession, replaced?: LiveSession): Promise<LiveSession | EndedSession> {
    const published = await this.change<LiveSession | EndedSession>(value => {
      const { kind, session: current } = this.shared(value);
      if (kind === 'newer') return [value, session];
      if (current && !supersedes(session, current)) return [value, current];
      if (current && replaced && supersedes(current, replaced)) return [value, current];
      return [{ ...value, record: this.written(session, value.record), lease: undefined, failure: undefined }, session];
    });
    if (published === session) this.holdsLease = false;
    this.isRestored = this.wasLost;
    return published;
  }

  /** Claims the right to refresh for `leaseMs` from now. */
  async claim(leaseMs: number, underLock: boolean): Promise<Claim> {
    const claim = await this.change<Claim>(value => {
      const shared = this.shared(value);
      const now = this.clock.toWall(this.clock.now());
      const { lease } = value;
      if (shared.kind === 'newer') return [value, { ...shared, heldForMs: 0 }];
      if (lease && excludes(lease, { holder: this.holder, now, underLock })) {
        return [value, { ...shared, heldForMs: Math.min(lease.until - now, leaseMs) }];
      }
      const of = isLive(shared.session) ? versionOf(shared.session) : {};
      const granted: Lease = { by: this.holder, since: now, until: now + leaseMs, underLock, ...of };
      return [
        { ...value, lease: granted },
        { ...shared, heldForMs: 0 },
      ];
    });
    if (claim.heldForMs === 0) this.holdsLease = true;
    return claim;
  }

  /** Gives the lease back, if this tab has it. */
  async release(): Promise<void> {
    if (!this.holdsLease) return;
    this.holdsLease = false;
    await this.change(value => [value.lease?.by === this.holder ? { ...value, lease: undefined } : value, undefined]);
  }

  /** Writes a failed refresh, so that other tabs wait for its next attempt. */
  async fail(version: SessionVersion, failure: RefreshFailure): Promise<void> {
    const shared: SharedFailure = { ...versionOf(version), ...mapInstants(failure, at => this.clock.toWall(at)) };
    await this.change(value => [{ ...value, failure: shared }, undefined]);
  }

  private shared({ record, lease, failure }: SharedValue): Shared {
    const stored = readRecord(record, this.clock);
    if (stored.kind !== 'absent') this.isRestored = this.wasLost;
    return {
      ...stored,
      isLost: this.wasLost && !this.isRestored,
      leased: isOf(stored.session, lease),
      failure: failure && isOf(stored.session, failure) ? this.onOwnClock(failure) : undefined,
    };
  }

  /** A failure in the future says nothing: the clock was set back since. */
  private onOwnClock(failure: SharedFailure): RefreshFailure | undefined {
    if (!hasCome(failure.failedAt, this.clock.toWall(this.clock.now()))) return undefined;
    return mapInstants(failure, at => this.clock.fromWall(at));
  }

  /** Keeps fields that a later minor version of this library added to the record of this session. */
  private written(session: LiveSession | EndedSession, before: unknown): unknown {
    if ('ended' in session) return endedRecord(session);
    const live = liveRecord(session, this.clock);
    const ofSession = typeof before === 'object' && before !== null && 'epoch' in before && before.epoch === live.epoch;
    return ofSession ? { ...before, ...live } : live;
  }

  private async change<T>(decide: (value: SharedValue) => [SharedValue, T]): Promise<T> {
    let result: { value: T } | undefined;
    await this.atomicStore.update(value => {
      const [next, decided] = decide(typeof value === 'object' && value !== null ? value : {});
      result = { value: decided };
      return next;
    });
    if (!result) throw new Error('The atomic store did not call back.');
    return result.value;
  }
}

function isOf(session: LiveSession | EndedSession | undefined, version: Partial<SessionVersion> | undefined): boolean {
  return isLive(session) && isSameVersion(session, version);
}

/** Returns a failure with its instants on another clock. */
function mapInstants(
  { since, failedAt, retryAt, attempts, byServer, unclear }: RefreshFailure,
  map: (instant: number) => number,
): RefreshFailure {
  return {
    since: map(since),
    failedAt: map(failedAt),
    retryAt: map(retryAt),
    attempts,
    byServer,
    unclear: unclear && { count: unclear.count, since: map(unclear.since) },
  };
}
