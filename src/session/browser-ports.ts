import { createStore, update } from 'idb-keyval';
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
  return {
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    store: typeof storage === 'string' ? namedStore(storage, storageKey) : storage,
    atomicStore: shared ? indexedDbStore(lockName, onError) : memoryAtomicStore(),
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
    onWake,
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
 * One value in IndexedDB. What the browser refuses to do there, or does not get done in time, is done in memory; the next
 * change is tried in IndexedDB again, for no tab may be cut off from the others for good.
 */
function indexedDbStore(key: string, onError: BrowserPortsOptions['onError']): AtomicStore {
  const fallback = memoryAtomicStore();
  let store: ReturnType<typeof createStore> | undefined;
  let silent = false;
  let knocking = false;
  let inMemory = false;

  async function inDatabase(change: (value: unknown) => unknown): Promise<void> {
    store ??= createStore('aurelia-auth-refresh', 'sessions');
    const work = update(key, change, store);
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

  return {
    isShared: () => !silent && !inMemory,
    update: async change => {
      if (silent) {
        knock();
        return fallback.update(change);
      }
      try {
        // Clearing site data closes connections, so the second attempt opens a new one.
        await inDatabase(change).catch(error => (silent ? Promise.reject(error) : inDatabase(change)));
        inMemory = false;
      } catch (error) {
        if (!inMemory) onError?.(error);
        inMemory = true;
        await fallback.update(change);
      }
    },
  };
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
