import { type AtomicStore, memoryAtomicStore, type SessionPorts, type TokenStore } from '../core.js';
import type { TestClock } from './test-clock.js';

/** Options of a {@link TestBrowser}. */
export interface TestBrowserOptions {
  /** The clock of all tabs. */
  readonly clock: TestClock;
  /** Receives the requests of all tabs: `server.fetch` of a {@link FakeTokenServer}. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /**
   * Delay in ms until other tabs read a write to web storage, as in browsers with a process for each tab.
   *
   * @default 5
   */
  readonly propagationMs?: number;
  /** Whether the browser has Web Locks. Pages without a secure context have none. @default true */
  readonly locks?: boolean;
}

type Locks = NonNullable<SessionPorts['locks']>;

/**
 * A browser profile: tabs that share web storage (each sees it late), one record in IndexedDB, and locks.
 *
 * @example
 * const clock = new TestClock();
 * const server = new FakeTokenServer({ clock });
 * const browser = new TestBrowser({ clock, fetch: server.fetch });
 * const open = () => new Session({ refresh: { url: '/auth/login' } }, browser.openTab().ports);
 * const [one, other] = [open(), open()];
 * one.logIn(server.logIn());
 * await clock.advance(100);
 * expect(other.state.status).toBe('logged-in');
 * other.logOut();
 * await clock.advance(100);
 * expect(one.state.status).toBe('logged-out');
 */
export class TestBrowser {
  /** Replaces IndexedDB. */
  readonly atomicStore: AtomicStore = memoryAtomicStore();
  private readonly tabs = new Set<TestTab>();
  private queue: Promise<unknown> = Promise.resolve();
  private stored: string | undefined;
  private writes = 0;
  private opened = 0;

  constructor(readonly options: TestBrowserOptions) {}

  /** Opens a tab, which reads the current storage. */
  openTab(): TestTab {
    const tab = new TestTab(this, this.stored, 0.5 + (this.opened++ % 400) / 1000);
    this.tabs.add(tab);
    return tab;
  }

  /** Clears the site data, as the user or another script does. */
  async clearSiteData(): Promise<void> {
    await this.atomicStore.update(() => undefined);
    this.write(undefined);
  }

  /** @internal Returns the number of a write. Of two concurrent writes, the later one wins in all tabs. */
  write(text: string | undefined, writer?: TestTab): number {
    this.stored = text;
    const write = ++this.writes;
    for (const tab of this.tabs) {
      if (tab !== writer) this.options.clock.after(this.options.propagationMs ?? 5, () => tab.see(text, write));
    }
    return write;
  }

  /** @internal */
  close(tab: TestTab): void {
    this.tabs.delete(tab);
  }

  /** @internal Releases the lock of a closed tab. */
  locksFor(closed: AbortSignal): Locks | undefined {
    if (this.options.locks === false) return undefined;
    return {
      request: (_name, { signal }, callback) =>
        new Promise((resolve, reject) => {
          const leave = () => reject(signal.reason);
          signal.addEventListener('abort', leave);
          const turn = this.queue.then(async () => {
            // A granted lock is kept: the signal aborts the wait only.
            signal.removeEventListener('abort', leave);
            if (!signal.aborted) resolve(await callback());
          });
          turn.catch(reject);
          this.queue = new Promise<void>(free => {
            const done = () => {
              closed.removeEventListener('abort', done);
              free();
            };
            turn.then(done, done);
            closed.addEventListener('abort', done);
            if (closed.aborted) done();
          });
        }),
    };
  }
}

/** One tab: ports for its own session, and page events. */
export class TestTab {
  /** Value of `navigator.onLine`. */
  online = true;
  /** False while the page is prerendered. */
  active = true;
  /** Value of `Math.random`: about a half, and different in each tab. */
  chance: number;
  /** Offset of this machine's clock in ms. May be changed at any time, as when a user sets the clock. */
  skewMs = 0;
  /** Interval of timers in the background, in ms. With 0 timers fire when they are due. */
  throttleMs = 0;
  private readonly watchers = new Set<(text: string | undefined) => void>();
  private readonly wakers = new Set<() => void>();
  private readonly timers = new Set<() => void>();
  private readonly closing = new AbortController();
  /** Number of this tab's latest write. */
  private wrote = 0;
  private frozen: Promise<void> | undefined;
  private melt = (): void => undefined;

  /** @internal */
  constructor(
    private readonly browser: TestBrowser,
    private text: string | undefined,
    chance: number,
  ) {
    this.chance = chance;
  }

  /** Freezes the tab. Timers, responses, locks and storage events wait for {@link thaw}. */
  freeze(): void {
    this.frozen ??= new Promise(resolve => {
      this.melt = resolve;
    });
  }

  /** Resumes the tab, runs what was waiting once, and dispatches the wake event. */
  thaw(): void {
    this.frozen = undefined;
    this.melt();
    this.wake();
  }

  /** Makes the page visible, or the machine online. */
  wake(): void {
    for (const wake of [...this.wakers]) wake();
  }

  /** Closes the tab and releases its locks. */
  close(): void {
    this.browser.close(this);
    this.watchers.clear();
    this.wakers.clear();
    for (const cancel of this.timers) cancel();
    this.frozen = new Promise(() => undefined);
    this.closing.abort();
  }

  /** Number of listeners that the session has on the page. */
  get listeners(): number {
    return this.watchers.size + this.wakers.size;
  }

  /** Content of this tab's view of web storage. */
  get stored(): string | undefined {
    return this.text;
  }

  /** @internal */
  see(text: string | undefined, write: number): void {
    this.inTime(() => {
      if (this.text === text || write < this.wrote) return;
      this.text = text;
      for (const watch of [...this.watchers]) watch(text);
    });
  }

  /** This tab's view of `localStorage`, for a custom session. */
  get store(): TokenStore {
    return {
      read: () => this.text,
      write: text => this.put(text),
      remove: () => this.put(undefined),
      watch: onChange => {
        this.watchers.add(onChange);
        return () => this.watchers.delete(onChange);
      },
    };
  }

  /** Ports for a session in this tab. */
  get ports(): SessionPorts {
    const { clock, fetch } = this.browser.options;
    const locks = this.browser.locksFor(this.closing.signal);
    return {
      clock: { wall: () => clock.wall() + this.skewMs, monotonic: clock.monotonic },
      after: (delayMs, action) => this.after(delayMs, action),
      store: this.store,
      atomicStore: {
        update: change => this.whenThawed(() => this.browser.atomicStore.update(change)),
      },
      locks: locks && {
        request: (name, options, callback) => locks.request(name, options, () => this.whenThawed(callback)),
      },
      lockName: 'session',
      fetch: (url, init) => this.whenResponded(fetch(url, init)),
      random: () => this.chance,
      isOnline: () => this.online,
      isActive: () => this.active,
      environment: () => ({ storage: 'test' }),
      onWake: wake => {
        this.wakers.add(wake);
        return () => this.wakers.delete(wake);
      },
    };
  }

  private after(delayMs: number, action: () => void): () => void {
    const { clock } = this.browser.options;
    let cancelled = false;
    const cancelTimer = clock.after(this.throttled(delayMs), () => {
      this.timers.delete(cancel);
      this.inTime(() => {
        if (!cancelled) action();
      });
    });
    const cancel = (): void => {
      cancelled = true;
      this.timers.delete(cancel);
      cancelTimer();
    };
    this.timers.add(cancel);
    return cancel;
  }

  private throttled(delayMs: number): number {
    if (this.throttleMs === 0) return delayMs;
    const now = this.browser.options.clock.monotonic();
    return Math.ceil((now + delayMs) / this.throttleMs) * this.throttleMs - now;
  }

  private inTime(action: () => void): void {
    if (this.frozen === undefined) action();
    else void this.frozen.then(action);
  }

  private whenThawed<T>(work: () => Promise<T>): Promise<T> {
    return this.frozen === undefined ? work() : this.frozen.then(work);
  }

  private async whenResponded(answer: Promise<Response>): Promise<Response> {
    try {
      return await answer;
    } finally {
      await this.frozen;
    }
  }

  private put(text: string | undefined): void {
    if (this.text === text) return;
    this.text = text;
    this.wrote = this.browser.write(text, this);
  }
}
