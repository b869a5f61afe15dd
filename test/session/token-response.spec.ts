import fc from 'fast-check';
import { AuthError, type TokenResponseReader, tokenResponse } from '../../src/core.js';
import { instantSeconds } from '../../src/session/token-response.js';
import { house } from './support.js';

describe('a token response', () => {
  it('[F13] [F20] [C-37] is read from own properties of an object or rejected with an AuthError, for any value', () => {
    const key = fc.constantFrom('access_token', 'refresh_token', 'token', 'token_type', 'expires_in', '__proto__', 'a');
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.dictionary(key, tie('tree'))),
    }));
    const body = fc.oneof(
      tree,
      fc.json().map(text => JSON.parse(text)),
      fc.anything(),
    );
    fc.assert(
      fc.property(body, value => {
        try {
          const { accessToken, refreshToken, expiresInSeconds = 0 } = tokenResponse(value);
          expect(accessToken.length).toBeGreaterThan(0);
          expect(JSON.stringify(value)).toContain(JSON.stringify(accessToken));
          expect(refreshToken).not.toBe('');
          expect(Number.isFinite(expiresInSeconds) && expiresInSeconds >= 0).toBeTrue();
        } catch (error) {
          expect(error).toBeInstanceOf(AuthError);
          expect((error as AuthError).code).toBe('invalid_token_response');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('may name a lifetime of zero, or of a part of a second, also in a string', () => {
    const lifetimes = [0, '0', 0.5, -1, ''].map(
      expires_in => tokenResponse({ access_token: 'a', expires_in }).expiresInSeconds,
    );
    expect(lifetimes).toEqual([0, 0, 0.5, undefined, undefined]);
  });

  it('[C-07] is rejected without any of its content in the error', () => {
    const sentinel = 'sentinel-93b1';
    const wrong = fc.constantFrom<object>(
      { access_token: [sentinel] },
      { access_token: { a: sentinel } },
      { accessToken: sentinel },
      { data: { access_token: sentinel } },
      { access_token: 'x', token_type: [sentinel] },
      { error: sentinel, error_description: sentinel },
    );
    fc.assert(
      fc.property(wrong, body => {
        expect(() => tokenResponse(body)).toThrowMatching(
          error => error instanceof AuthError && !`${error.message}${error.stack}${error.cause}`.includes(sentinel),
        );
      }),
    );
  });

  it('[V10] is read by the app if the server names the lifetime differently, in another unit', () => {
    const readTokenResponse: TokenResponseReader = body => {
      const { accessToken, refreshToken, expires } = body as Record<string, unknown>;
      return tokenResponse({
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: Number(expires) / 1000,
      });
    };
    const { session } = house().open({ readTokenResponse });
    const body = { accessToken: 'a', refreshToken: 'r', expires: 900_000 };
    const tokens = session.logIn(body);
    expect(tokens.expiresAt).toBe(tokens.receivedAt + 900_000);
    expect([tokens.refreshToken, tokens.response]).toEqual(['r', body]);
  });

  it('names its properties when there is no token', () => {
    const message = (body: unknown) => {
      try {
        tokenResponse(body);
      } catch (error) {
        return (error as AuthError).message;
      }
      return undefined;
    };
    expect(message({ jwt: 'x' })).toContain('found jwt');
    expect(message({})).toContain('an empty object');
    expect(message(null)).toContain('null');
    expect(message('text')).toContain('string');
  });

  it('[F21] [C-63] is not read from a prototype, even a changed one', () => {
    const inherited: object = Object.create({ access_token: 'x' });
    expect(() => tokenResponse(inherited)).toThrowError(AuthError);
    Object.defineProperty(Object.prototype, 'refresh_token', { value: 'x', configurable: true });
    try {
      expect(tokenResponse({ access_token: 'a' }).refreshToken).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'refresh_token');
    }
  });
});

describe('an instant in seconds', () => {
  it('[F40] [C-51] is a positive number of a plausible size, or unknown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.string()), value => {
        const seconds = instantSeconds(value);
        expect(seconds === undefined || (seconds > 0 && Number.isFinite(seconds))).toBeTrue();
      }),
    );
    expect(instantSeconds('1700000000')).toBe(1_700_000_000);
    expect(instantSeconds(1_700_000_000_000)).toBe(1_700_000_000);
    expect([instantSeconds(1e11), instantSeconds(1e11 + 1000)]).toEqual([1e11, 1e8 + 1]);
    for (const none of [0, -1, '', ' ', 'soon', Number.NaN, null, undefined, {}, [5], true]) {
      expect(instantSeconds(none)).withContext(String(none)).toBeUndefined();
    }
  });
});
