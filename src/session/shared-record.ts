import { hasCome, type ServerClock } from './server-clock.js';
import { endedRecord, liveRecord, readRecord, type Stored } from './session-record.js';
import {
  type EndedSession,
  isLive,
  isSameVersion,
  type LiveSession,
  type SessionVersion,
  supersedes,
  versionOf,
} from './session-state.js';

/**
 * One value that every tab reads and changes in turn: what is read inside `change` is what the last change wrote. Web
 * storage cannot promise that between tabs, IndexedDB can.
 */
export interface AtomicStore {
  /** Replaces the value by what `change` makes of it, as one step. `change` returning its argument writes nothing new. */
  update(change: (value: unknown) => unknown): Promise<void>;
}

/** For a session that one tab has to itself. */
export function memoryAtomicStore(): AtomicStore {
  let kept: unknown;
  return {
    update: async change => {
      kept = change(kept);
    },
  };
}

/** A failed refresh that other tabs need not repeat before its time. Instants are wall-clock epoch ms. */
interface Failure extends SessionVersion {
  /** Later than now: as with a lease. */
  readonly failedAt: number;
  readonly retryAt: number;
  readonly attempts: number;
  readonly byServer: boolean;
}

/** With the version that is being traded in, where the record has one. */
interface Lease extends Partial<SessionVersion> {
  readonly by: string;
  /** Wall-clock epoch ms at which it was taken. Later than now: the clock was set back, and how long it still counts cannot be told. */
  readonly since: number;
  /** Wall-clock epoch ms after which the holder counts as gone. */
  readonly until: number;
  readonly underLock: boolean;
}

interface SharedValue {
  readonly record?: unknown;
  readonly lease?: Lease | undefined;
  readonly failure?: Failure | undefined;
}

/** The session as all tabs see it. */
export type Shared = Stored & {
  /** Somebody is refreshing that very session, or went away in the middle of it. */
  readonly leased: boolean;
  /** A refresh of that very session failed and waits for its next attempt; instants on our clock. */
  readonly failure: Omit<Failure, keyof SessionVersion> | undefined;
};

export type Claim = Shared & {
  /** Ms until the lease of whoever holds it runs out; 0: it was granted. */
  readonly heldForMs: number;
};

function isOf(session: LiveSession | EndedSession | undefined, version: Partial<SessionVersion> | undefined): boolean {
  return isLive(session) && isSameVersion(session, version);
}

/**
 * The record that decides whether to refresh, with the lease of whoever is doing it.
 */
export class SharedRecord {
  private holdsLease = false;

  /** @param holder who asks for leases: a name that no other tab has */
  constructor(
    private readonly atomicStore: AtomicStore,
    private readonly clock: ServerClock,
    private readonly holder: string,
  ) {}

  async read(): Promise<Shared> {
    return this.change(value => [value, this.shared(value)]);
  }

  /**
   * Writes a version unless a later one is there, or one later than what it replaces. Returns the one that stands. Whatever
   * lease there was ends with the version that it was for.
   */
  async publish(session: LiveSession | EndedSession, replaced?: LiveSession): Promise<LiveSession | EndedSession> {
    const published = await this.change<LiveSession | EndedSession>(value => {
      const { kind, session: standing } = this.shared(value);
      if (kind === 'newer') return [value, session];
      if (standing && !supersedes(session, standing)) return [value, standing];
      if (standing && replaced && supersedes(standing, replaced)) return [value, standing];
      const record = this.written(session, value.record);
      return [{ ...value, record, lease: undefined, failure: undefined }, session];
    });
    if (published === session) this.holdsLease = false;
    return published;
  }

  /**
   * Asks for the right to refresh until `holdMs` from now. A lease taken under the Web Lock binds only those who come
   * without the lock: whoever holds the lock knows that the earlier holder is gone.
   */
  async claim(holdMs: number, underLock: boolean): Promise<Claim> {
    const claim = await this.change<Claim>(value => {
      const now = this.clock.toWall(this.clock.now());
      const shared = this.shared(value);
      if (shared.kind === 'newer') return [value, { ...shared, heldForMs: 0 }];
      const { lease } = value;
      const binds = lease && lease.by !== this.holder && hasCome(lease.since, now) && !(underLock && lease.underLock);
      if (binds && lease.until > now) return [value, { ...shared, heldForMs: Math.min(lease.until - now, holdMs) }];
      const of = isLive(shared.session) ? versionOf(shared.session) : {};
      return [
        { ...value, lease: { by: this.holder, since: now, until: now + holdMs, underLock, ...of } },
        { ...shared, heldForMs: 0 },
      ];
    });
    if (claim.heldForMs === 0) this.holdsLease = true;
    return claim;
  }

  async release(): Promise<void> {
    if (!this.holdsLease) return;
    this.holdsLease = false;
    await this.change(value => [value.lease?.by === this.holder ? { ...value, lease: undefined } : value, undefined]);
  }

  /** Tells other tabs not to repeat a refresh before `retryAt`, an instant on our clock. */
  async fail({ epoch, generation }: SessionVersion, failed: Omit<Failure, keyof SessionVersion>): Promise<void> {
    const { attempts, byServer } = failed;
    const failedAt = this.clock.toWall(failed.failedAt);
    const failure = { epoch, generation, failedAt, retryAt: this.clock.toWall(failed.retryAt), attempts, byServer };
    await this.change(value => [{ ...value, failure }, undefined]);
  }

  private shared({ record, lease, failure }: SharedValue): Shared {
    const stored = readRecord(record, this.clock);
    return {
      ...stored,
      leased: isOf(stored.session, lease),
      failure: failure && isOf(stored.session, failure) ? this.ours(failure) : undefined,
    };
  }

  private ours({ failedAt, retryAt, attempts, byServer }: Failure): Shared['failure'] {
    if (!hasCome(failedAt, this.clock.toWall(this.clock.now()))) return undefined;
    return { failedAt: this.clock.fromWall(failedAt), retryAt: this.clock.fromWall(retryAt), attempts, byServer };
  }

  /** What a later minor version added to the record of this very session is kept. */
  private written(session: LiveSession | EndedSession, before: unknown): unknown {
    if ('ended' in session) return endedRecord(session);
    const live = liveRecord(session, this.clock);
    const ofSession = typeof before === 'object' && before !== null && 'epoch' in before && before.epoch === live.epoch;
    return ofSession ? { ...before, ...live } : live;
  }

  private async change<T>(decide: (value: SharedValue) => [SharedValue, T]): Promise<T> {
    let result: { value: T } | undefined;
    await this.atomicStore.update(value => {
      const [next, answer] = decide(typeof value === 'object' && value !== null ? value : {});
      result = { value: answer };
      return next;
    });
    if (!result) throw new Error('The shared atomicStore did not call back.');
    return result.value;
  }
}
