import { isLoggedIn } from '../../src/core.js';
import { asIs, skewed } from './skewed.js';
import { accessToken, ended, house, refreshToken, rejection } from './support.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const withoutExpiresIn = ({ expires_in: _unsaid, ...body }: Record<string, unknown>) => body;
/** An access token with an `exp` and no `iat`. */
function withoutIssuedAt(body: Record<string, unknown>) {
  const [head, payload = ''] = String(body['access_token']).split('.');
  const { iat: _unsaid, ...claims } = JSON.parse(atob(payload));
  return { ...withoutExpiresIn(body), access_token: `${head}.${btoa(JSON.stringify(claims)).replace(/=/g, '')}.x` };
}

function jwt(claims: object): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

describe('a session and time', () => {
  for (const [row, skewMs] of [
    ['F31', 10 * minuteMs],
    ['F31', 2 * hourMs],
    ['F31', dayMs],
    ['F32', -10 * minuteMs],
    ['F32', -dayMs],
  ] as const) {
    for (const [how, edit] of Object.entries({ expires_in: asIs, 'exp and iat': withoutExpiresIn })) {
      it(`[${row}] refreshes in time by ${how} on a clock that is off by ${skewMs / minuteMs} minutes`, async () => {
        const { server, session, clock } = skewed(skewMs, edit);
        await clock.advance(940_000 - 5000);
        expect(server.refreshes.length).toBe(0);
        expect(session.freshToken()).toBeDefined();
        await clock.advance(10_000);
        expect(server.refreshes.length).toBe(1);
        await clock.advance(9 * 940_000);
        expect(server.refreshes.length).toBe(10);
        const { accessToken: bearer } = await session.getFreshToken();
        await server.fetch('https://api.example/', { headers: { Authorization: `Bearer ${bearer}` } });
        expect(server.calls[0]?.expired).toBeFalse();
      });
    }
  }

  for (const skewMs of [2 * hourMs, -2 * hourMs]) {
    const off = `off by ${skewMs / hourMs} hours`;
    it(`[F31] [C-48] uses the server’s Date when a token contains only its exp, on a clock ${off}`, async () => {
      const { server, session, clock } = skewed(skewMs, withoutIssuedAt);
      await clock.advance(20_000);
      await session.updateToken();
      const before = server.refreshes.length;
      expect(before).toBeLessThanOrEqual(2);
      await clock.advance(930_000);
      expect(server.refreshes.length).toBe(before);
      await clock.advance(15_000);
      expect(server.refreshes.length).toBe(before + 1);
      expect(session.serverOffsetMs).toBeCloseTo(-skewMs, -4);
    });
  }

  for (const skewMs of [0, 2 * hourMs, -2 * hourMs]) {
    it(`[V9] derives the lifetime of tokens with the iat of the login, on a clock off by ${skewMs / hourMs} hours`, async () => {
      const loginAt = Date.UTC(2026, 0, 1) / 1000;
      const withLoginIat = (body: Record<string, unknown>) => {
        const [head, payload = ''] = String(body['access_token']).split('.');
        const claims = { ...JSON.parse(atob(payload)), iat: loginAt };
        return {
          ...withoutExpiresIn(body),
          access_token: `${head}.${btoa(JSON.stringify(claims)).replace(/=/g, '')}.x`,
        };
      };
      const { server, session, clock } = skewed(skewMs, withLoginIat, 15);
      server.failAlways({ edit: withLoginIat, headers: { Date: '' } });
      for (let second = 0; second < 120; second++) {
        await clock.advance(1000);
        const { expiresAt = 0, receivedAt } = await session.getFreshToken();
        expect(Math.abs(expiresAt - receivedAt - 14_500)).toBeLessThanOrEqual(500);
      }
      expect(server.refreshes.length).toBe(9);
    });
  }

  for (const stepMs of [hourMs, -hourMs]) {
    it(`[F33] handles a clock that is set ${stepMs > 0 ? 'ahead' : 'back'} by an hour while the page is open`, async () => {
      const { server, session, tab, clock } = skewed(0, asIs);
      await clock.advance(100_000);
      tab.skewMs = stepMs;
      await clock.advance(900_000);
      expect(server.refreshes.length).toBe(1);
      expect(session.freshToken()).toBeDefined();
      await clock.advance(5 * 940_000);
      expect(server.refreshes.length).toBe(6);
      const expired = server.requests.filter(request => request.kind === 'api' && request.expired);
      expect(expired).toEqual([]);
    });
  }

  it('[F33] does not extend a stored token when the clock was set back', async () => {
    const { session: first, tab, clock, open, server } = skewed(0, asIs);
    await clock.advance(100_000);
    first.dispose();
    const { session } = open({}, second => {
      second.skewMs = -5 * hourMs;
      return {};
    });
    await clock.advance(941_000);
    expect(server.refreshes.length).toBe(1);
    expect(accessToken(session)).toBeDefined();
    expect(tab.stored).toBeDefined();
  });

  it('[F33] does not wait for an instant that a tab wrote while the clock was ahead', async () => {
    const { server, session, tab, clock, open } = skewed(hourMs, asIs);
    server.fail({ status: 503, headers: { 'Retry-After': '30' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    session.dispose();
    tab.close();
    const next = open();
    const update = next.session.updateToken();
    expect(await rejection(update)).toBe('resolved');
    expect(server.refreshes.length).toBe(2);
    await clock.advance(0);
  });

  it('[F33] does not wait for a tab that was closed before the clock was set back', async () => {
    const { server, open, clock } = house({ locks: false, graceSeconds: 60 });
    const ahead = open({}, tab => {
      tab.skewMs = hourMs;
      return {};
    });
    ahead.session.logIn(server.logIn());
    await clock.advance(100);
    server.fail({ delayMs: Number.POSITIVE_INFINITY });
    ahead.session.updateToken().catch(() => undefined);
    await clock.advance(10);
    ahead.tab.close();
    const update = open().session.updateToken();
    await clock.advance(13_000);
    expect(await rejection(update)).toBe('resolved');
  });

  it('[F34] refreshes once after a sleep beyond the token’s expiry, before the first request', async () => {
    const { server, session, tab, clock } = skewed(0, asIs);
    await clock.sleep(8 * hourMs);
    expect(session.freshToken()).toBeUndefined();
    tab.wake();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.getFreshToken()));
    await clock.advance(1000);
    expect(new Set(tokens).size).toBe(1);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F34] detects an expired token within a second of waking, without a request', async () => {
    const { server, session, tab, clock } = skewed(0, asIs);
    await clock.advance(0);
    await clock.sleep(8 * hourMs);
    tab.wake();
    await clock.advance(1000);
    expect(server.refreshes.length).toBe(1);
    expect(session.freshToken()).toBeDefined();
  });

  it('[F35] ends once after a sleep beyond the refresh token’s expiry', async () => {
    const { server, session, tab, clock, changes } = skewed(0, asIs);
    await clock.advance(0);
    await clock.sleep(90 * dayMs);
    server.revoke();
    tab.wake();
    await clock.advance(10_000);
    expect(ended(session)).toBe('refused');
    expect(changes.filter(({ state }) => state.status === 'logged-out').length).toBe(1);
    expect(server.refreshes.length).toBe(1);
    expect(tab.stored).toBeUndefined();
  });

  it('[F36] is fresh in time in a background tab whose timers fire once a minute', async () => {
    const { server, session, tab, clock } = skewed(0, asIs);
    tab.throttleMs = minuteMs;
    for (let round = 0; round < 300; round++) {
      await clock.advance(10_000);
      const held = isLoggedIn(session.state) ? session.state.tokens : undefined;
      expect((held?.expiresAt ?? 0) > clock.now()).toBeTrue();
    }
    expect(server.refreshes.length).toBe(3);
  });

  it('[F37] waits for a token of sixty days, and no timer fires early', async () => {
    const { server, session, clock } = skewed(0, asIs, 60 * 24 * 3600);
    await clock.advance(60 * dayMs - minuteMs - 1);
    expect(server.refreshes.length).toBe(0);
    expect(session.freshToken()).toBeDefined();
    await clock.advance(1);
    expect(server.refreshes.length).toBe(1);
  });

  it('[F37] ends a session without a refresh token after sixty days, not before', async () => {
    const { server, open, clock } = house({ accessTokenLifetimeSeconds: 60 * 24 * 3600 });
    const { session } = open();
    const { refresh_token: _none, ...body } = server.logIn();
    session.logIn(body);
    await clock.advance(60 * dayMs - 1);
    expect(session.freshToken()).toBeDefined();
    await clock.advance(1);
    expect(ended(session)).toBe('expired');
  });

  it('[F38] wakes in ten tabs with fifty requests each, and refreshes once', async () => {
    const { server, open, clock } = house();
    const tabs = Array.from({ length: 10 }, () => open());
    tabs[0]?.session.logIn(server.logIn());
    await clock.advance(100);
    await clock.sleep(hourMs);
    for (const { tab } of tabs) tab.wake();
    const waiting = tabs.flatMap(({ session }) => Array.from({ length: 50 }, () => session.getFreshToken()));
    await clock.advance(1000);
    const tokens = await Promise.all(waiting);
    expect(new Set(tokens.map(token => token.accessToken)).size).toBe(1);
    expect(server.refreshes.length).toBe(1);
    expect(server.reuseAlarms).toBe(0);
  });

  for (const [what, token] of Object.entries({
    opaque: 'opaque',
    'a JWT without exp': jwt({ sub: 'ann' }),
    'a JWT with an exp of null': jwt({ sub: 'ann', exp: null }),
  })) {
    it(`[F39] uses ${what} token until a server rejects it, then refreshes`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      session.logIn({ ...withoutExpiresIn(server.logIn()), access_token: token });
      await clock.advance(30 * dayMs);
      expect(session.freshToken()?.accessToken).toBe(token);
      expect(session.freshToken()?.expiresAt).toBeUndefined();
      expect(server.refreshes.length).toBe(0);
      expect((await session.getFreshToken({ rejected: token })).refreshToken).toBe('rt-0-1');
    });
  }

  const now = Date.UTC(2026, 0, 1) / 1000;
  for (const [what, exp, expiresInMs] of [
    ['a string', String(now + 600), 600_000],
    ['milliseconds', (now + 600) * 1000, 600_000],
    ['milliseconds in a string', String((now + 600) * 1000), 600_000],
    ['a fraction', now + 600.5, 600_500],
    ['negative', -5, undefined],
    ['zero', 0, undefined],
    ['a word', 'never', undefined],
    ['an object', {}, undefined],
    ['true', true, undefined],
    ['the year 9999', 253_402_300_799 - 1, undefined],
  ] as const) {
    it(`[F40] reads an exp that is ${what} correctly`, async () => {
      const { open, clock } = house();
      const { session } = open();
      const claims = jwt({ exp, iat: typeof exp === 'number' && exp > 1e11 ? now * 1000 : now });
      const { expiresAt, receivedAt } = session.logIn({ access_token: claims, refresh_token: 'rt-0-0' });
      if (what === 'the year 9999') expect(expiresAt).toBeGreaterThan(0);
      else expect(expiresAt === undefined ? undefined : expiresAt - receivedAt).toBe(expiresInMs);
      await clock.advance(0);
      expect(session.freshToken() !== undefined).toBe(what !== 'the year 9999' || (expiresAt ?? 0) > clock.now());
    });
  }

  it('[F40] refreshes at once, and not repeatedly, when a token’s exp is long past', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    const past = (body: Record<string, unknown>) => ({
      ...withoutExpiresIn(body),
      access_token: jwt({ exp: now - 1000 }),
    });
    server.failAlways({ edit: past });
    session.logIn(past(server.logIn()));
    await clock.advance(hourMs);
    expect(server.refreshes.length).toBeGreaterThan(1);
    expect(server.refreshes.length).toBeLessThan(70);
    expect(ended(session)).toBeUndefined();
  });

  it('[F41] [V11] refreshes a JWT of five seconds every four, since its exp has a resolution of a second', async () => {
    const { server, session, clock } = skewed(0, asIs, 5);
    for (let round = 0; round < 90; round++) {
      await clock.advance(500);
      const { accessToken: bearer } = await session.getFreshToken();
      await server.fetch('https://api.example/', { headers: { Authorization: `Bearer ${bearer}` } });
    }
    expect(server.refreshes.length).toBe(11);
    expect(server.calls.filter(({ status }) => status !== 200)).toEqual([]);
    expect(refreshToken(session)).toBe('rt-0-11');
  });

  it('[C-49] refreshes a token of ten seconds about every nine', async () => {
    const { server, clock } = skewed(0, asIs, 10);
    await clock.advance(90_000);
    expect(server.refreshes.length).toBe(10);
  });
});
