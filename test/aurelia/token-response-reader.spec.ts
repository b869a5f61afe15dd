import { AuthError } from 'aurelia-auth-refresh/core';
import { type TokenSources, tokenResponseReader } from '../../src/aurelia/token-response-reader.js';

const standard: TokenSources = {
  accessToken: { prop: 'access_token', name: 'token' },
  refreshToken: { prop: 'refresh_token', name: 'token' },
};

const nested: TokenSources = {
  accessToken: { prop: 'data.tokens', name: 'access', root: 'inner' },
  refreshToken: { prop: 'data.tokens', name: 'refresh' },
};

function read(body: unknown, sources: TokenSources = standard) {
  return tokenResponseReader(sources)(body);
}

describe('a reader of token responses', () => {
  it('says where it looked and what it found, when there is no token', () => {
    const message = (body: unknown, sources?: TokenSources) => {
      try {
        read(body, sources);
      } catch (error) {
        return (error as AuthError).message;
      }
      return undefined;
    };
    expect(message({ jwt: 'x' })).toContain('found jwt');
    expect(message({})).toContain('an empty object');
    expect(message(null)).toContain('null');
    expect(message('text')).toContain('string');
    expect(message({}, nested)).toContain('data.tokens.inner.access');
    expect(message({}, { accessToken: () => undefined })).toContain('configured function');
  });

  it('finds tokens where home-made servers put them', () => {
    expect(read({ data: { tokens: { inner: { access: 'a' }, refresh: 'r' } } }, nested)).toEqual(
      jasmine.objectContaining({ accessToken: 'a', refreshToken: 'r' }),
    );
    expect(read({ data: { tokens: { access: 'a' } } }, nested).accessToken).toBe('a');
    expect(read({ data: { tokens: 'a' } }, nested).accessToken).toBe('a');
    expect(read({ access_token: { token: 'a' } }).accessToken).toBe('a');
    expect(read({ token: 'a' }).accessToken).toBe('a');
  });

  it('[F21] [C-63] finds nothing in a prototype', () => {
    expect(() => read(Object.create({ access_token: 'x' }))).toThrowError(AuthError);
    expect(() => read({ access_token: Object.create({ token: 'x' }) })).toThrowError(AuthError);
  });

  it('calls the app’s own functions, which may fail where a token is optional', () => {
    const sources: TokenSources = {
      accessToken: body => (body as { a: string }).a,
      refreshToken: () => {
        throw new Error('mistaken');
      },
      idToken: () => 7,
      expiresAt: () => '1700000000',
    };
    const body = { a: 'token', scope: 'read' };
    const { refreshToken, idToken, ...response } = read(body, sources);
    expect(response).toEqual(
      jasmine.objectContaining({ accessToken: 'token', scope: 'read', expiresAtSeconds: 1_700_000_000 }),
    );
    expect(response.body).toBe(body);
    expect([refreshToken, idToken]).toEqual([undefined, undefined]);
  });

  it('ignores an expiry that is no instant', () => {
    for (const none of ['', ' ', null, undefined, {}, [5], true]) {
      const { expiresAtSeconds } = read({ token: 'a' }, { ...standard, expiresAt: () => none });
      expect(expiresAtSeconds).withContext(String(none)).toBeUndefined();
    }
  });
});
