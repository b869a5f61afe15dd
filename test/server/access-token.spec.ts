import { createHmac, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { type AccessTokenVerifier, OAuthError, type SigningKey } from '../../src/server.js';
import { audience, companion, secret } from './support/companion.js';
import { testClock } from './support/test-clock.js';

const issuer = 'https://login.example.com';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');

async function accepts(verifier: AccessTokenVerifier, token: string): Promise<boolean> {
  try {
    await verifier.verify(token);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(OAuthError);
    expect((error as OAuthError).code).toBe('invalid_token');
    return false;
  }
}

/** A token as the issuer makes them, except for what a test changes. */
function made(
  key: KeyObject,
  header: { alg: string; kid?: string; typ?: string } & Record<string, unknown>,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const now = testClock()() / 1000;
  return new SignJWT({ iss: issuer, aud: audience, sub: 'ada', iat: now, exp: now + 10, ...claims })
    .setProtectedHeader({ typ: 'at+jwt', ...header })
    .sign(key);
}

describe('an access token', () => {
  for (const [alg, { privateKey }] of [
    ['RS256', rsa],
    ['ES256', p256],
    ['EdDSA', ed25519],
  ] as const) {
    it(`is signed with ${alg} if the signing key is for ${alg}`, async () => {
      const { tokens } = companion({ signingKeys: [{ kid: 'one', alg, privateKey }] });
      const { access_token } = await tokens.issue({ sub: 'ada' });
      expect(decodeProtectedHeader(access_token)).toEqual({ alg, typ: 'at+jwt', kid: 'one' });
      expect(await accepts(tokens, access_token)).toBeTrue();
    });
  }

  it('can be signed with a key in PEM or as a JWK', async () => {
    const pem = p256.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const jwk = p256.privateKey.export({ format: 'jwk' });
    for (const privateKey of [pem, jwk]) {
      const { tokens } = companion({ signingKeys: [{ kid: 'one', alg: 'ES256', privateKey }] });
      expect(await accepts(tokens, (await tokens.issue({ sub: 'ada' })).access_token)).toBeTrue();
    }
  });

  it('cannot be signed with a key that does not fit its algorithm, or with a weak key', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const wrong: Omit<SigningKey, 'kid'>[] = [
      { alg: 'RS256', privateKey: p256.privateKey },
      { alg: 'ES256', privateKey: rsa.privateKey },
      { alg: 'EdDSA', privateKey: p256.privateKey },
      { alg: 'RS256', privateKey: weak.privateKey },
      { alg: 'RS256', privateKey: rsa.publicKey },
      { alg: 'ES256', privateKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey },
    ];
    for (const key of wrong) {
      expect(() => companion({ signingKeys: [{ kid: 'one', ...key }] })).toThrowError(TypeError, /"one"/);
    }
  });

  it('[F106] is signed with the first key and verified with each listed key', async () => {
    const older: SigningKey = { kid: 'older', alg: 'RS256', privateKey: rsa.privateKey };
    const newer: SigningKey = { kid: 'newer', alg: 'ES256', privateKey: p256.privateKey };
    const before = await companion({ signingKeys: [older] }).tokens.issue({ sub: 'ada' });
    const { tokens } = companion({ signingKeys: [newer, older] });
    const after = await tokens.issue({ sub: 'ada' });
    expect(decodeProtectedHeader(after.access_token).kid).toBe('newer');
    expect(await accepts(tokens, before.access_token)).toBeTrue();
    expect(await accepts(tokens, after.access_token)).toBeTrue();
    expect(await accepts(companion({ signingKeys: [newer] }).tokens, before.access_token)).toBeFalse();
  });

  it('[S-27] is rejected if its algorithm does not fit its key', async () => {
    const keys: SigningKey[] = [{ kid: 'one', alg: 'RS256', privateKey: rsa.privateKey }];
    const { tokens } = companion({ signingKeys: keys });
    const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;
    expect(await accepts(tokens, await made(rsa.privateKey, { alg: 'RS256', kid: 'one' }))).toBeTrue();
    expect(await accepts(tokens, await made(rsa.privateKey, { alg: 'PS256', kid: 'one' }))).toBeFalse();
    expect(await accepts(tokens, await made(otherRsa.privateKey, { alg: 'RS256', kid: 'one' }))).toBeFalse();
    expect(await accepts(tokens, hs256(publicPem, { alg: 'HS256', typ: 'at+jwt', kid: 'one' }))).toBeFalse();
    expect(await accepts(tokens, hs256('', { alg: 'none', typ: 'at+jwt', kid: 'one' }, ''))).toBeFalse();
    expect(await accepts(tokens, hs256('', { alg: 'none', typ: 'at+jwt' }, ''))).toBeFalse();
  });

  it('[S-27] is rejected if its algorithm belongs to another key', async () => {
    const { tokens } = companion({
      signingKeys: [
        { kid: 'rsa', alg: 'RS256', privateKey: rsa.privateKey },
        { kid: 'ec', alg: 'ES256', privateKey: p256.privateKey },
      ],
    });
    expect(await accepts(tokens, await made(p256.privateKey, { alg: 'ES256', kid: 'ec' }))).toBeTrue();
    expect(await accepts(tokens, await made(p256.privateKey, { alg: 'ES256', kid: 'rsa' }))).toBeFalse();
  });

  const headers: [name: string, header: Record<string, unknown>][] = [
    ['no type', { typ: undefined }],
    ['the type of an id token', { typ: 'JWT' }],
    ['an unknown key id', { kid: 'unknown' }],
    ['a key id that is a property of every object', { kid: '__proto__' }],
    ['no key id', { kid: undefined }],
    ['a key of its own', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['a URL of keys', { jku: 'https://evil.example.com/jwks' }],
    ['a URL of certificates', { x5u: 'https://evil.example.com/cert' }],
    ['a certificate of its own', { x5c: ['AAAA'] }],
  ];
  const claims: [name: string, claims: Record<string, unknown>][] = [
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['another audience', { aud: 'https://other.example.com' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is a string', { exp: '9999999999' }],
    ['an expiry in the past', { exp: testClock()() / 1000 }],
    ['a nbf in the future', { nbf: testClock()() / 1000 + 1 }],
  ];
  for (const [name, header] of headers) {
    it(`[S-27] is rejected with ${name} in its header`, async () => {
      const { tokens } = companion();
      const { kid } = decodeProtectedHeader((await tokens.issue({ sub: 'ada' })).access_token);
      const key = createSecretKey(Buffer.from(secret));
      expect(await accepts(tokens, await made(key, { alg: 'HS256', kid: kid! }))).toBeTrue();
      expect(await accepts(tokens, await made(key, { alg: 'HS256', kid: kid!, ...header }))).toBeFalse();
    });
  }
  for (const [name, claim] of claims) {
    it(`[S-28] is rejected with ${name}`, async () => {
      const { tokens } = companion({ signingKeys: [{ kid: 'one', alg: 'EdDSA', privateKey: ed25519.privateKey }] });
      expect(await accepts(tokens, await made(ed25519.privateKey, { alg: 'EdDSA', kid: 'one' }, claim))).toBeFalse();
    });
  }

  it('[S-27] is rejected with unknown critical extensions', async () => {
    const { tokens } = companion();
    const { kid } = decodeProtectedHeader((await tokens.issue({ sub: 'ada' })).access_token);
    expect(await accepts(tokens, hs256(secret, { alg: 'HS256', typ: 'at+jwt', kid }))).toBeTrue();
    expect(await accepts(tokens, hs256(secret, { alg: 'HS256', typ: 'at+jwt', kid, crit: ['x'], x: 1 }))).toBeFalse();
    expect(
      await accepts(tokens, hs256(secret, { alg: 'HS256', typ: 'at+jwt', kid, crit: ['b64'], b64: false })),
    ).toBeFalse();
  });

  it('[S-28] is valid until its expiry plus the tolerance', async () => {
    for (const [clockToleranceSeconds, lifetime] of [
      [0, 10],
      [5, 15],
    ] as const) {
      const { tokens, clock } = companion({ clockToleranceSeconds });
      const { access_token } = await tokens.issue({ sub: 'ada' });
      clock.advance(lifetime - 1);
      expect(await accepts(tokens, access_token)).toBeTrue();
      clock.advance(1);
      expect(await accepts(tokens, access_token)).toBeFalse();
    }
  });
});

/** A hand-assembled assembled JWS, for headers that no library signs. */
function hs256(key: string, header: object, signature?: string): string {
  const now = testClock()() / 1000;
  const payload = { iss: issuer, aud: audience, sub: 'ada', iat: now, exp: now + 10 };
  const content = [header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${content}.${signature ?? createHmac('sha256', key).update(content).digest('base64url')}`;
}
