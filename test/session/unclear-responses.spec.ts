import fc from 'fast-check';
import type { AuthError } from '../../src/core.js';
import type { ScriptedFailure, TestClock } from '../../src/testing.js';
import { responses } from './refresh-responses/responses.js';
import { accessToken, code, ended, house, type Opened, refreshToken } from './support.js';

function faultOf({ status, contentType, headers, body }: (typeof responses)[number]): ScriptedFailure {
  return { status, body: body ?? '', headers: { ...headers, 'Content-Type': contentType ?? '' } };
}

const unclear: ScriptedFailure = { status: 404, body: { message: 'No such session' } };

/** A session without access tokens in its refresh requests. */
function openHouse(options: Parameters<typeof house>[0] = {}) {
  const all = house(options);
  const refresh = { url: '/auth/login', sendAccessToken: false };
  return { ...all, open: () => all.open({ refresh }) };
}

/** Sends a request each second, as an app in use does. */
async function use(clock: TestClock, { session }: Opened, seconds: number): Promise<void> {
  for (let second = 0; second < seconds && ended(session) === undefined; second++) {
    session.getFreshToken().catch(() => undefined);
    await clock.advance(1000);
  }
}

describe('a session with unclear refresh responses', () => {
  for (const response of responses.filter(({ expected }) => expected !== 'retryable')) {
    it(`[C-35] [V7] ends within two minutes of use after ${response.status}, ${response.cause}`, async () => {
      const all = openHouse();
      const opened = all.open();
      opened.session.logIn(all.server.logIn());
      await all.clock.sleep(61_000);
      all.server.failAlways(faultOf(response));
      opened.tab.wake();
      await use(all.clock, opened, 120);
      expect(ended(opened.session)).toBe(response.expected);
    });
  }

  it('[C-35] is kept while its access token is valid, and ends within two minutes afterwards, without use', async () => {
    const { server, open, clock } = openHouse({ accessTokenLifetimeSeconds: 600 });
    const { session, changes } = open();
    session.logIn(server.logIn());
    await clock.advance(300_000);
    server.failAlways(unclear);
    await clock.advance(299_000);
    expect(server.refreshes.length).toBeGreaterThan(3);
    expect(session.state.status).toBe('logged-in');
    expect((await session.getFreshToken()).accessToken).toBe(accessToken(session) ?? '');
    await clock.advance(90_000);
    expect(ended(session)).toBe('unclear');
    const last = changes[changes.length - 1]?.event;
    expect(last).toEqual(jasmine.objectContaining({ type: 'refresh-failed', reason: 'unclear' }));
    const { error } = last as { error: AuthError };
    expect([error.code, error.status, code(error.cause)]).toEqual(['refresh_unclear', 404, 'refresh_postponed']);
  });

  it('[C-35] is kept through any failure shorter than thirty seconds, with any use', async () => {
    const faults = responses.filter(({ expected }) => expected !== 'refused').map(faultOf);
    const fault = fc.record({
      pauseMs: fc.integer({ min: 91_000, max: 400_000 }),
      lengthMs: fc.integer({ min: 1, max: 29_999 }),
      kinds: fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 4 }),
      sleeps: fc.boolean(),
      usedEveryMs: fc.constantFrom(300, 1000, 7000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 4 }), async all => {
        const { server, open, clock } = openHouse({ graceSeconds: 60 });
        const { session, tab } = open();
        session.logIn(server.logIn());
        for (const { pauseMs, lengthMs, kinds, sleeps, usedEveryMs } of all) {
          if (sleeps) await clock.sleep(pauseMs);
          else await clock.advance(pauseMs);
          server.failAlways(unclear);
          tab.wake();
          for (let passedMs = 0; passedMs < lengthMs; passedMs += usedEveryMs) {
            server.failAlways(kinds[Math.floor(passedMs / 1000) % kinds.length]);
            session.updateToken().catch(() => undefined);
            session.getFreshToken().catch(() => undefined);
            await clock.advance(Math.min(usedEveryMs, lengthMs - passedMs));
          }
          server.recover();
        }
        expect(ended(session)).toBeUndefined();
        session.dispose();
        await clock.advance(20_000);
      }),
      { numRuns: 40 },
    );
  });

  it('[C-35] restarts the count after any other failure', async () => {
    const { server, open, clock } = house();
    const refresh = { url: '/auth/login', sendAccessToken: false };
    const alternating = (url: string, init: RequestInit) => {
      server.failAlways(server.refreshes.length % 3 === 2 ? { status: 503 } : unclear);
      return server.fetch(url, init);
    };
    const opened = open({ refresh }, () => ({ fetch: alternating }));
    opened.session.logIn(server.logIn());
    await clock.sleep(61_000);
    await use(clock, opened, 600);
    expect(server.refreshes.length).toBeGreaterThan(30);
    expect(ended(opened.session)).toBeUndefined();
  });

  it('[C-35] counts over all tabs and page loads', async () => {
    const { server, open, clock } = openHouse();
    const first = open();
    first.session.logIn(server.logIn());
    await clock.advance(100);
    await clock.sleep(61_000);
    server.failAlways(unclear);
    first.tab.wake();
    await clock.advance(1);
    expect(server.refreshes.length).toBe(1);
    first.session.dispose();
    first.tab.close();
    const second = open();
    await clock.advance(15_000);
    second.session.dispose();
    second.tab.close();
    const third = open();
    const seen = server.refreshes.length;
    await clock.advance(15_000);
    third.tab.wake();
    await clock.advance(1);
    expect(server.refreshes.length).toBeGreaterThan(seen);
    expect(ended(third.session)).toBe('unclear');
    await clock.advance(100);
    expect(ended(open().session)).toBeDefined();
  });

  it('[C-35] ends at the first response of the next page load that completes the count', async () => {
    const { server, open, clock } = openHouse();
    const { session, tab } = open();
    session.logIn(server.logIn());
    await clock.advance(100);
    server.failAlways(unclear);
    await clock.advance(59_000);
    expect(session.state.status).not.toBe('logged-out');
    session.dispose();
    tab.close();
    await clock.sleep(60_000);
    const next = open();
    await clock.advance(1000);
    expect(ended(next.session)).toBe('unclear');
  });

  it('[C-35] ends when the expiry of its access token is unknown and a server rejects that token', async () => {
    const { server, open, clock } = openHouse();
    const { session } = open();
    session.logIn({ access_token: 'opaque', refresh_token: server.logIn()['refresh_token'] });
    server.failAlways(unclear);
    for (let second = 0; second < 120 && ended(session) === undefined; second++) {
      session.getFreshToken({ rejected: 'opaque' }).catch(() => undefined);
      await clock.advance(1000);
    }
    expect(ended(session)).toBe('unclear');
  });

  it('[C-35] is kept when the expiry of its access token is unknown and no server rejects that token', async () => {
    const { server, open, clock } = openHouse();
    const { session } = open();
    session.logIn({ access_token: 'opaque', refresh_token: server.logIn()['refresh_token'] });
    server.failAlways(unclear);
    session.updateToken().catch(() => undefined);
    await clock.advance(600_000);
    expect(server.refreshes.length).toBeGreaterThan(5);
    expect(ended(session)).toBeUndefined();
    server.recover();
    await clock.advance(60_000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  it('[V5] is kept through a rejected client, which is reported once', async () => {
    const { server, open, clock } = openHouse();
    const { session, faults } = open();
    session.logIn(server.logIn());
    server.failAlways({ status: 401, body: { error: 'invalid_client' } });
    await clock.advance(600_000);
    expect(server.refreshes.length).toBeGreaterThan(5);
    expect(ended(session)).toBeUndefined();
    expect(faults.map(code)).toEqual(['invalid_configuration']);
    expect(String(faults[0])).toContain('invalid_client');
  });
});
