import { promisifyRequest, type UseStore, update } from 'idb-keyval';
import type { IdleTimeoutPorts } from './idle-timeout.js';
import type { Locks, SessionPorts } from './session-ports.js';
import { type AtomicStore, memoryAtomicStore } from './shared-record.js';
import { memoryStore, resilientStore, type TokenStore } from './token-store.js';

/** Where {@link browserPorts} stores the session. */
export interface BrowserPortsOptions {
  /**
   * Storage between page loads: the name of a global with `getItem`, `setItem` and `removeItem`, or `memory`, or a
   * custom store. Tabs share only `localStorage`.
   *
   * @default 'localStorage'
   */
  readonly storage?: string | TokenStore;
  /** @default 'aurelia_authentication' */
  readonly storageKey?: string;
  /** Called if IndexedDB fails, so that two tabs may refresh at once. */
  readonly onError?: (error: unknown) => void;
}

const signsOfTheUser = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'visibilitychange'];

/** Ports of {@link IdleTimeout} in a browser. The time of the last activity is stored under `<storageKey>:active`. */
export function idleTimeoutPorts({
  storage = 'localStorage',
  storageKey = 'aurelia_authentication',
}: BrowserPortsOptions = {}): IdleTimeoutPorts {
  const shared = typeof storage === 'string' && storage !== 'memory';
  return {
    after,
    wall: () => Date.now(),
    lastActive: resilientStore(shared ? webStore(storage, `${storageKey}:active`) : memoryStore(), () => undefined),
    onActivity: active => all(signsOfTheUser.map(sign => listening(page(), sign, active))),
  };
}

/** Clock, timers, network, storage and locks of the browser. Accesses none of them before the session does. */
export function browserPorts({
  storage = 'localStorage',
  storageKey = 'aurelia_authentication',
  onError,
}: BrowserPortsOptions = {}): SessionPorts {
  const lockName = `aurelia-auth-refresh:${storageKey}`;
  const shared = storage === 'localStorage';
  // This global is looked up once: the lookup takes longer than reading the clock, and every request does both.
  const { performance } = globalThis;
  const wakers = new Set<() => void>();
  const onClose = () => {
    for (const wake of wakers) wake();
  };
  return {
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    store: typeof storage === 'string' ? namedStore(storage, storageKey) : storage,
    atomicStore: shared ? indexedDbStore(lockName, onError, onClose) : memoryAtomicStore(),
    locks: shared ? webLocks() : undefined,
    lockName,
    fetch: (url, init) => fetch(url, init),
    after,
    random: () => Math.random(),
    isOnline: () => globalThis.navigator?.onLine !== false,
    isActive: () => !page()?.prerendering,
    environment: () => ({
      storage: typeof storage === 'string' ? storage : 'own',
      record: shared ? 'indexeddb' : 'memory',
      locks: shared ? (webLocks() ? 'web locks' : 'lease') : 'none',
    }),
    onWake: wake => {
      wakers.add(wake);
      return all([() => wakers.delete(wake), onWake(wake)]);
    },
  };
}

function namedStore(name: string, key: string): TokenStore {
  return name === 'memory' ? memoryStore() : webStore(name, key);
}

/** A global such as `localStorage`, looked up on each call, because access may be blocked temporarily. */
function webStore(name: string, key: string): TokenStore {
  const area = (): Storage => Reflect.get(globalThis, name);
  return {
    read: () => area().getItem(key) ?? undefined,
    write: text => area().setItem(key, text),
    remove: () => area().removeItem(key),
    watch: onChange => {
      const listener = (event: StorageEvent) => {
        if (event.storageArea === area() && (event.key === key || event.key === null))
          onChange(event.newValue ?? undefined);
      };
      return listening(globalThis, 'storage', listener as EventListener);
    },
  };
}

/**
 * One value in IndexedDB. A change that the browser refuses, or does not complete in time, is made in memory. The next change is
 * tried in IndexedDB again, so that no tab stays cut off from the others.
 *
 * @param onClose called when the browser closes the connection
 */
function indexedDbStore(key: string, onError: BrowserPortsOptions['onError'], onClose: () => void): AtomicStore {
  const databases = new PageDatabases();
  let store: UseStore | undefined;
  let lastValue: unknown;
  let silent = false;
  let knocking = false;
  let inMemory = false;

  async function inDatabase(change: (value: unknown) => unknown): Promise<void> {
    store ??= openStore(databases.factory, onClose);
    const remembering = (value: unknown) => {
      // A commit may be lost together with the connection.
      lastValue = change(value ?? (databases.isRecovering ? lastValue : undefined));
      databases.isRecovering = false;
      return lastValue;
    };
    const work = update(key, remembering, store);
    const answered = () => {
      silent = false;
    };
    work.then(answered, answered);
    try {
      await within(patienceMs, work, () => {
        silent = true;
      });
    } catch (error) {
      store = undefined;
      throw error;
    }
  }

  /** A request may never be answered, and a later one on a connection of its own at once. */
  function knock(): void {
    if (knocking) return;
    knocking = true;
    const done = () => {
      knocking = false;
    };
    void inDatabase(value => value).then(done, done);
  }

  /** Clearing site data closes connections: the second attempt opens a new one. The third one works where WebKit lost all of them. */
  async function attempt(change: (value: unknown) => unknown): Promise<void> {
    const again = (error: unknown) => (silent ? Promise.reject(error) : inDatabase(change));
    const elsewhere = (error: unknown) => (databases.recover(error) ? again(error) : Promise.reject(error));
    await inDatabase(change).catch(again).catch(elsewhere);
  }

  return {
    isShared: () => !silent && !inMemory,
    wasLost: () => databases.wereLost,
    update: async change => {
      if (silent) {
        knock();
        lastValue = change(lastValue);
        return;
      }
      try {
        await attempt(change);
        inMemory = false;
      } catch (error) {
        if (!inMemory) onError?.(error);
        inMemory = true;
        lastValue = change(lastValue);
      }
    },
  };
}

/**
 * Opens databases, also after the network process of WebKit has died. From then on, requests of the page fail with an `UnknownError`
 * until it is reloaded. Requests of a new frame go to the new process.
 */
class PageDatabases {
  wereLost = false;
  /** Whether nothing was read yet since they were lost. */
  isRecovering = false;
  private frame: HTMLIFrameElement | undefined;

  get factory(): IDBFactory {
    return (this.frame?.contentWindow as typeof globalThis | null | undefined)?.indexedDB ?? indexedDB;
  }

  /** Returns whether another attempt may succeed. */
  recover(error: unknown): boolean {
    const isLost = this.frame !== undefined || (error instanceof DOMException && error.name === 'UnknownError');
    const parent = page()?.documentElement;
    if (!isLost || !parent) return false;
    this.wereLost = true;
    this.isRecovering = true;
    this.frame?.remove();
    this.frame = document.createElement('iframe');
    this.frame.hidden = true;
    parent.append(this.frame);
    return true;
  }
}

function openStore(factory: IDBFactory, onClose: () => void): UseStore {
  const name = 'sessions';
  const request = factory.open('aurelia-auth-refresh');
  request.onupgradeneeded = () => request.result.createObjectStore(name);
  const opened = promisifyRequest(request).then(database => Object.assign(database, { onclose: onClose }));
  return async (mode, callback) => callback((await opened).transaction(name, mode).objectStore(name));
}

/** Time limit of an IndexedDB request: some browsers never respond, for example in private windows. */
export const patienceMs = 3000;

/** Result of the work within the time limit. */
export function within<T>(delayMs: number, work: Promise<T>, onLate: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = after(delayMs, () => {
      onLate();
      reject(new Error('IndexedDB did not answer.'));
    });
    work.then(resolve, reject).finally(cancel);
  });
}

function webLocks(): Locks | undefined {
  const locks = globalThis.navigator?.locks;
  return (
    locks && {
      request: (name, options, callback) => locks.request(name, options, callback) as ReturnType<typeof callback>,
    }
  );
}

export function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

function onWake(wake: () => void): () => void {
  const whenVisible = () => {
    if (page()?.visibilityState === 'visible') wake();
  };
  const whenRestored = (event: Event) => {
    if ((event as PageTransitionEvent).persisted) wake();
  };
  return all([
    listening(globalThis, 'online', wake),
    listening(globalThis, 'focus', wake),
    listening(globalThis, 'pageshow', whenRestored),
    listening(page(), 'visibilitychange', whenVisible),
    listening(page(), 'resume', wake),
    listening(page(), 'prerenderingchange', wake),
  ]);
}

function all(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop();
  };
}

/** `undefined` in environments without a document: server-side rendering and workers. */
function page(): (Document & { readonly prerendering?: boolean }) | undefined {
  return globalThis.document;
}

function listening(
  target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | undefined,
  type: string,
  listener: (event: Event) => void,
): () => void {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}
