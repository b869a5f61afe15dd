import { sign as cryptoSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import { accessTokenVerifier, type VerificationAlgorithm } from '../../src/server.js';

const issuer = 'https://login.example.com';
const audience = 'https://api.example.com';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const keys = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: generateKeyPairSync('ed25519'),
  Ed25519: generateKeyPairSync('ed25519'),
} as const satisfies Record<VerificationAlgorithm, unknown>;
const algorithms = Object.keys(keys) as VerificationAlgorithm[];

function tokenOf(alg: VerificationAlgorithm, privateKey: KeyObject): Promise<string> {
  const token = new SignJWT({ client_id: 'app' }).setProtectedHeader({ alg, typ: 'at+jwt', kid: 'one' });
  return token
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('ada')
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey);
}

function outcome(token: string, publicKey: KeyObject, alg: VerificationAlgorithm): Promise<string> {
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'one' };
  return accessTokenVerifier({ issuer, audience, keys: { keys: [jwk] }, algorithms: [alg] })
    .verify(token)
    .then(
      ({ sub }) => sub,
      (error: { code: string }) => error.code,
    );
}

/** The token with another signature. */
function withSignature(token: string, change: (signature: Buffer) => Buffer): string {
  const parts = token.split('.');
  return [parts[0], parts[1], change(Buffer.from(parts[2] ?? '', 'base64url')).toString('base64url')].join('.');
}

describe('the signature of an access token', () => {
  for (const alg of algorithms) {
    it(`[S-27] is verified with ${alg}`, async () => {
      const { publicKey, privateKey } = keys[alg];
      const token = await tokenOf(alg, privateKey);
      expect(await outcome(token, publicKey, alg)).toBe('ada');
      const changes: ((signature: Buffer) => Buffer)[] = [
        signature => Buffer.from(signature.map((byte, index) => (index === 3 ? byte ^ 1 : byte))),
        signature => Buffer.alloc(signature.length),
        signature => Buffer.alloc(signature.length, 255),
        signature => signature.subarray(0, -1),
        signature => Buffer.concat([signature, Buffer.from([0])]),
        () => Buffer.from([0]),
      ];
      for (const change of changes) {
        expect(await outcome(withSignature(token, change), publicKey, alg))
          .withContext(String(change))
          .toBe('invalid_token');
      }
      const [header, , signature] = token.split('.');
      const payload = Buffer.from(JSON.stringify({ sub: 'eve' })).toString('base64url');
      expect(await outcome(`${header}.${payload}.${signature}`, publicKey, alg)).toBe('invalid_token');
    });
  }

  it('[S-27] is rejected in the DER encoding of ECDSA', async () => {
    const { publicKey, privateKey } = keys.ES256;
    const token = await tokenOf('ES256', privateKey);
    const content = Buffer.from(token.slice(0, token.lastIndexOf('.')));
    const der = withSignature(token, () => cryptoSign('sha256', content, privateKey));
    expect(await outcome(der, publicKey, 'ES256')).toBe('invalid_token');
  });

  it('[S-27] is rejected with a key of another kind', async () => {
    for (const alg of algorithms) {
      for (const other of algorithms) {
        const token = await tokenOf(alg, keys[alg].privateKey);
        if (keys[alg].publicKey.asymmetricKeyType === keys[other].publicKey.asymmetricKeyType && !alg.startsWith('ES'))
          continue;
        if (alg === other) continue;
        expect(await outcome(token, keys[other].publicKey, alg))
          .withContext(`${alg} with ${other}`)
          .toBe('invalid_token');
      }
    }
  });

  it('[S-27] is rejected in a token that has not three parts of base64url', async () => {
    const { publicKey, privateKey } = keys.ES256;
    const token = await tokenOf('ES256', privateKey);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const malformed = [
      '',
      '..',
      header,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${token}.`,
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      `${header}..${signature}`,
      `bnVsbA.${payload}.${signature}`,
      `W10.${payload}.${signature}`,
      `e30.${payload}.${signature}`,
    ];
    for (const each of malformed) {
      expect(await outcome(each, publicKey, 'ES256'))
        .withContext(each)
        .toBe('invalid_token');
    }
  });
});
