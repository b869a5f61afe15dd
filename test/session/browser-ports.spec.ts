import { type AtomicStore, type BrowserPortsOptions, browserPorts, idleTimeoutPorts, Session } from '../../src/core.js';

/** Ports for a session with empty storage. */
function portsOfNewSession() {
  const faults: unknown[] = [];
  const storageKey = `session-${crypto.randomUUID()}`;
  const open = () => browserPorts({ storageKey, onError: fault => faults.push(fault) });
  return { open, faults };
}

/** The next task of the page, in which stores begin to listen. */
function nextTask(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}

async function valueIn(atomicStore: AtomicStore): Promise<unknown> {
  let seen: unknown;
  await atomicStore.update(value => {
    seen = value;
    return value;
  });
  return seen;
}

describe('the record that tabs share in IndexedDB', () => {
  let transactions: jasmine.Spy<IDBDatabase['transaction']>;

  beforeEach(() => {
    transactions = spyOn(IDBDatabase.prototype, 'transaction').and.callThrough();
  });

  it('is shared by all tabs', async () => {
    const { open } = portsOfNewSession();
    await open().atomicStore.update(() => 'written');
    expect(await valueIn(open().atomicStore)).toBe('written');
  });

  it('needs two transactions for a refresh: one takes the lease, one publishes and releases it', async () => {
    const answer = async () => Response.json({ access_token: 'new', refresh_token: 'next', expires_in: 3600 });
    const session = new Session({ refresh: { url: '/token' } }, { ...portsOfNewSession().open(), fetch: answer });
    session.logIn({ access_token: 'old', refresh_token: 'first', expires_in: 3600 });
    await session.updateToken();
    transactions.calls.reset();
    await session.updateToken();
    expect(transactions).toHaveBeenCalledTimes(2);
    session.logOut();
    session.dispose();
  });

  it('[F78] is still shared after the browser closed a connection, as it does when site data is cleared', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().atomicStore, open().atomicStore];
    await one.update(() => 'first');
    transactions.and.callFake(() => {
      transactions.and.callThrough();
      throw new DOMException('The connection was closed.', 'InvalidStateError');
    });
    await one.update(() => 'second');
    expect(await valueIn(other)).toBe('second');
    expect(faults).toEqual([]);
  });

  it('[F78] does not keep a page from deleting the database, and is shared again afterwards', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().atomicStore, open().atomicStore];
    await one.update(() => 'first');
    await other.update(value => value);
    const deleted = await new Promise(resolve => {
      const request = indexedDB.deleteDatabase('aurelia-auth-refresh');
      request.onsuccess = () => resolve('deleted');
      request.onblocked = () => resolve('blocked');
    });
    expect(deleted).toBe('deleted');
    await one.update(value => value ?? 'second');
    expect(await valueIn(other)).toBe('second');
    expect(faults).toEqual([]);
  });

  it('is updated once the transaction has decided, before it is committed', async () => {
    const { atomicStore } = portsOfNewSession().open();
    let isCommitted = false;
    await atomicStore.update(() => {
      const transaction: IDBTransaction = transactions.calls.mostRecent().returnValue;
      transaction.addEventListener('complete', () => {
        isCommitted = true;
      });
      return 'written';
    });
    expect(isCommitted).toBeFalse();
    await eventually(() => isCommitted);
    expect(isCommitted).toBeTrue();
  });

  it('is shared in a browser without IDBTransaction.commit: Safari before 15', async () => {
    const { open } = portsOfNewSession();
    const { prototype } = IDBTransaction;
    const commit = Object.getOwnPropertyDescriptor(prototype, 'commit') as PropertyDescriptor;
    Object.defineProperty(prototype, 'commit', { ...commit, value: undefined });
    try {
      await open().atomicStore.update(() => 'written');
      expect(await valueIn(open().atomicStore)).toBe('written');
    } finally {
      Object.defineProperty(prototype, 'commit', commit);
    }
  });

  it('[F76] is in memory while the browser blocks IndexedDB, and shared again afterwards', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().atomicStore, open().atomicStore];
    transactions.and.throwError(new DOMException('No.', 'SecurityError'));
    await one.update(() => 'kept');
    expect(await valueIn(one)).toBe('kept');
    expect(faults.length).toBe(1);
    transactions.and.callThrough();
    await one.update(() => 'written');
    expect(await valueIn(other)).toBe('written');
  });
});

describe('the record that tabs share in IndexedDB, when the browser discards a change that was decided,', () => {
  const { commit } = IDBTransaction.prototype;

  /** As when the disk is full. */
  function discard(count: number): void {
    let left = count;
    spyOn(IDBTransaction.prototype, 'commit').and.callFake(function (this: IDBTransaction) {
      if (left-- > 0) this.abort();
      else commit.call(this);
    });
  }

  it('[F76] has the change after a second attempt', async () => {
    const { open, faults } = portsOfNewSession();
    const { atomicStore } = open();
    discard(1);
    await atomicStore.update(() => 'written');
    await atomicStore.settled?.();
    expect(await valueIn(open().atomicStore)).toBe('written');
    expect([atomicStore.isShared?.(), faults.length]).toEqual([true, 0]);
  });

  it('[F76] has a later change that was decided without it', async () => {
    const { open } = portsOfNewSession();
    const { atomicStore } = open();
    discard(1);
    await atomicStore.update(() => 'first');
    await atomicStore.update(value => `second after ${value}`);
    await atomicStore.settled?.();
    expect(await valueIn(open().atomicStore)).toBe('second after undefined');
  });

  it('[F76] is in memory when the second attempt fails as well, and shared again afterwards', async () => {
    const { open, faults } = portsOfNewSession();
    const { atomicStore } = open();
    discard(2);
    await atomicStore.update(() => 'kept');
    await atomicStore.settled?.();
    expect([atomicStore.isShared?.(), faults.length]).toEqual([false, 1]);
    await atomicStore.update(() => 'written');
    expect(atomicStore.isShared?.()).toBeTrue();
    expect(await valueIn(open().atomicStore)).toBe('written');
  });
});

describe('the record that tabs share in IndexedDB, when the browser has lost its databases,', () => {
  let transactions: jasmine.Spy<IDBDatabase['transaction']>;
  const frames = () => document.querySelectorAll<HTMLIFrameElement>('iframe[hidden]');

  beforeEach(() => {
    transactions = spyOn(IDBDatabase.prototype, 'transaction').and.callThrough();
  });

  afterEach(() => {
    for (const frame of frames()) frame.remove();
  });

  /** As in WebKit when its network process has died: every request of this page fails from now on. */
  function lose(): void {
    transactions.and.throwError(new DOMException('Connection to Indexed Database server lost.', 'UnknownError'));
  }

  it('[F113] is shared again, by way of a new frame', async () => {
    const { open, faults } = portsOfNewSession();
    const [one, other] = [open().atomicStore, open().atomicStore];
    await one.update(() => 'first');
    expect(one.wasLost?.()).toBeFalse();
    lose();
    await one.update(value => `${value}, second`);
    expect(await valueIn(other)).toBe('first, second');
    expect(one.wasLost?.()).toBeTrue();
    expect(faults).toEqual([]);
  });

  it('[F113] is shared again when the frame is gone as well', async () => {
    const { open, faults } = portsOfNewSession();
    const { atomicStore } = open();
    lose();
    await atomicStore.update(() => 'first');
    for (const frame of frames()) frame.remove();
    await atomicStore.update(value => `${value}, second`);
    expect(await valueIn(open().atomicStore)).toBe('first, second');
    expect(faults).toEqual([]);
  });

  it('[F113] has the value that was read last, if the commit was lost as well', async () => {
    const { open } = portsOfNewSession();
    const { atomicStore } = open();
    await atomicStore.update(() => 'written');
    transactions.and.callThrough();
    await open().atomicStore.update(() => undefined);
    lose();
    expect(await valueIn(atomicStore)).toBe('written');
    expect(await valueIn(open().atomicStore)).toBe('written');
    // Only once: what another tab removes later stays removed.
    await open().atomicStore.update(() => undefined);
    expect(await valueIn(atomicStore)).toBeUndefined();
  });

  it('[F113] is in memory where there is no document for a frame', async () => {
    const { open, faults } = portsOfNewSession();
    const { atomicStore } = open();
    await atomicStore.update(() => 'written');
    lose();
    spyOnProperty(document, 'documentElement').and.returnValue(null as unknown as HTMLElement);
    expect(await valueIn(atomicStore)).toBe('written');
    expect([atomicStore.isShared?.(), faults.length]).toEqual([false, 1]);
  });

  it('[F114] wakes the session when the browser closes the connection', async () => {
    const { atomicStore, onWake } = portsOfNewSession().open();
    await atomicStore.update(() => 'written');
    const wake = jasmine.createSpy('wake');
    const stop = onWake(wake);
    const database = transactions.calls.mostRecent().object as unknown as IDBDatabase;
    database.dispatchEvent(new Event('close'));
    expect(wake).toHaveBeenCalledTimes(1);
    stop();
    database.dispatchEvent(new Event('close'));
    expect(wake).toHaveBeenCalledTimes(1);
  });
});

describe('the record that tabs share in IndexedDB, when the browser does not respond to a request,', () => {
  beforeEach(() => jasmine.clock().install());
  afterEach(() => jasmine.clock().uninstall());

  it('[F76] is in memory after three seconds, and in IndexedDB again once the browser responds', async () => {
    const faults: unknown[] = [];
    const { atomicStore } = browserPorts({ storageKey: crypto.randomUUID(), onError: fault => faults.push(fault) });
    await atomicStore.update(() => 'before');
    expect(atomicStore.isShared?.()).toBeTrue();
    let answer: (() => void) | undefined;
    const held = spyOn(IDBObjectStore.prototype, 'get').and.returnValue({
      set onsuccess(succeed: () => void) {
        answer ??= succeed;
      },
      result: 'late',
    } as unknown as IDBRequest);
    const hanging = atomicStore.update(() => 'meanwhile');
    await eventually(() => held.calls.count() > 0);
    jasmine.clock().tick(3001);
    await hanging;
    expect(faults.length).toBe(1);
    expect(atomicStore.isShared?.()).toBeFalse();
    expect(await valueIn(atomicStore)).toBe('meanwhile');
    answer?.();
    held.and.callThrough();
    await eventually(async () => (await valueIn(atomicStore)) !== 'meanwhile');
    expect(await valueIn(atomicStore)).not.toBe('meanwhile');
    expect(atomicStore.isShared?.()).toBeTrue();
  });

  it('[F76] is in IndexedDB again once another request succeeds, although the first one never does', async () => {
    const { atomicStore } = browserPorts({ storageKey: crypto.randomUUID() });
    await atomicStore.update(() => 'before');
    const held = spyOn(IDBObjectStore.prototype, 'get').and.returnValue({} as IDBRequest);
    const hanging = atomicStore.update(() => 'meanwhile');
    await eventually(() => held.calls.count() > 0);
    jasmine.clock().tick(3001);
    await hanging;
    const requests = held.calls.count();
    for (let round = 0; round < 5; round++) expect(await valueIn(atomicStore)).toBe('meanwhile');
    await eventually(() => held.calls.count() > requests);
    expect(held.calls.count()).toBe(requests + 1);
    jasmine.clock().tick(3001);
    held.and.callThrough();
    await eventually(async () => (await valueIn(atomicStore)) !== 'meanwhile');
    expect(await valueIn(atomicStore)).toBe('before');
  });
});

/** Polls once per task, without the clock that specs set. */
async function eventually(happened: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 4000;
  while (!(await happened()) && performance.now() < end) {
    await new Promise<void>(resolve => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
  }
}

describe('the browser ports of a session', () => {
  let key: string;
  const ports = (options: BrowserPortsOptions = {}) => browserPorts({ storageKey: key, ...options });

  beforeEach(() => {
    key = `session-${crypto.randomUUID()}`;
  });

  afterEach(() => {
    localStorage.removeItem(key);
    localStorage.removeItem(`${key}:active`);
    sessionStorage.removeItem(key);
  });

  for (const storage of ['localStorage', 'sessionStorage'] as const) {
    it(`keeps text in ${storage} under the configured key`, () => {
      const { store } = ports({ storage });
      expect(store.read()).toBeUndefined();
      store.write('text');
      expect([window[storage].getItem(key), store.read()]).toEqual(['text', 'text']);
      store.remove();
      expect(window[storage].getItem(key)).toBeNull();
    });
  }

  it('[C-65] leave nothing in storage with storage in memory', () => {
    const before = [localStorage.length, sessionStorage.length];
    const { store } = ports({ storage: 'memory' });
    store.write('text');
    expect(store.read()).toBe('text');
    expect([localStorage.length, sessionStorage.length]).toEqual(before);
    store.remove();
    expect(store.read()).toBeUndefined();
  });

  for (const storage of ['memory', 'sessionStorage']) {
    it(`[C-65] open no database with ${storage}, which tabs do not share`, async () => {
      const opened = spyOn(indexedDB, 'open').and.callThrough();
      const { atomicStore, locks } = ports({ storage });
      await atomicStore.update(() => 'kept');
      expect([await valueIn(atomicStore), locks]).toEqual(['kept', undefined]);
      expect(opened).not.toHaveBeenCalled();
    });
  }

  it('use the names of aurelia-authentication by default', () => {
    expect(browserPorts().lockName).toContain('aurelia_authentication');
    expect(browserPorts().environment()['storage']).toBe('localStorage');
  });

  it('report the storage in use', () => {
    const store = ports({ storage: 'memory' }).store;
    expect(ports().environment()).toEqual({ storage: 'localStorage', record: 'indexeddb', locks: 'web locks' });
    expect(ports({ storage: store }).environment()).toEqual({ storage: 'own', record: 'memory', locks: 'none' });
    expect(ports({ storage: store }).store).toBe(store);
  });

  it('[F48] work without locks if the browser has none', () => {
    spyOnProperty(navigator, 'locks').and.returnValue(undefined as unknown as LockManager);
    expect(ports().locks).toBeUndefined();
    expect(ports().environment()['locks']).toBe('lease');
  });

  it('use exclusive locks', async () => {
    const { locks, lockName } = ports();
    const order: string[] = [];
    const { signal } = new AbortController();
    const first = locks?.request(lockName, { signal }, async () => {
      order.push('first');
      await Promise.resolve();
      order.push('first again');
    });
    await Promise.all([first, locks?.request(lockName, { signal }, async () => order.push('second'))]);
    expect(order).toEqual(['first', 'first again', 'second']);
  });

  it('[C-67] report writes of other tabs under their key, and cleared storage', async () => {
    const heard: unknown[] = [];
    const stop = ports().store.watch?.(text => heard.push(text));
    await nextTask();
    const tell = (init: StorageEventInit) => dispatchEvent(new StorageEvent('storage', init));
    tell({ key, newValue: 'text', storageArea: localStorage });
    tell({ key: 'other', newValue: 'text', storageArea: localStorage });
    tell({ key, newValue: 'text', storageArea: sessionStorage });
    tell({ key, newValue: null, storageArea: localStorage });
    tell({ key: null, newValue: null, storageArea: localStorage });
    stop?.();
    tell({ key, newValue: 'later', storageArea: localStorage });
    expect(heard).toEqual(['text', undefined, undefined]);
  });

  it('[C-67] report what another tab wrote in the task before they listened, unless the watch was stopped', async () => {
    for (const [isStopped, expected] of [
      [false, ['written']],
      [true, []],
    ] as const) {
      localStorage.removeItem(key);
      const heard: unknown[] = [];
      const { store } = ports();
      store.read();
      const stop = store.watch?.(text => heard.push(text));
      localStorage.setItem(key, 'written');
      if (isStopped) stop?.();
      await nextTask();
      stop?.();
      dispatchEvent(new StorageEvent('storage', { key, newValue: 'later', storageArea: localStorage }));
      expect(heard).toEqual([...expected]);
    }
  });

  it('[C-67] report what another tab removed in the task before they listened, after a write of this tab', async () => {
    const heard: unknown[] = [];
    const { store } = ports();
    const stop = store.watch?.(text => heard.push(text));
    store.write('own');
    localStorage.removeItem(key);
    await nextTask();
    stop?.();
    expect(heard).toEqual([undefined]);
  });

  it('report nothing if a write failed in the task before they listened', async () => {
    localStorage.setItem(key, 'old');
    const heard: unknown[] = [];
    const { store } = ports();
    store.read();
    const stop = store.watch?.(text => heard.push(text));
    spyOn(Storage.prototype, 'setItem').and.throwError('QuotaExceededError');
    expect(() => store.write('new')).toThrowError('QuotaExceededError');
    await nextTask();
    stop?.();
    expect(heard).toEqual([]);
  });

  it('[F113] write a record again that the browser lost, but not one that a page or the user removed', async () => {
    const listening = spyOn(globalThis, 'addEventListener').and.callThrough();
    const heard: unknown[] = [];
    const { store } = ports();
    const stop = store.watch?.(text => heard.push(text));
    await nextTask();
    const [, listener] = listening.calls.mostRecent().args as unknown as [string, (event: object) => void];
    const removal = { isTrusted: true, key, newValue: null, url: '', storageArea: localStorage };
    const removed = (event: object) => {
      store.write('text');
      localStorage.removeItem(key);
      listener({ ...removal, ...event });
      return localStorage.getItem(key);
    };
    expect(removed({})).toBe('text');
    expect(heard).toEqual([]);
    const others = [{ url: location.href }, { key: null }, { isTrusted: false }];
    expect(others.map(removed)).toEqual([null, null, null]);
    expect(heard).toEqual([undefined, undefined, undefined]);
    stop?.();
  });

  it('[F82] [C-50] wake when the page becomes visible, is restored, resumed or online again', async () => {
    let woken = 0;
    const wake = () => {
      woken++;
    };
    const stop = ports().onWake(wake);
    const stopEarly = ports().onWake(wake);
    stopEarly();
    await nextTask();
    const visibility = spyOnProperty(document, 'visibilityState').and.returnValue('visible');
    dispatchEvent(new Event('online'));
    dispatchEvent(new Event('focus'));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    for (const type of ['visibilitychange', 'resume', 'prerenderingchange']) document.dispatchEvent(new Event(type));
    expect(woken).toBe(6);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
    visibility.and.returnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(woken).toBe(6);
    stop();
    dispatchEvent(new Event('online'));
    expect(woken).toBe(6);
  });

  it('read the clock, random numbers, the network and the visibility of the page', async () => {
    const { clock, random, isOnline, isActive, fetch, after } = ports();
    expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(1000);
    expect(clock.monotonic()).toBeGreaterThan(0);
    expect(random()).toBeLessThan(1);
    expect(isActive()).toBeTrue();
    spyOnProperty(navigator, 'onLine').and.returnValue(false);
    expect(isOnline()).toBeFalse();
    expect((await fetch(location.href, {})).ok).toBeTrue();
    await new Promise<void>(resolve => {
      after(0, () => fail('a cancelled timer fired'))();
      after(1, resolve);
    });
  });

  for (const storage of ['localStorage', 'memory']) {
    it(`detect user activity, and store its latest time in ${storage}`, () => {
      const { onActivity, lastActive, wall } = idleTimeoutPorts({ storage, storageKey: key });
      let signs = 0;
      const stop = onActivity(() => {
        signs++;
      });
      document.dispatchEvent(new Event('keydown'));
      document.dispatchEvent(new Event('pointermove'));
      stop();
      document.dispatchEvent(new Event('keydown'));
      expect(signs).toBe(2);
      expect(Math.abs(wall() - Date.now())).toBeLessThan(1000);
      lastActive.write('1');
      expect(lastActive.read()).toBe('1');
      expect(localStorage.getItem(`${key}:active`)).toBe(storage === 'localStorage' ? '1' : null);
    });
  }

  it('store the time of the last activity beside the session by default', () => {
    const { lastActive } = idleTimeoutPorts();
    lastActive.write('1');
    expect(localStorage.getItem('aurelia_authentication:active')).toBe('1');
    lastActive.remove();
    expect(lastActive.read()).toBeUndefined();
  });

  it('[F76] continue if storage for the last activity is blocked', () => {
    const { lastActive } = idleTimeoutPorts({ storage: 'noSuchStorage', storageKey: key });
    lastActive.write('1');
    expect(lastActive.read()).toBe('1');
  });
});
