import { after, pauses } from './failing-refresh.js';
import { accessToken, ended, house, refreshToken } from './support.js';

describe('a session and refresh responses', () => {
  for (const [what, body] of Object.entries({
    'cut off': '{"access_token":"eyJh',
    'two documents': '{"access_token":"x"}{"access_token":"y"}',
    JSONP: 'callback({"access_token":"x"})',
    NaN: '{"access_token":NaN}',
    'a form': 'access_token=x&token_type=bearer',
  })) {
    it(`[F11] uses nothing from a response that is not JSON: ${what}`, async () => {
      const { session, clock, tab, outcome } = await after({ status: 200, body });
      expect(outcome).toBe('refresh_postponed');
      expect(tab.stored).toContain('rt-0-0');
      await clock.advance(2000);
      expect(refreshToken(session)).toBe('rt-0-1');
    });
  }

  it('[F12] uses nothing from an empty 200', async () => {
    const { session, clock, outcome } = await after({ status: 200, body: '' });
    expect(outcome).toBe('refresh_postponed');
    await clock.advance(2000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  for (const body of ['{}', 'null', '[]', '"text"', '7', 'true', '[{"access_token":"x"}]']) {
    it(`[F13] uses nothing from a 200 with ${body}`, async () => {
      const before = await after({ status: 200, body, headers: { 'Content-Type': 'application/json' } });
      expect(before.outcome).toBe('refresh_postponed');
      expect(before.session.freshToken()).toBeDefined();
      expect(before.tab.stored).toContain('rt-0-0');
      await before.clock.advance(2000);
      expect(refreshToken(before.session)).toBe('rt-0-1');
    });
  }

  it('[F14] treats a 200 with an error as that error', async () => {
    const refused = await after({ status: 200, body: { error: 'invalid_grant', access_token: 'x' } });
    expect(refused.outcome).toBe('refresh_refused');
    expect(ended(refused.session)).toBe('refused');
    const busy = await after({ status: 200, body: { error: 'server_error', access_token: 'x' } });
    expect(busy.outcome).toBe('refresh_postponed');
    expect(accessToken(busy.session)).not.toBe('x');
  });

  for (const access_token of [undefined, null, '', 7, {}, ['x'], true]) {
    it(`[F15] uses nothing from a response whose access token is ${JSON.stringify(access_token)}`, async () => {
      const fault = { edit: (body: object) => ({ ...body, access_token, token: undefined }) };
      const { tab, session, outcome } = await after(fault, { graceSeconds: 60 });
      expect(outcome).toBe('refresh_postponed');
      expect(tab.stored).toContain('rt-0-0');
      expect(session.freshToken()).toBeDefined();
    });
  }

  for (const refresh_token of [undefined, null, '', 7, true, []]) {
    const row = refresh_token === undefined ? 'F16' : 'F17';
    it(`[${row}] keeps its refresh token when the response has ${JSON.stringify(refresh_token)} as refresh token`, async () => {
      const { session, outcome, server } = await after(
        { edit: body => ({ ...body, refresh_token }) },
        { rotation: false },
      );
      expect(outcome).toBe('resolved');
      expect(refreshToken(session)).toBe('rt-0-0');
      await session.updateToken();
      expect(server.rotations).toBe(2);
    });
  }

  for (const [expires_in, lifetimeMs] of [
    [30, 30_000],
    ['30', 30_000],
    [29.5, 29_500],
    [Number.NaN, undefined],
    [-5, undefined],
    ['abc', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    [1e12, 1e15],
    [{}, undefined],
  ] as const) {
    it(`[F18] reads an expires_in of ${JSON.stringify(expires_in)} as ${lifetimeMs} ms`, async () => {
      const opaque = () => ({ access_token: 'opaque', refresh_token: 'rt-0-0', expires_in });
      const { session, server, clock } = await after({ edit: opaque }, { graceSeconds: 60 });
      const { expiresAt, receivedAt = 0 } = session.freshToken() ?? {};
      expect(expiresAt === undefined ? undefined : expiresAt - receivedAt).toBe(lifetimeMs);
      if (lifetimeMs === undefined || lifetimeMs > 60_000) {
        await clock.advance(3_600_000);
        expect(server.refreshes.length).toBe(1);
        expect(session.freshToken()?.accessToken).toBe('opaque');
      }
    });
  }

  for (const expires_in of ['9223372036854775807', 1e300]) {
    it(`[F18] outlives the page with an expires_in of ${expires_in}`, async () => {
      const { server, open, clock } = house();
      const { session } = open();
      const other = open();
      session.logIn({ ...server.logIn(), expires_in });
      await clock.advance(100);
      expect(other.session.freshToken()).toBeDefined();
      expect(open().session.freshToken()).toBeDefined();
    });
  }

  it('[F18] [C-49] limits refreshes in two tabs, too', async () => {
    const { server, open, clock } = house({ graceSeconds: 60 });
    const { session } = open();
    open();
    session.logIn(server.logIn());
    server.failAlways({ edit: body => ({ ...body, expires_in: 0 }) });
    await clock.advance(60 * 60_000);
    expect(server.refreshes.length).toBeLessThan(75);
    expect(session.state.status).not.toBe('logged-out');
  });

  it('[F18] limits refreshes for tokens that are expired on arrival', async () => {
    const { session, server, clock } = await after({}, { graceSeconds: 60 });
    server.failAlways({ edit: body => ({ ...body, expires_in: 0 }) });
    await clock.advance(60 * 60_000);
    expect(server.refreshes.length).toBeLessThan(75);
    expect(Math.min(...pauses(server))).toBeGreaterThanOrEqual(1000);
    expect(session.state.status).not.toBe('logged-out');
    server.failAlways(undefined);
    await clock.advance(60_000);
    expect(session.freshToken()).toBeDefined();
  });

  for (const [token_type, taken] of [
    [undefined, 'Bearer'],
    [null, 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'Bearer'],
    ['dpop', 'DPoP'],
    ['Bearer ', 'Bearer'],
    ['JWT', 'Bearer'],
    ['Token', 'Bearer'],
    ['access_token', 'Bearer'],
    ['', 'Bearer'],
    ['mac', undefined],
    ['MAC', undefined],
    ['pop', undefined],
    ['N_A', undefined],
    [7, undefined],
    [{ toString: 1 }, undefined],
  ] as const) {
    it(`[F19] [R3] reads a token type of ${JSON.stringify(token_type)} as ${taken ?? 'unusable'}`, async () => {
      const { session, outcome } = await after({ edit: body => ({ ...body, token_type }) }, { graceSeconds: 60 });
      expect(outcome).toBe(taken ? 'resolved' : 'refresh_postponed');
      expect(session.freshToken()?.tokenType).toBe(taken ?? 'Bearer');
    });
  }

  it('[F20] reads only known properties of a response: no expiry, profile or state that the server invented', async () => {
    const extra = {
      expires_at: 1,
      expiresAt: 1,
      receivedAt: 1,
      epoch: 9e15,
      generation: 9e9,
      version: 2,
      ended: 'refused',
      profile: { sub: 'eve' },
      claims: { sub: 'eve' },
      isOpenId: true,
      state: 'x',
    };
    const { session, tab, clock, open } = await after({ edit: body => ({ ...body, ...extra }) });
    expect(session.state).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
    expect(session.freshToken()?.claims?.['sub']).toBe('ann');
    expect(JSON.parse(tab.stored ?? '')).toEqual(jasmine.objectContaining({ version: 1, generation: 1 }));
    await clock.advance(100);
    expect(accessToken(open().session)).toBe(accessToken(session));
  });

  it('[F21] reads nothing from a prototype, and writes nothing to one', async () => {
    const bodies = [
      '{"__proto__":{"access_token":"x","polluted":1},"token_type":"Bearer"}',
      '{"constructor":{"prototype":{"polluted":1}},"__proto__":{"error":"invalid_grant"}}',
    ];
    for (const body of bodies) {
      const { session, outcome } = await after({ status: 200, body });
      expect(outcome).toBe('refresh_postponed');
      expect(accessToken(session)).not.toBe('x');
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
      expect(() => session.logIn(JSON.parse(body))).toThrowMatching(error => error.code === 'invalid_token_response');
    }
  });
});
