import fc from 'fast-check';
import type { TokenStore } from '../../src/core.js';
import { settled } from '../../src/testing.js';
import { accessToken, ended, house, refreshToken } from './support.js';

/** Errors of `localStorage`, and the calls that throw them. */
function failing(store: TokenStore, ...methods: ('read' | 'write' | 'remove' | 'watch')[]): TokenStore {
  const refuse = () => {
    throw new DOMException('The operation is insecure.', methods.length > 1 ? 'SecurityError' : 'QuotaExceededError');
  };
  return { ...store, ...Object.fromEntries(methods.map(method => [method, refuse])) };
}

const live = { version: 1, epoch: 1, generation: 0, accessToken: 'a', refreshToken: 'rt-0-0', receivedAt: 1 };

describe('a session and the browser’s storage', () => {
  it('[F76] continues in memory if every access to storage is blocked, and reports it', async () => {
    const { server, open, clock } = house();
    const { session, faults, tab } = open({}, ({ store }) => ({
      store: failing(store, 'read', 'write', 'remove', 'watch'),
    }));
    session.logIn(server.logIn());
    expect(session.freshToken()).toBeDefined();
    expect(faults.length).toBeGreaterThan(0);
    await clock.advance(10 * 60_000);
    expect(server.refreshes.length).toBe(11);
    expect(session.freshToken()).toBeDefined();
    session.logOut();
    await clock.advance(1000);
    expect(ended(session)).toBe('requested');
    expect(tab.stored).toBeUndefined();
    session.dispose();
  });

  it('[F78] [C-62] ends at the next refresh if the record was removed without an event', async () => {
    const { server, open, clock, browser } = house();
    const { session } = open({}, ({ store: { read, write, remove } }) => ({ store: { read, write, remove } }));
    session.logIn(server.logIn());
    await clock.advance(100);
    browser.openTab().store.remove();
    await clock.advance(60_000);
    expect(ended(session)).toBe('storage_cleared');
    expect(server.refreshes).toEqual([]);
  });

  describe('when the browser has lost the latest writes of web storage', () => {
    async function lost() {
      const all = house();
      const { session, tab } = all.open({}, ({ ports, store: { read, write, remove } }) => ({
        store: { read, write, remove },
        atomicStore: { update: change => ports.atomicStore.update(change), wasLost: () => true },
      }));
      session.logIn(all.server.logIn());
      await all.clock.advance(100);
      all.browser.openTab().store.remove();
      await all.clock.advance(100);
      expect(tab.stored).toBeUndefined();
      return { ...all, session, tab };
    }

    it('[F113] is kept, and written again', async () => {
      const { clock, session, tab } = await lost();
      tab.wake();
      await clock.advance(0);
      expect(session.freshToken()).toBeDefined();
      expect(tab.stored).toContain(accessToken(session) as string);
    });

    it('[F113] is kept at its next refresh', async () => {
      const { server, clock, session } = await lost();
      await clock.advance(60_000);
      expect(server.rotations).toBe(1);
      expect(session.freshToken()).toBeDefined();
    });

    it('[F113] [C-62] ends when the user clears site data', async () => {
      const { browser, clock, session, tab } = await lost();
      await browser.clearSiteData();
      tab.wake();
      await clock.advance(0);
      expect(ended(session)).toBe('storage_cleared');
    });
  });

  it('[F113] is kept when the browser has lost all records, by a tab that never read the shared one, until the user clears site data', async () => {
    const { server, open, clock, browser } = house();
    let isLost = false;
    const change: Parameters<typeof open>[1] = ({ ports, store: { read, write, remove, watch } }) => ({
      store: {
        read,
        write,
        remove,
        watch: onChange => watch?.(text => !isLost && onChange(text)) ?? (() => undefined),
      },
      atomicStore: { update: change => ports.atomicStore.update(change), wasLost: () => isLost },
    });
    const [one, other] = [open({}, change), open({}, change)];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    isLost = true;
    const { accessToken: token } = one.session.freshToken() ?? {};
    await browser.clearSiteData();
    for (const { tab } of [other, one]) {
      await clock.advance(10);
      tab.wake();
      await clock.advance(100);
    }
    expect([one, other].map(({ session }) => session.freshToken()?.accessToken)).toEqual([token, token]);
    expect(other.tab.stored).toContain(token as string);
    await browser.clearSiteData();
    await clock.advance(10);
    other.tab.wake();
    await clock.advance(100);
    expect(ended(other.session)).toBe('storage_cleared');
  });

  it('[F76] is kept while the browser blocks reading its stored record', async () => {
    const { server, open, clock } = house();
    let refused = false;
    const { session, tab } = open({}, ({ store }) => ({
      store: { ...store, read: () => (refused ? failing(store, 'read').read() : store.read()) },
    }));
    session.logIn(server.logIn());
    await clock.advance(100);
    refused = true;
    tab.wake();
    expect(session.state.status).toBe('logged-in');
    await clock.advance(60_000);
    expect(refreshToken(session)).toBe('rt-0-1');
    refused = false;
    await clock.advance(60_000);
    expect(tab.stored).toContain('rt-0-2');
    const other = open();
    other.session.logOut();
    await clock.advance(100);
    expect(ended(session)).toBe('other_tab');
  });

  it('removes the write of another tab for a session that has just ended', async () => {
    const { server, open, clock } = house();
    let late: (() => void) | undefined;
    const { session, tab } = open({}, ({ ports: { atomicStore } }) => ({
      atomicStore: {
        update: async change => {
          late?.();
          await atomicStore.update(change);
        },
      },
    }));
    session.logIn(server.logIn());
    await clock.advance(100);
    const old = tab.stored ?? '';
    late = () => tab.store.write(old);
    session.logOut();
    await clock.advance(100);
    expect(tab.stored).toBeUndefined();
  });

  it('[F77] does not lose a rotated refresh token when storage is full', async () => {
    const { server, open, clock } = house();
    let full = false;
    const { session, faults, tab } = open({}, ({ store }) => ({
      store: { ...store, write: text => (full ? failing(store, 'write').write(text) : store.write(text)) },
    }));
    session.logIn(server.logIn());
    full = true;
    await session.updateToken();
    expect(refreshToken(session)).toBe('rt-0-1');
    expect(faults.length).toBe(1);
    await clock.advance(60_000);
    expect(refreshToken(session)).toBe('rt-0-2');
    expect(server.reuseAlarms).toBe(0);
    full = false;
    await session.updateToken();
    expect(tab.stored).toContain('rt-0-3');
  });

  it('[F77] keeps unstored tokens when an older record appears in storage', async () => {
    const { server, open, clock, browser } = house();
    let full = false;
    const { session, tab } = open({}, ({ store }) => ({
      store: { ...store, write: text => (full ? failing(store, 'write').write(text) : store.write(text)) },
    }));
    session.logIn(server.logIn());
    await clock.advance(100);
    const older = tab.stored ?? '';
    full = true;
    await session.updateToken();
    browser.openTab().store.write(`${older} `);
    await clock.advance(100);
    full = false;
    await session.updateToken();
    expect(refreshToken(session)).toBe('rt-0-2');
    expect(server.reuseAlarms).toBe(0);
    expect(tab.stored).toContain('rt-0-2');
  });

  it('[C-38] writes access token, refresh token and expiry at once', async () => {
    const { server, open } = house();
    const written: string[] = [];
    const { session } = open({}, ({ store }) => ({
      store: {
        ...store,
        write: text => {
          written.push(text);
          store.write(text);
        },
      },
    }));
    session.logIn(server.logIn());
    await session.updateToken();
    const records = written.map(text => JSON.parse(text));
    expect(records.map(({ generation, refreshToken: token }) => [generation, token])).toEqual([
      [0, 'rt-0-0'],
      [1, 'rt-0-1'],
    ]);
    expect(records.every(({ expiresAt, receivedAt }) => expiresAt === receivedAt + 60_000)).toBeTrue();
  });

  for (const [what, text] of Object.entries({
    'nothing but braces': '{}',
    'no JSON': '{"version":1,',
    'an array': '[1,2]',
    'a number': '7',
    null: 'null',
    'a string': '"eyJhbGciOiJub25lIn0"',
    'another application’s settings': '{"theme":"dark","version":"3"}',
    'a record without tokens': '{"version":1,"epoch":1,"generation":0}',
    'an access token that is no text': JSON.stringify({ ...live, accessToken: 7 }),
    'an epoch beyond all numbers': JSON.stringify(live).replace('"epoch":1', '"epoch":1e400'),
    'an epoch of the far future': JSON.stringify({ ...live, epoch: 1e300 }),
    'the last of all epochs': JSON.stringify({ ...live, epoch: 8.64e15 }),
    'the end of a session of the far future': '{"version":1,"epoch":1e300,"ended":"requested"}',
    'half a generation': JSON.stringify({ ...live, generation: 0.5 }),
    'a negative generation': JSON.stringify({ ...live, generation: -1 }),
    'an expiry that is text': JSON.stringify({ ...live, expiresAt: 'never' }),
    'a prototype': '{"__proto__":{"version":1,"epoch":1,"generation":0,"accessToken":"x","receivedAt":1}}',
  })) {
    it(`[F79] [C-60] starts logged out, and accepts a sign-in, with ${what} in storage`, async () => {
      const { server, open, clock, browser } = house();
      browser.openTab().store.write(text);
      await browser.atomicStore.update(() => ({ record: safelyParsed(text) }));
      const { session, tab } = open();
      expect(session.state.status).toBe('logged-out');
      await session.ready;
      session.logIn(server.logIn());
      await clock.advance(60_000);
      expect(refreshToken(session)).toBe('rt-0-1');
      await clock.advance(100);
      expect(accessToken(open().session)).toBe(accessToken(session));
      expect(tab.stored).toContain('rt-0-1');
    });
  }

  it('[F79] [C-63] handles any stored content, and leaves prototypes alone', async () => {
    const untouched = Reflect.ownKeys(Object.prototype);
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything({ withNullPrototype: true }).map(value => JSON.stringify(value) ?? ''),
      fc
        .record(
          {
            version: fc.oneof(fc.constant(1), fc.anything()),
            epoch: fc.oneof(fc.double(), fc.integer(), fc.anything()),
            generation: fc.oneof(fc.nat(), fc.anything()),
            accessToken: fc.oneof(fc.string(), fc.anything()),
            refreshToken: fc.anything(),
            idToken: fc.anything(),
            tokenType: fc.anything(),
            receivedAt: fc.oneof(fc.double(), fc.anything()),
            expiresAt: fc.oneof(fc.double(), fc.anything()),
            ended: fc.anything(),
            response: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map(value => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(anything, async text => {
        const { server, open, browser } = house();
        browser.openTab().store.write(text);
        await browser.atomicStore.update(() => ({ record: safelyParsed(text), lease: safelyParsed(text) }));
        const { session, faults } = open();
        expect(['logged-out', 'logged-in', 'refreshing']).toContain(session.state.status);
        session.logIn(server.logIn());
        await settled();
        expect(session.freshToken()?.refreshToken).toBe('rt-0-0');
        expect(faults).toEqual([]);
        session.dispose();
        expect(Reflect.ownKeys(Object.prototype)).toEqual(untouched);
      }),
      { numRuns: 300 },
    );
  });

  it('[C-64] ends with a reason that a later version of this library defined', async () => {
    const { server, open, clock, browser } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    const epoch = session.diagnose().epoch;
    browser.openTab().store.write(JSON.stringify({ version: 1, epoch, ended: 'constructor' }));
    await clock.advance(100);
    expect(ended(session)).toBe('other_tab');
  });

  it('[F80] uses the later tokens when older ones are pasted into storage', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    const old = tab.stored ?? '';
    await session.updateToken();
    await clock.advance(100);
    const script = browser.openTab();
    script.store.write(old);
    await clock.advance(100);
    expect(refreshToken(session)).toBe('rt-0-1');
    session.dispose();
    const next = open();
    await clock.advance(60_000);
    expect(refreshToken(next.session)).toBe('rt-0-2');
    expect(server.reuseAlarms).toBe(0);
  });

  it('[F80] lets the server decide about a forged record', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    const forged = { ...JSON.parse(tab.stored ?? ''), generation: 9, refreshToken: 'rt-9-9', accessToken: 'forged' };
    browser.openTab().store.write(JSON.stringify(forged));
    await clock.advance(60_000);
    expect(ended(session)).toBe('refused');
    expect(server.rotations).toBe(0);
  });

  it('[C-62] ends in every tab when a script removes the record, and is not restored', async () => {
    const { server, open, clock, browser } = house();
    const tabs = [open(), open()];
    tabs[0]?.session.logIn(server.logIn());
    await clock.advance(100);
    browser.openTab().store.remove();
    await clock.advance(1000);
    expect(tabs.map(({ session }) => ended(session))).toEqual(['storage_cleared', 'storage_cleared']);
    await clock.advance(600_000);
    expect(server.refreshes).toEqual([]);
    expect(open().session.state.status).toBe('logged-out');
  });

  it('[C-67] ends in a tab that slept during a logout in another one, as soon as it wakes', async () => {
    const { server, open, clock } = house();
    const [one, asleep] = [open(), open()];
    one.session.logIn(server.logIn());
    await clock.advance(100);
    asleep.tab.freeze();
    one.session.logOut();
    await clock.advance(3_600_000);
    expect(asleep.session.state.status).toBe('logged-in');
    asleep.tab.thaw();
    await clock.advance(1000);
    expect(ended(asleep.session)).toBe('other_tab');
    expect(server.refreshes).toEqual([]);
  });

  it('[F82] [C-67] checks the record when the page is restored from the back/forward cache', async () => {
    const { server, open, clock, browser } = house();
    const { session, tab } = open({}, ({ store: { read, write, remove } }) => ({ store: { read, write, remove } }));
    session.logIn(server.logIn());
    await clock.advance(100);
    await browser.clearSiteData();
    await clock.advance(100);
    tab.wake();
    await clock.advance(0);
    expect(ended(session)).toBe('storage_cleared');
  });
});

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
