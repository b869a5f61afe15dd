import { Bearer, Session } from 'aurelia-auth-refresh/core';
import { FakeTokenServer, settled, TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';

const api = 'https://api.example/';

function setUp() {
  const clock = new TestClock();
  const server = new FakeTokenServer({ clock });
  const browser = new TestBrowser({ clock, fetch: server.fetch });
  return { clock, server, browser };
}

function call(server: FakeTokenServer, token: unknown): Promise<Response> {
  return server.fetch(api, { headers: { Authorization: `Bearer ${token}` } });
}

async function grant(server: FakeTokenServer, refreshToken: unknown): Promise<Response> {
  const body = JSON.stringify({ grant_type: 'refresh_token', refresh_token: refreshToken });
  return server.fetch('/auth/login', { method: 'POST', body });
}

describe('the fake token server', () => {
  it('signs in the user that a request names, as JSON or as a form', async () => {
    const { server } = setUp();
    const asJson = await server.fetch('/auth/login', { method: 'POST', body: '{"email":"ann@example.com"}' });
    const asForm = await server.fetch('/auth/login', {
      method: 'POST',
      body: new URLSearchParams({ username: 'bob@example.com' }),
    });
    const names = [];
    for (const answer of [asJson, asForm]) {
      const { access_token: token } = await answer.json();
      names.push((await (await call(server, token)).json()).subject);
    }
    expect(names).toEqual(['ann@example.com', 'bob@example.com']);
    expect(server.requests.map(({ kind }) => kind)).toEqual(['login', 'login', 'api', 'api']);
  });

  it('issues no tokens while it is offline', async () => {
    const { server } = setUp();
    server.goOffline();
    await expectAsync(server.fetch('/auth/login', { method: 'POST', body: '{}' })).toBeRejectedWithError(TypeError);
    await expectAsync(call(server, 'x')).toBeRejectedWithError(TypeError);
    server.recover();
    expect((await server.fetch('/auth/login', { method: 'POST', body: '{}' })).status).toBe(200);
  });

  it('rejects manually expired access tokens, and still accepts the refresh token', async () => {
    const { server } = setUp();
    const { access_token: token, refresh_token: refreshToken } = server.logIn();
    server.expireAccess();
    expect((await call(server, token)).status).toBe(401);
    expect((await grant(server, refreshToken)).status).toBe(200);
    expect(server.isOpen(String(refreshToken))).toBeTrue();
  });

  it('revokes a session with all of its tokens', async () => {
    const { server } = setUp();
    const { access_token: token, refresh_token: refreshToken } = server.logIn();
    server.revoke();
    expect((await call(server, token)).status).toBe(401);
    expect((await grant(server, refreshToken)).status).toBe(400);
    expect([server.isOpen(String(refreshToken)), server.isOpen('rt-9-9')]).toEqual([false, false]);
  });

  it('ends a session whose refresh token is used twice', async () => {
    const { server } = setUp();
    const { refresh_token: first } = server.logIn();
    const { refresh_token: second } = await (await grant(server, first)).json();
    expect((await grant(server, first)).status).toBe(400);
    expect(server.reuseAlarms).toBe(1);
    expect((await grant(server, second)).status).toBe(400);
  });

  it('has its own clock', async () => {
    const { server, clock } = setUp();
    server.skewClock(-3_600_000);
    const { access_token: token } = server.logIn();
    await clock.advance(59_000);
    expect((await call(server, token)).status).toBe(200);
    server.skewClock(0);
    expect((await call(server, token)).status).toBe(401);
    expect(server.calls.map(({ expired }) => expired)).toEqual([false, true]);
  });
});

describe('a test tab', () => {
  it('runs due timers once when it is resumed', async () => {
    const { browser, clock } = setUp();
    const tab = browser.openTab();
    let fired = 0;
    let woken = 0;
    tab.ports.after(10, () => {
      fired++;
    });
    const cancel = tab.ports.after(10, () => fail('cancelled'));
    tab.ports.onWake(() => {
      woken++;
    });
    tab.freeze();
    tab.freeze();
    await clock.advance(100);
    expect(fired).toBe(0);
    cancel();
    tab.thaw();
    await settled();
    tab.wake();
    tab.wake();
    await settled();
    expect([fired, woken]).toEqual([1, 3]);
  });

  it('receives responses, locks, IndexedDB results and storage events only while it is not frozen', async () => {
    const { browser, clock, server } = setUp();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    const { fetch, locks, atomicStore, store, lockName } = tab.ports;
    const seen: string[] = [];
    store.watch?.(text => seen.push(`storage ${text}`));
    tab.freeze();
    void fetch('https://api.example/', {}).then(() => seen.push('answer'));
    void locks?.request(lockName, { signal: new AbortController().signal }, async () => seen.push('lock'));
    void atomicStore.update(value => {
      seen.push('record');
      return value;
    });
    other.store.write('text');
    await clock.advance(1000);
    expect(seen).toEqual([]);
    expect(tab.stored).toBeUndefined();
    tab.thaw();
    await settled();
    expect(seen.sort()).toEqual(['answer', 'lock', 'record', 'storage text']);
    expect(server.calls.length).toBe(1);
  });

  it('releases its locks when it closes, and does nothing afterwards', async () => {
    const { browser, clock } = setUp();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    const { signal } = new AbortController();
    void tab.ports.locks?.request('session', { signal }, () => new Promise(() => undefined));
    tab.ports.after(10, () => fail('a closed tab acted'));
    let entered = false;
    void other.ports.locks?.request('session', { signal }, async () => {
      entered = true;
    });
    await settled();
    expect(entered).toBeFalse();
    tab.close();
    await clock.advance(100);
    expect(entered).toBeTrue();
    expect([clock.armed, tab.listeners]).toEqual([0, 0]);
  });

  it('leaves the lock queue when its signal aborts, and keeps a lock that it holds', async () => {
    const { browser } = setUp();
    const { locks } = browser.openTab().ports;
    const [having, waiting] = [new AbortController(), new AbortController()];
    let release = (): void => undefined;
    const held = locks?.request(
      'session',
      having,
      () =>
        new Promise<string>(resolve => {
          release = () => resolve('kept');
        }),
    );
    const queued = locks?.request('session', waiting, async () => 'entered');
    await settled();
    having.abort();
    waiting.abort(new Error('enough'));
    await expectAsync(queued as Promise<string>).toBeRejectedWithError('enough');
    release();
    expect(await held).toBe('kept');
  });

  it('fires background timers at full minutes only', async () => {
    const { browser, clock } = setUp();
    const tab = browser.openTab();
    tab.throttleMs = 60_000;
    const fired: number[] = [];
    const start = clock.now();
    tab.ports.after(1000, () => fired.push(clock.now() - start));
    tab.ports.after(61_000, () => fired.push(clock.now() - start));
    await clock.advance(180_000);
    expect(fired.map(at => Math.ceil(at / 60_000))).toEqual([1, 2]);
  });

  it('reads writes of other tabs a moment later, and the later one of two concurrent writes', async () => {
    const { browser, clock } = setUp();
    const [one, other] = [browser.openTab(), browser.openTab()];
    one.store.write('first');
    other.store.write('second');
    expect([one.stored, other.stored]).toEqual(['first', 'second']);
    await clock.advance(5);
    expect([one.stored, other.stored]).toEqual(['second', 'second']);
  });
});

describe('the test clock', () => {
  it('rejects delays that setTimeout would fire at once', () => {
    const { clock } = setUp();
    expect(() => clock.after(2 ** 31, () => undefined)).toThrowError(RangeError);
    expect(() => clock.after(Number.NaN, () => undefined)).toThrowError(RangeError);
  });

  it('pauses timers while the machine sleeps', async () => {
    const { clock } = setUp();
    let fired = false;
    clock.after(1000, () => {
      fired = true;
    });
    await clock.sleep(3_600_000);
    expect(fired).toBeFalse();
    await clock.advance(1000);
    expect(fired).toBeTrue();
  });
});

describe('a test runner without MessageChannel, ReadableStream and TextEncoder, as Jest with jsdom,', () => {
  const names = ['MessageChannel', 'ReadableStream', 'TextEncoder'] as const;
  const originals = names.map(name => Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor);

  beforeEach(() => {
    for (const name of names) Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
  });

  afterEach(() => {
    for (const [index, name] of names.entries())
      Object.defineProperty(globalThis, name, originals[index] as PropertyDescriptor);
  });

  it('signs in, refreshes after a night and replays a POST', async () => {
    const { browser, clock, server } = setUp();
    const tab = browser.openTab();
    const session = new Session({ refresh: { url: '/auth/login' } }, tab.ports);
    const bearer = new Bearer(session, { protects: () => true, fetch: server.fetch });
    session.logIn(server.logIn('Zoë'));
    await clock.sleep(8 * 3_600_000);
    tab.wake();
    expect((await (await bearer.fetch(api)).json()).subject).toBe('Zoë');
    await clock.advance(30_000);
    server.expireAccess();
    expect((await bearer.fetch(api, { method: 'POST', body: 'order' })).status).toBe(200);
    expect(server.refreshes.length).toBe(2);
    expect(server.calls.map(({ body, status }) => [body, status])).toEqual([
      ['', 200],
      ['order', 401],
      ['order', 200],
    ]);
  });
});
