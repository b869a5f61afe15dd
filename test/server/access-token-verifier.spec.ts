import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import {
  type AccessTokenVerifierOptions,
  accessTokenVerifier,
  OAuthError,
  type SigningKey,
  type TokenEvent,
  type VerificationKeys,
} from '../../src/server.js';
import { audience, companion, secret } from './support/companion.js';
import { listen, type RunningServer } from './support/http-server.js';
import { testClock } from './support/test-clock.js';

const issuer = 'https://login.example.com';
const signingKey = (kid: string): SigningKey => ({
  kid,
  alg: 'ES256',
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
});
const older = signingKey('older');
const newer = signingKey('newer');
const newest = signingKey('newest');

describe('an access token verifier', () => {
  const clock = testClock();
  const issued = async (key: SigningKey): Promise<string> =>
    (await companion({ signingKeys: [key], accessTokenLifetimeSeconds: 86_400 }, clock).tokens.issue({ sub: 'ada' }))
      .access_token;
  const keysOf = (...keys: SigningKey[]) => companion({ signingKeys: keys }).tokens.publicKeys;
  const verifier = (keys: VerificationKeys, more: Partial<AccessTokenVerifierOptions> = {}) =>
    accessTokenVerifier({
      issuer,
      audience,
      clock,
      clockToleranceSeconds: 0,
      ...more,
      ...keys,
    } as AccessTokenVerifierOptions);
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'valid',
      (error: unknown) => (error instanceof OAuthError ? error.code : String(error)),
    );

  describe('with keys at a URL', () => {
    let published = keysOf(older);
    let fetches = 0;
    let down = false;
    let server: RunningServer;
    let jwksUri: string;

    beforeEach(async () => {
      published = keysOf(older);
      fetches = 0;
      down = false;
      const app = express();
      app.get('/jwks', (_req, res) => {
        fetches += 1;
        if (down) res.status(500).send('down');
        else res.json(published);
      });
      server = await listen(app);
      jwksUri = `${server.origin}/jwks`;
    });
    afterEach(() => server.close());

    it('fetches the keys once for any number of tokens', async () => {
      const tokens = verifier({ jwksUri });
      const token = await issued(older);
      await Promise.all(Array.from({ length: 20 }, () => tokens.verify(token)));
      expect((await tokens.verify(token)).sub).toBe('ada');
      expect(fetches).toBe(1);
    });

    it('[F106] fetches the keys again for an unknown key id, at most every thirty seconds', async () => {
      const tokens = verifier({ jwksUri });
      await tokens.verify(await issued(older));
      published = keysOf(newer, older);
      clock.advance(30);
      expect(await outcome(tokens.verify(await issued(newer)))).toBe('valid');
      for (let attempt = 0; attempt < 5; attempt++) {
        expect(await outcome(tokens.verify(await issued(newest)))).toBe('invalid_token');
      }
      expect(fetches).toBe(2);
      expect(await outcome(tokens.verify(await issued(older)))).toBe('valid');
    });

    it('[F106] uses cached keys while the keys cannot be fetched', async () => {
      const tokens = verifier({ jwksUri });
      const token = await issued(older);
      await tokens.verify(token);
      down = true;
      clock.advance(700);
      expect(await outcome(tokens.verify(token))).toBe('valid');
      clock.advance(700);
      expect(await outcome(tokens.verify(token))).toBe('valid');
      expect(await outcome(tokens.verify(await issued(newer)))).toBe('temporarily_unavailable');
      expect(await outcome(tokens.verify(await issued(newer)))).toBe('temporarily_unavailable');
      expect(fetches).toBeLessThanOrEqual(4);
    });

    it('[F106] fetches the keys after the clock was set back', async () => {
      const tokens = verifier({ jwksUri });
      clock.advance(86_400);
      await tokens.verify(await issued(older));
      clock.advance(-86_400);
      published = keysOf(newer);
      expect(await outcome(tokens.verify(await issued(newer)))).toBe('valid');
      expect(await outcome(tokens.verify(await issued(newest)))).toBe('invalid_token');
      expect(fetches).toBe(2);
    });

    it('[F106] drops a key that is no longer published after ten minutes', async () => {
      const tokens = verifier({ jwksUri });
      const token = await issued(older);
      await tokens.verify(token);
      published = keysOf(newer);
      clock.advance(600);
      await tokens.verify(token);
      while (fetches < 2) await new Promise(setImmediate);
      await tokens.verify(await issued(newer));
      expect(await outcome(tokens.verify(token))).toBe('invalid_token');
    });

    it('[S-37] emits an error event when the keys cannot be fetched, also while it uses cached keys', async () => {
      const events: TokenEvent[] = [];
      const tokens = verifier({ jwksUri }, { onEvent: event => events.push(event) });
      down = true;
      expect(await outcome(tokens.verify(await issued(older)))).toBe('temporarily_unavailable');
      expect(events).toEqual([{ type: 'error', cause: jasmine.any(Error) }]);
      down = false;
      await tokens.verify(await issued(older));
      expect(await outcome(tokens.verify('made.up.token'))).toBe('invalid_token');
      expect(events.length).toBe(1);
      down = true;
      clock.advance(600);
      expect(await outcome(tokens.verify(await issued(older)))).toBe('valid');
      while (events.length < 2) await new Promise(setImmediate);
      expect(events[1]).toEqual({ type: 'error', cause: jasmine.any(Error) });
    });

    it('responds temporarily_unavailable if the keys were never fetched', async () => {
      down = true;
      expect(await outcome(verifier({ jwksUri }).verify(await issued(older)))).toBe('temporarily_unavailable');
    });
  });

  it('verifies with given public keys', async () => {
    const tokens = verifier({ keys: keysOf(older, newer) });
    expect(await outcome(tokens.verify(await issued(newer)))).toBe('valid');
    expect(await outcome(tokens.verify(await issued(newest)))).toBe('invalid_token');
  });

  it('verifies with the issuer’s current and previous secret', async () => {
    const { access_token } = await companion({}, clock).tokens.issue({ sub: 'ada' });
    const another = 'another secret, as long as the first one';
    expect(await outcome(verifier({ secret: [another, secret] }).verify(access_token))).toBe('valid');
    expect(await outcome(verifier({ secret: another }).verify(access_token))).toBe('invalid_token');
  });

  it('[S-27] does not use a public key as a shared secret', async () => {
    const { access_token } = await companion({}, clock).tokens.issue({ sub: 'ada' });
    const oct = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' };
    expect(await outcome(verifier({ keys: { keys: [oct] } }).verify(access_token))).toBe('invalid_token');
  });

  it('[S-28] rejects tokens older than maxTokenAgeSeconds', async () => {
    const token = await issued(older);
    clock.advance(61);
    expect(await outcome(verifier({ keys: keysOf(older) }, { maxTokenAgeSeconds: 60 }).verify(token))).toBe(
      'invalid_token',
    );
    expect(await outcome(verifier({ keys: keysOf(older) }).verify(token))).toBe('valid');
  });

  it('[S-28] throws a TypeError for a tolerance over a minute, a short secret, and an empty issuer or audience', () => {
    for (const missing of ['', undefined as unknown as string]) {
      expect(() => verifier({ keys: keysOf(older) }, { issuer: missing })).toThrowError(TypeError);
      expect(() => verifier({ keys: keysOf(older) }, { audience: missing })).toThrowError(TypeError);
    }
    expect(() => verifier({ keys: keysOf(older) }, { clockToleranceSeconds: 61 })).toThrowError(TypeError);
    expect(() => verifier({ secret: 'short' })).toThrowError(TypeError);
  });
});
