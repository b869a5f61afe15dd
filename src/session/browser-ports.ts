import { attempt } from './attempt.js';
import { checkOptions, type OptionKinds } from './check-options.js';
import type { IdleTimeoutPorts } from './idle-timeout.js';
import { type Databases, IndexedDbStore } from './indexed-db-store.js';
import type { Locks, SessionPorts } from './session-ports.js';
import { memoryAtomicStore } from './shared-record.js';
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

const portsKinds: OptionKinds = { storage: 'string or object', storageKey: 'text', onError: 'function' };

const signsOfTheUser = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'visibilitychange'];

/** Ports of {@link IdleTimeout} in a browser. The time of the last activity is stored under `<storageKey>:active`. */
export function idleTimeoutPorts(options: BrowserPortsOptions = {}): IdleTimeoutPorts {
  checkOptions(options, portsKinds);
  const { storage, storageKey } = placeOf(options);
  const shared = typeof storage === 'string' && storage !== 'memory';
  return {
    after,
    wall: () => Date.now(),
    lastActive: resilientStore(shared ? webStore(storage, `${storageKey}:active`) : memoryStore(), () => undefined),
    onActivity: active => all(signsOfTheUser.map(sign => listening(page(), sign, active))),
  };
}

/** Clock, timers, network, storage and locks of the browser. Accesses none of them before the session does. */
export function browserPorts(options: BrowserPortsOptions = {}): SessionPorts {
  checkOptions(options, portsKinds);
  const { onError } = options;
  const { storage, storageKey } = placeOf(options);
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
    atomicStore: shared
      ? new IndexedDbStore(lockName, { databases: new PageDatabases(onClose), after, onError })
      : memoryAtomicStore(),
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

function placeOf({ storage, storageKey }: BrowserPortsOptions) {
  return { storage: storage || 'localStorage', storageKey: storageKey || 'aurelia_authentication' };
}

function namedStore(name: string, key: string): TokenStore {
  return name === 'memory' ? memoryStore() : webStore(name, key);
}

/** A global such as `localStorage`, looked up on each call, because access may be blocked temporarily. */
function webStore(name: string, key: string): TokenStore {
  const area = (): Storage => Reflect.get(globalThis, name);
  let latest: string | undefined;
  const store = {
    read: () => {
      latest = area().getItem(key) ?? undefined;
      return latest;
    },
    write: (text: string) => {
      area().setItem(key, text);
      latest = text;
    },
    remove: () => {
      area().removeItem(key);
      latest = undefined;
    },
    watch: (onChange: (text: string | undefined) => void) => {
      const listener = (event: StorageEvent) => {
        if (event.storageArea !== area() || (event.key !== key && event.key !== null)) return;
        if (isLoss(event) && latest !== undefined && area().getItem(key) === null) return store.write(latest);
        latest = event.newValue ?? undefined;
        onChange(latest);
      };
      return inNextTask(
        () => listening(globalThis, 'storage', listener as EventListener),
        () => {
          const held = latest;
          if (attempt(store.read, held) !== held) onChange(latest);
        },
      );
    },
  };
  return store;
}

/**
 * Whether the browser lost a value that it had not yet written to disk, because the storage service of Chromium died: no page removed
 * the value, and the user, who clears all values, did not either.
 */
function isLoss({ isTrusted, key, newValue, url }: StorageEvent): boolean {
  return isTrusted && key !== null && newValue === null && url === '';
}

/**
 * Opens databases, also after the network process of WebKit has died. From then on, requests of the page fail with an `UnknownError`
 * until it is reloaded. Requests of a new frame go to the new process.
 */
class PageDatabases implements Databases {
  wereLost = false;
  private frame: HTMLIFrameElement | undefined;

  /** @param onClose called when the browser closes a connection */
  constructor(private readonly onClose: () => void) {}

  async open(): Promise<() => IDBObjectStore> {
    const name = 'sessions';
    const frame = this.frame?.contentWindow as typeof globalThis | null | undefined;
    const request = (frame?.indexedDB || indexedDB).open('aurelia-auth-refresh');
    request.onupgradeneeded = () => request.result.createObjectStore(name);
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    database.onclose = this.onClose;
    // A page that deletes the database waits for this, and so does every page that opens it.
    database.onversionchange = () => database.close();
    return () => database.transaction(name, 'readwrite').objectStore(name);
  }

  recover(error: unknown): boolean {
    const isLost = this.frame !== undefined || (error instanceof DOMException && error.name === 'UnknownError');
    const parent = page()?.documentElement;
    if (!isLost || !parent) return false;
    this.wereLost = true;
    this.frame?.remove();
    this.frame = document.createElement('iframe');
    this.frame.hidden = true;
    parent.append(this.frame);
    return true;
  }
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
  return inNextTask(() =>
    all([
      listening(globalThis, 'online', wake),
      listening(globalThis, 'focus', wake),
      listening(globalThis, 'pageshow', whenRestored),
      listening(page(), 'visibilitychange', whenVisible),
      listening(page(), 'resume', wake),
      listening(page(), 'prerenderingchange', wake),
    ]),
  );
}

/**
 * Listens from the next task on, when the page has sent its first request: the first listeners take a millisecond in Chromium.
 *
 * @param then called once, when it listens
 * @returns a function that stops it
 */
function inNextTask(listen: () => () => void, then?: () => void): () => void {
  let stop = after(0, () => {
    stop = listen();
    then?.();
  });
  return () => stop();
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
