import type { AtomicStore } from './shared-record.js';

/** Time limit of an IndexedDB request: some browsers never respond, for example in private windows. */
export const responseTimeoutMs = 3000;

/** Opens databases, again after the browser lost them. */
export interface Databases {
  /** Whether the browser lost all connections of this page. */
  readonly wereLost: boolean;
  /** Opens the database of all sessions. Resolves to a function that returns its store in a new transaction. */
  open(): Promise<() => IDBObjectStore>;
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

type Change = (value: unknown) => unknown;

/** A change that was made in a transaction. */
interface DecidedChange {
  /** Rejects if the browser discards the change, for example because its disk is full. */
  readonly committed: Promise<void>;
}

/**
 * One value in IndexedDB. While the browser blocks IndexedDB or does not respond in time, the value is in memory. Each change
 * tries IndexedDB again, so that no tab stays separated from the others.
 */
export class IndexedDbStore implements AtomicStore {
  private opened: Promise<() => IDBObjectStore> | undefined;
  private lastValue: unknown;
  /** The change that was decided last. */
  private latest: Change | undefined;
  private commit: Promise<void> = Promise.resolve();
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

  open(): void {
    this.database().catch(() => undefined);
  }

  async update(change: Change): Promise<void> {
    if (this.isUnresponsive) {
      this.probe();
      this.lastValue = change(this.lastValue);
      return;
    }
    try {
      const { committed } = await this.decideOrRetry(change);
      this.isInMemory = false;
      this.commit = committed.catch(() => this.commitAgain(change));
    } catch (error) {
      this.continueInMemory(error);
      this.lastValue = change(this.lastValue);
    }
  }

  settled(): Promise<void> {
    return withinTime(this.ports.after, this.commit, () => undefined).catch(() => undefined);
  }

  /** Makes a change again that the browser discarded, unless a later one was decided without it. */
  private async commitAgain(change: Change): Promise<void> {
    try {
      await (await this.decideOrRetry(value => (change === this.latest ? change(value) : value))).committed;
    } catch (error) {
      this.continueInMemory(error);
    }
  }

  private continueInMemory(error: unknown): void {
    if (!this.isInMemory) this.ports.onError?.(error);
    this.isInMemory = true;
  }

  /** Clearing site data closes connections: the second attempt opens a new one. The third one works after WebKit lost all of them. */
  private decideOrRetry(change: Change): Promise<DecidedChange> {
    const retry = (error: unknown) => (this.isUnresponsive ? Promise.reject(error) : this.decide(change));
    const recover = (error: unknown) => {
      if (!this.ports.databases.recover(error)) throw error;
      this.isRecovering = true;
      return retry(error);
    };
    return this.decide(change).catch(retry).catch(recover);
  }

  private async decide(change: Change): Promise<DecidedChange> {
    const work = this.database().then(store => changeValue(store(), this.key, value => this.changed(value, change)));
    const responded = () => {
      this.isUnresponsive = false;
    };
    work.then(responded, responded);
    try {
      return await withinTime(this.ports.after, work, () => {
        this.isUnresponsive = true;
      });
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  private database(): Promise<() => IDBObjectStore> {
    this.opened ||= this.ports.databases.open();
    return this.opened;
  }

  /** A commit may be lost together with the connection, so the latest value replaces a missing one. */
  private changed(value: unknown, change: Change): unknown {
    this.lastValue = change(value ?? (this.isRecovering ? this.lastValue : undefined));
    this.latest = change;
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
    void this.decide(value => value).then(done, done);
  }
}

/**
 * Changes a value in a transaction. Resolves when the change is decided: transactions of all tabs run one after the other, so none
 * can read the value before the change is committed.
 */
function changeValue(store: IDBObjectStore, key: string, change: Change): Promise<DecidedChange> {
  const { transaction } = store;
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  return new Promise((resolve, reject) => {
    committed.catch(reject);
    const read = store.get(key);
    read.onsuccess = () => {
      try {
        const next = change(read.result);
        if (next !== read.result) store.put(next, key);
        // A page that is closed now has made the change. Safari before 15 commits by itself.
        transaction.commit?.();
        resolve({ committed });
      } catch (error) {
        reject(error);
      }
    };
  });
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
