import fc from 'fast-check';
import { jwtClaims, subjectOf, tokenSet } from '../../src/session/token-set.js';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('é', '日本', '👩‍👩‍👧', '\ud800', '\u0000', '"\\'));

function base64url(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** What a browser makes of text that UTF-8 cannot hold. */
function wellFormed(value: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(value));
}

describe('the claims of a token', () => {
  it('[F91] are what went in, in any script', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text), claims => {
        const json = wellFormed(JSON.stringify(claims));
        expect(jwtClaims(`e30.${base64url(json)}.x`)).toEqual(JSON.parse(json));
      }),
      { numRuns: 500 },
    );
  });

  it('[F92] are absent for what is not a JWT with an object in it', () => {
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

  it('name the user where they name him by text', () => {
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
  it('[F39] [F92] last as long as the answer says when they are opaque', () => {
    const set = tokenSet(
      { accessToken: 'a.b.c.d', tokenType: 'Bearer', expiresInSeconds: 10, body: {} },
      { receivedAt: 5000 },
    );
    expect([set.expiresAt, set.claims]).toEqual([15_000, undefined]);
  });

  it('last until the instant that the application itself gives', () => {
    const set = tokenSet(
      { accessToken: 'a', tokenType: 'Bearer', expiresInSeconds: 10, expiresAtSeconds: 100, body: {} },
      { receivedAt: 5000 },
    );
    expect(set.expiresAt).toBe(100_000);
  });
});
