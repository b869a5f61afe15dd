import { privateCell, type SessionPorts, type SharedCell, type TokenStore } from '../core.js';
import type { TestClock } from './test-clock.js';

export interface TestBrowserOptions {
  readonly clock: TestClock;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /**
   * How long it takes until another tab sees what one wrote to web storage, as in browsers with a process for each tab.
   * @default 5
   */
  readonly propagationMs?: number;
  /** Without Web Locks, as on a page that is no secure context. @default true */
  readonly locks?: boolean;
}

type Locks = NonNullable<SessionPorts['locks']>;

/** A browser profile: tabs that share web storage (each sees it late), one record in IndexedDB, and locks. */
export class TestBrowser {
  readonly cell: SharedCell = privateCell();
  private readonly tabs = new Set<TestTab>();
  private queue: Promise<unknown> = Promise.resolve();
  private stored: string | undefined;

  constructor(readonly options: TestBrowserOptions) {}

  /** Opens a tab, which sees at once what is stored. */
  openTab(): TestTab {
    const tab = new TestTab(this, this.stored);
    this.tabs.add(tab);
    return tab;
  }

  /** The user clears site data, or a script in no tab of ours removes the key. */
  async clearSiteData(): Promise<void> {
    await this.cell.update(() => undefined);
    this.write(undefined);
  }

  /** @internal */
  write(text: string | undefined, writer?: TestTab): void {
    this.stored = text;
    for (const tab of this.tabs) {
      if (tab !== writer) this.options.clock.after(this.options.propagationMs ?? 5, () => tab.see(text));
    }
  }

  /** @internal */
  close(tab: TestTab): void {
    this.tabs.delete(tab);
  }

  /** @internal */
  get locks(): Locks | undefined {
    if (this.options.locks === false) return undefined;
    return {
      request: (_name, { signal }, callback) => {
        const turn = this.queue.then(() => (signal.aborted ? Promise.reject(signal.reason) : callback()));
        this.queue = turn.catch(() => undefined);
        return Promise.race([turn, abortOf(signal, turn)]) as ReturnType<typeof callback>;
      },
    };
  }
}

/** One tab: the ports for a session of its own. */
export class TestTab {
  /** What `navigator.onLine` says. */
  online = true;
  /** False while the page is prerendered. */
  active = true;
  /** What `Math.random` says. */
  chance = 0.5;
  /** How far this machine's clock is ahead, ms. */
  skewMs = 0;
  private readonly watchers = new Set<(text: string | undefined) => void>();
  private readonly wakers = new Set<() => void>();
  private frozen = false;

  /** @internal */
  constructor(
    private readonly browser: TestBrowser,
    private text: string | undefined,
  ) {}

  /** The tab gets no time: what it waits for stays unseen until {@link thaw}. */
  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    this.wake();
  }

  /** The page becomes visible again, or the network returns. */
  wake(): void {
    for (const wake of [...this.wakers]) wake();
  }

  close(): void {
    this.browser.close(this);
    this.watchers.clear();
    this.wakers.clear();
  }

  /** How many listeners the session has on the page. */
  get listeners(): number {
    return this.watchers.size + this.wakers.size;
  }

  /** What is in this tab's view of web storage. */
  get stored(): string | undefined {
    return this.text;
  }

  /** @internal */
  see(text: string | undefined): void {
    if (this.text === text) return;
    this.text = text;
    for (const watch of [...this.watchers]) watch(text);
  }

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

  get ports(): SessionPorts {
    const { clock, fetch } = this.browser.options;
    return {
      clock: { wall: () => clock.wall() + this.skewMs, monotonic: clock.monotonic },
      after: (delayMs, action) => clock.after(delayMs, () => (this.frozen ? this.wakers.add(action) : action())),
      store: this.store,
      cell: this.browser.cell,
      locks: this.browser.locks,
      lockName: 'session',
      fetch: async (url, init) => fetch(url, init),
      random: () => this.chance,
      isOnline: () => this.online,
      isActive: () => this.active,
      surroundings: () => ({ storage: 'test' }),
      onWake: wake => {
        this.wakers.add(wake);
        return () => this.wakers.delete(wake);
      },
    };
  }

  private put(text: string | undefined): void {
    if (this.text === text) return;
    this.text = text;
    this.browser.write(text, this);
  }
}

function abortOf(signal: AbortSignal, turn: Promise<unknown>): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason ?? new DOMException('Aborted', 'AbortError'));
    signal.addEventListener('abort', abort);
    void turn.then(
      () => signal.removeEventListener('abort', abort),
      () => undefined,
    );
  });
}
