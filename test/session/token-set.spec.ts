import fc from 'fast-check';
import { freshUntil } from '../../src/session/refresh-schedule.js';
import { jwtClaims, subjectOf, type TokenSet, tokenSet } from '../../src/session/token-set.js';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('é', '日本', '👩‍👩‍👧', '\ud800', '\u0000', '"\\'));

function base64url(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** Replaces lone surrogates as a browser does. */
function wellFormed(value: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(value));
}

describe('the claims of a token', () => {
  it('[F91] are decoded in any script', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text), claims => {
        const json = wellFormed(JSON.stringify(claims));
        expect(jwtClaims(`e30.${base64url(json)}.x`)).toEqual(JSON.parse(json));
      }),
      { numRuns: 500 },
    );
  });

  it('[F92] are undefined for values that are not a JWT with an object', () => {
    const part = fc.oneof(fc.constantFrom('', 'e30', 'W10', 'bnVsbA', 'NQ', 'ew', '****'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), parts => {
        const claims = jwtClaims(parts.join('.'));
        const segments = parts.join('.').split('.').length;
        expect(claims === undefined || (segments === 3 && !Array.isArray(claims))).toBeTrue();
      }),
      { numRuns: 1000 },
    );
    for (const token of [
      'a',
      'e30',
      'e30.e30',
      'e30.e30.x.x',
      'e30.e30.x.x.x',
      'e30.W10.x',
      'e30.bnVsbA.x',
      'e30.NQ.x',
    ]) {
      expect(jwtClaims(token)).withContext(token).toBeUndefined();
    }
    expect(jwtClaims('e30.e30.x')).toEqual({});
  });

  it('identify the user if `sub` is a string', () => {
    const named = (sub: unknown) =>
      tokenSet(
        { accessToken: `e30.${base64url(JSON.stringify({ sub }))}.x`, tokenType: 'Bearer', body: {} },
        { receivedAt: 0 },
      );
    expect(subjectOf(named('ann'))).toBe('ann');
    expect(subjectOf(named(7))).toBeUndefined();
    expect(subjectOf(named(undefined))).toBeUndefined();
  });
});

describe('tokens', () => {
  it('[F39] [F92] last as long as the response says when they are opaque', () => {
    const set = tokenSet(
      { accessToken: 'a.b.c.d', tokenType: 'Bearer', expiresInSeconds: 10, body: {} },
      { receivedAt: 5000 },
    );
    expect([set.expiresAt, set.claims]).toEqual([15_000, undefined]);
  });

  it('have the scope of the response, or else that of the previous tokens', () => {
    const response = { accessToken: 'a', tokenType: 'Bearer', body: {} } as const;
    const previous = tokenSet({ ...response, scope: 'read write' }, { receivedAt: 0 });
    expect(tokenSet({ ...response, scope: 'read' }, { receivedAt: 1, previous }).scope).toBe('read');
    expect(tokenSet(response, { receivedAt: 1, previous }).scope).toBe('read write');
  });

  it('last until the instant that the application returns', () => {
    const set = tokenSet(
      { accessToken: 'a', tokenType: 'Bearer', expiresInSeconds: 10, expiresAtSeconds: 100, body: {} },
      { receivedAt: 5000 },
    );
    expect(set.expiresAt).toBe(100_000);
  });

  it('last from the response’s Date, or else the estimated time of the server, until that instant', () => {
    const response = { accessToken: 'a', tokenType: 'Bearer', expiresAtSeconds: 2000, body: {} } as const;
    const receipt = { receivedAt: 5_000_000, serverNow: 1_950_000 };
    expect(tokenSet(response, { ...receipt, serverDate: 1_900_000 }).expiresAt).toBe(5_100_000);
    expect(tokenSet(response, receipt).expiresAt).toBe(5_050_000);
  });
});

describe('the lifetime of an access token', () => {
  const issue = fc.record({
    lifetimeSeconds: fc.integer({ min: 2, max: 90_000 }),
    /** On the server's clock. */
    issuedAt: fc.integer({ min: 1.7e12, max: 1.8e12 }),
    jwt: fc.boolean(),
    expiresIn: fc.boolean(),
    iat: fc.constantFrom('issue', 'login', 'none'),
    date: fc.boolean(),
    latencyMs: fc.integer({ min: 0, max: 5000 }),
  });
  type Issue = typeof issue extends fc.Arbitrary<infer T> ? T : never;

  function received(of: Issue, loginAt: number, clockErrorMs: number, previous?: TokenSet): TokenSet {
    const { lifetimeSeconds, issuedAt, jwt, expiresIn, iat, date, latencyMs } = of;
    const issued = Math.floor(issuedAt / 1000);
    const iats = { issue: issued, login: Math.floor(loginAt / 1000), none: undefined };
    const claims = { exp: issued + lifetimeSeconds, iat: iats[iat] };
    const accessToken = jwt ? `e30.${base64url(JSON.stringify(claims))}.x` : 'opaque';
    const response = { accessToken, tokenType: 'Bearer' as const, body: {} };
    return tokenSet(expiresIn ? { ...response, expiresInSeconds: lifetimeSeconds } : response, {
      receivedAt: issuedAt + latencyMs + clockErrorMs,
      serverDate: date ? issued * 1000 : undefined,
      previous,
    });
  }

  it('[C-48] [V9] [V11] is never longer than the token lives by more than the latency, and never under 90 % of it', () => {
    const clockError = fc.integer({ min: -86_400_000, max: 86_400_000 });
    fc.assert(
      fc.property(issue, issue, clockError, (first, later, clockErrorMs) => {
        // A login has no `Date`, and is the time of issue.
        const login: Issue = { ...first, date: false, iat: 'issue' };
        const issuedAt = login.issuedAt + (later.issuedAt % 100_000_000) + 1000;
        const refresh: Issue = { ...later, issuedAt, jwt: login.jwt, expiresIn: later.expiresIn || !login.jwt };
        const known = received({ ...login, expiresIn: login.expiresIn || !login.jwt }, login.issuedAt, clockErrorMs);
        for (const of of [login, refresh]) {
          const tokens = of === login ? known : received(of, login.issuedAt, clockErrorMs, known);
          if (tokens.expiresAt === undefined) continue;
          const { lifetimeSeconds, latencyMs } = of;
          const diesAt = (of.jwt ? Math.floor(of.issuedAt / 1000) * 1000 : of.issuedAt) + lifetimeSeconds * 1000;
          const livesMs = diesAt - (of.issuedAt + latencyMs);
          const freshMs = freshUntil(tokens, true) - tokens.receivedAt;
          // Without `Date` and `iat`, a refresh inherits the latency of the login.
          const longestLatencyMs = Math.max(latencyMs, login.latencyMs);
          expect(freshMs).toBeLessThanOrEqual(livesMs + longestLatencyMs);
          // In a shorter lifetime, the resolution of a second is more than a tenth.
          if (livesMs >= 10_000) expect(freshMs).toBeGreaterThanOrEqual(0.9 * livesMs);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
