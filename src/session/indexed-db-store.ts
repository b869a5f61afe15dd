import { type UseStore, update } from 'idb-keyval';
import type { AtomicStore } from './shared-record.js';

/** Time limit of an IndexedDB request: some browsers never respond, for example in private windows. */
export const responseTimeoutMs = 3000;

/** Opens databases, again after the browser lost them. */
export interface Databases {
  /** Whether the browser lost all connections of this page. */
  readonly wereLost: boolean;
  /** Opens the store of all sessions. */
  open(): UseStore;
  /** Prepares another attempt after an error. Returns whether it may succeed. */
  recover(error: unknown): boolean;
}

/** What an {@link IndexedDbStore} needs from its environment. */
export interface IndexedDbStorePorts {
  readonly databases: Databases;
  /** Runs `action` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
  /** Called when the store continues in memory. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * One value in IndexedDB. While the browser blocks IndexedDB or does not respond in time, the value is in memory. Each change
 * tries IndexedDB again, so that no tab stays separated from the others.
 */
export class IndexedDbStore implements AtomicStore {
  private store: UseStore | undefined;
  private lastValue: unknown;
  private isUnresponsive = false;
  private isProbing = false;
  private isInMemory = false;
  /** Whether no value was read yet since the databases were lost. */
  private isRecovering = false;

  constructor(
    private readonly key: string,
    private readonly ports: IndexedDbStorePorts,
  ) {}

  isShared(): boolean {
    return !this.isUnresponsive && !this.isInMemory;
  }

  wasLost(): boolean {
    return this.ports.databases.wereLost;
  }

  async update(change: (value: unknown) => unknown): Promise<void> {
    if (this.isUnresponsive) {
      this.probe();
      this.lastValue = change(this.lastValue);
      return;
    }
    try {
      await this.updateOrRetry(change);
      this.isInMemory = false;
    } catch (error) {
      if (!this.isInMemory) this.ports.onError?.(error);
      this.isInMemory = true;
      this.lastValue = change(this.lastValue);
    }
  }

  /** Clearing site data closes connections: the second attempt opens a new one. The third one works after WebKit lost all of them. */
  private updateOrRetry(change: (value: unknown) => unknown): Promise<void> {
    const retry = (error: unknown) => (this.isUnresponsive ? Promise.reject(error) : this.updateDatabase(change));
    const recover = (error: unknown) => {
      if (!this.ports.databases.recover(error)) throw error;
      this.isRecovering = true;
      return retry(error);
    };
    return this.updateDatabase(change).catch(retry).catch(recover);
  }

  private async updateDatabase(change: (value: unknown) => unknown): Promise<void> {
    this.store ??= this.ports.databases.open();
    const work = update(this.key, value => this.changed(value, change), this.store);
    const responded = () => {
      this.isUnresponsive = false;
    };
    work.then(responded, responded);
    try {
      await withinTime(this.ports.after, work, () => {
        this.isUnresponsive = true;
      });
    } catch (error) {
      this.store = undefined;
      throw error;
    }
  }

  /** A commit may be lost together with the connection, so the latest value replaces a missing one. */
  private changed(value: unknown, change: (value: unknown) => unknown): unknown {
    this.lastValue = change(value ?? (this.isRecovering ? this.lastValue : undefined));
    this.isRecovering = false;
    return this.lastValue;
  }

  /** A request can stay without a response while a later one on a new connection succeeds. */
  private probe(): void {
    if (this.isProbing) return;
    this.isProbing = true;
    const done = () => {
      this.isProbing = false;
    };
    void this.updateDatabase(value => value).then(done, done);
  }
}

/** Returns the result of a request to IndexedDB. Rejects after {@link responseTimeoutMs}, after a call of `onLate`. */
export function withinTime<T>(after: IndexedDbStorePorts['after'], work: Promise<T>, onLate: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = after(responseTimeoutMs, () => {
      onLate();
      reject(new Error('IndexedDB did not respond.'));
    });
    work.then(resolve, reject).finally(cancel);
  });
}
