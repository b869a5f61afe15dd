import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { type AccessTokenVerifierOptions, accessTokenVerifier, OAuthError, tokenGuard } from '../../src/server.js';
import { testClock } from './support/test-clock.js';

const issuer = 'https://provider.example.com';
const api = 'https://api.example.com';
const clock = testClock();
const now = Math.floor(clock() / 1000);

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

describe('access tokens of other providers', () => {
  const keys = new Map<string, Key>();
  let published: JSONWebKeySet;

  beforeAll(async () => {
    const jwks: JSONWebKeySet['keys'] = [];
    for (const alg of ['RS256', 'RS512', 'PS256', 'PS512', 'ES256', 'ES384', 'ES512', 'Ed25519']) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      keys.set(alg, privateKey);
      jwks.push({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' });
    }
    published = { keys: jwks };
  });

  const signed = (claims: JWTPayload, header: Record<string, unknown> = {}, alg = 'RS256'): Promise<string> => {
    const payload = { iss: issuer, sub: 'ada', iat: now, exp: now + 300, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg, kid: alg, ...header }).sign(keys.get(alg)!);
  };
  const outcome = async (token: string, options: Partial<AccessTokenVerifierOptions> = {}): Promise<unknown> => {
    const all = { issuer, keys: published, clock, ...(options.clientIds ? {} : { audience: api }), ...options };
    const tokens = accessTokenVerifier(all as AccessTokenVerifierOptions);
    try {
      return (await tokens.verify(token)).sub;
    } catch (error) {
      return error instanceof OAuthError ? error.code : error;
    }
  };

  const shapes: [name: string, options: Partial<AccessTokenVerifierOptions>, claims: JWTPayload, header: object][] = [
    [
      'Keycloak',
      { types: ['JWT'] },
      { aud: [api, 'account'], typ: 'Bearer', azp: 'spa', scope: 'read' },
      { typ: 'JWT' },
    ],
    ['Keycloak 24, with a nonce', { types: ['JWT'] }, { aud: api, typ: 'Bearer', nonce: 'n' }, { typ: 'JWT' }],
    ['Entra ID', { types: ['JWT'] }, { aud: api, scp: 'read', ver: '2.0' }, { typ: 'JWT' }],
    ['Auth0', { types: ['JWT'] }, { aud: [api, `${issuer}/userinfo`], azp: 'spa', scope: 'read' }, { typ: 'JWT' }],
    ['Okta', { types: ['none'] }, { aud: api, cid: 'spa', scp: ['read'] }, {}],
    [
      'Cognito',
      { types: ['none'], clientIds: ['spa'], requiredClaims: { token_use: 'access' } },
      { client_id: 'spa', token_use: 'access', scope: 'read' },
      {},
    ],
    ['a provider that follows RFC 9068', {}, { aud: api, client_id: 'spa' }, { typ: 'application/at+JWT' }],
  ];
  for (const [name, options, claims, header] of shapes) {
    it(`of ${name} are accepted with its options`, async () => {
      expect(await outcome(await signed(claims, header as Record<string, unknown>), options)).toBe('ada');
    });
  }

  it('with another type than at+jwt are rejected by default', async () => {
    for (const header of [{ typ: 'JWT' }, {}, { typ: 'dpop+jwt' }, { typ: 'logout+jwt' }]) {
      expect(await outcome(await signed({ aud: api }, header))).toBe('invalid_token');
    }
    expect(await outcome(await signed({ aud: api }, { typ: 'JWT' }), { types: ['none'] })).toBe('invalid_token');
    expect(await outcome(await signed({ aud: api }), { types: ['JWT'] })).toBe('invalid_token');
    expect(await outcome(await signed({ aud: api }, { typ: 'at+jwt' }), { types: ['JWT', 'none'] })).toBe(
      'invalid_token',
    );
  });

  const others: [name: string, claims: JWTPayload][] = [
    ['an ID token with a nonce', { nonce: 'n' }],
    ['an ID token with at_hash', { at_hash: 'x' }],
    ['an ID token with c_hash', { c_hash: 'x' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
    ['an ID token of Cognito', { token_use: 'id' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ];
  for (const [name, claims] of others) {
    it(`are not mistaken for ${name}`, async () => {
      for (const header of [{ typ: 'JWT' }, {}]) {
        const token = await signed({ aud: api, ...claims }, header);
        expect(await outcome(token, { types: ['JWT', 'none'] })).toBe('invalid_token');
      }
    });
  }

  it('need the audience, or a client that is listed', async () => {
    const options = { types: ['none'], clientIds: ['spa', 'cli'] } as const;
    for (const claims of [{ client_id: 'spa' }, { azp: 'cli' }, { cid: 'spa' }]) {
      expect(await outcome(await signed(claims), options)).toBe('ada');
    }
    for (const claims of [
      {},
      { client_id: 'other' },
      { client_id: ['spa'] },
      { aud: 'spa' },
      { client_id: 'other', azp: 'spa' },
    ]) {
      expect(await outcome(await signed(claims as JWTPayload), options)).toBe('invalid_token');
    }
    const both = { types: ['none'], clientIds: ['spa'], audience: api } as const;
    expect(await outcome(await signed({ client_id: 'spa', aud: api }), both)).toBe('ada');
    expect(await outcome(await signed({ client_id: 'spa' }), both)).toBe('invalid_token');
    expect(await outcome(await signed({ aud: api }), both)).toBe('invalid_token');
  });

  it('need the required claims', async () => {
    const options = { requiredClaims: { token_use: 'access', tid: 'one' } };
    const header = { typ: 'at+jwt' };
    expect(await outcome(await signed({ aud: api, token_use: 'access', tid: 'one' }, header), options)).toBe('ada');
    for (const claims of [
      { token_use: 'access' },
      { token_use: 'access', tid: 'two' },
      { token_use: 'access', tid: ['one'] },
    ]) {
      expect(await outcome(await signed({ aud: api, ...claims }, header), options)).toBe('invalid_token');
    }
  });

  it('can be signed with the algorithms that are named, and no others', async () => {
    for (const alg of ['RS512', 'PS256', 'PS512', 'ES384', 'ES512', 'Ed25519'] as const) {
      const token = await signed({ aud: api }, { typ: 'at+jwt' }, alg);
      expect(await outcome(token))
        .withContext(alg)
        .toBe('invalid_token');
      expect(await outcome(token, { algorithms: [alg] }))
        .withContext(alg)
        .toBe('ada');
    }
    expect(await outcome(await signed({ aud: api }, { typ: 'at+jwt' }), { algorithms: ['ES256'] })).toBe(
      'invalid_token',
    );
  });

  it('have their scope in scope or scp, as text or as a list', async () => {
    const tokens = accessTokenVerifier({ issuer, audience: api, keys: published, clock });
    const guard = tokenGuard(tokens, { scopes: ['read'], clock });
    const send = async (claims: JWTPayload) => {
      const authorization = `Bearer ${await signed({ aud: api, ...claims }, { typ: 'at+jwt' })}`;
      return guard({ method: 'GET', url: api, headers: { authorization } });
    };
    for (const claims of [{ scope: 'write read' }, { scope: ['write', 'read'] }, { scp: 'read' }, { scp: ['read'] }]) {
      expect((await send(claims)).scope?.split(' ')).toContain('read');
    }
    for (const claims of [
      { scp: 'reader' },
      { scope: 'write', scp: 'read' },
      { scp: { read: true } },
      { scope: ['read write'.length] },
    ]) {
      await expectAsync(send(claims as JWTPayload)).toBeRejectedWith(
        jasmine.objectContaining({ code: 'insufficient_scope' }),
      );
    }
  });

  const unsafe: [name: string, options: object][] = [
    ['no audience and no client', { audience: undefined }],
    ['an empty list of clients', { audience: undefined, clientIds: [] }],
    ['an empty audience', { audience: '' }],
    ['no type', { types: [] }],
    ['an unknown type', { types: ['id_token'] }],
    ['no algorithm', { algorithms: [] }],
    ['a shared-secret algorithm for public keys', { algorithms: ['HS256'] }],
    ['the algorithm none', { algorithms: ['none'] }],
    ['other algorithms for a shared secret', { keys: undefined, secret: 'x'.repeat(32), algorithms: ['RS256'] }],
  ];
  for (const [name, options] of unsafe) {
    it(`cannot be verified with ${name}`, () => {
      const all = { issuer, audience: api, keys: published, ...options } as AccessTokenVerifierOptions;
      expect(() => accessTokenVerifier(all)).toThrowError(TypeError);
    });
  }
});
