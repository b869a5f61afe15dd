import express from 'express';
import { type RequireTokenOptions, requireToken, tokenClaims } from '../../src/express.js';
import { companion, secret } from '../server/support/companion.js';
import { type DpopClient, dpopClient } from '../server/support/dpop-client.js';
import { listen, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';

describe('requireToken() with DPoP', () => {
  let client: DpopClient;
  let other: DpopClient;
  let bound: string;
  let server: RunningServer;
  const { tokens, clock } = companion({
    accessTokenLifetimeSeconds: 600,
    claims: session => (session.sub === 'ada' ? { cnf: confirmation } : {}),
  });
  let confirmation: unknown;

  beforeAll(async () => {
    [client, other] = await Promise.all([dpopClient(), dpopClient()]);
  });
  beforeEach(async () => {
    confirmation = { jkt: client.thumbprint };
    bound = (await tokens.issue({ sub: 'ada' })).access_token;
  });
  afterEach(() => server?.close());

  const serve = async (options: RequireTokenOptions = {}): Promise<void> => {
    const app = express();
    app.set('trust proxy', true);
    app.all(
      /.*/,
      requireToken(tokens, { clock, ...options }),
      (req, res) => void res.json({ sub: tokenClaims(req).sub }),
    );
    server = await listen(app);
  };
  const url = (path = '/me'): string => server.origin + path;
  const proof = (claims = {}, header = {}, by = client) =>
    by.proof({ method: 'GET', url: url(), accessToken: bound, now: clock() }, claims, header);
  const get = (headers: Record<string, string>, path = '/me'): Promise<TestResponse> => request(url(path), { headers });
  const send = (dpop: string, token = bound) => get({ authorization: `DPoP ${token}`, dpop });
  const expectChallenge = ({ status, headers, body }: TestResponse, error: string) => {
    expect([status, body['error']]).toEqual([401, error]);
    expect(headers.get('www-authenticate')).toMatch(new RegExp(`^DPoP .*error="${error}"`));
    expect(headers.get('www-authenticate')).toMatch(/algs="[\w ]*ES256/);
  };

  it('accepts a bound token with a proof', async () => {
    await serve();
    expect((await send(await proof())).body).toEqual({ sub: 'ada' });
    expect((await get({ authorization: `dpop ${bound}`, DPoP: await proof() })).status).toBe(200);
  });

  for (const alg of ['ES384', 'PS256', 'RS256', 'EdDSA']) {
    it(`accepts a proof signed with ${alg}`, async () => {
      const signer = await dpopClient(alg);
      confirmation = { jkt: signer.thumbprint };
      bound = (await tokens.issue({ sub: 'ada' })).access_token;
      await serve();
      expect((await send(await proof({}, {}, signer))).status).toBe(200);
    });
  }

  it('rejects a bound token without a proof, with either scheme', async () => {
    await serve();
    expectChallenge(await get({ authorization: `Bearer ${bound}` }), 'invalid_token');
    expectChallenge(await get({ authorization: `Bearer ${bound}`, dpop: await proof() }), 'invalid_token');
    expectChallenge(await get({ authorization: `DPoP ${bound}` }), 'invalid_dpop_proof');
  });

  it('rejects a token that is bound in another way', async () => {
    await serve();
    for (const cnf of [{ 'x5t#S256': 'x' }, {}, null, 'x', { jkt: 7 }, { jkt: '' }, [client.thumbprint]]) {
      confirmation = cnf;
      const { access_token } = await tokens.issue({ sub: 'ada' });
      const response = await get({ authorization: `Bearer ${access_token}` });
      expect([response.status, response.body['error']])
        .withContext(JSON.stringify(cnf))
        .toEqual([401, 'invalid_token']);
      const withProof = await client.proof({ method: 'GET', url: url(), accessToken: access_token, now: clock() });
      expect((await send(withProof, access_token)).body['error']).toBe('invalid_token');
    }
  });

  it('rejects an unbound token with the scheme DPoP', async () => {
    await serve();
    const { access_token } = await tokens.issue({ sub: 'bob' });
    const dpop = await client.proof({ method: 'GET', url: url(), accessToken: access_token, now: clock() });
    expectChallenge(await send(dpop, access_token), 'invalid_token');
  });

  const invalid: [name: string, claims: () => object, header?: () => object][] = [
    ['of another method', () => ({ htm: 'POST' })],
    ['of a method in lower case', () => ({ htm: 'get' })],
    ['without a method', () => ({ htm: undefined })],
    ['of another path', () => ({ htu: url('/other') })],
    ['of another origin', () => ({ htu: 'https://api.example.com/me' })],
    ['of another scheme', () => ({ htu: url().replace('http:', 'https:') })],
    ['without a URL', () => ({ htu: undefined })],
    ['of something that is not a URL', () => ({ htu: '/me' })],
    ['of the future', () => ({ iat: clock() / 1000 + 3600 })],
    ['of the past', () => ({ iat: clock() / 1000 - 3600 })],
    ['without an instant', () => ({ iat: undefined })],
    ['of an instant that is a string', () => ({ iat: '1' })],
    ['that has expired', () => ({ exp: clock() / 1000 - 60 })],
    ['without a jti', () => ({ jti: undefined })],
    ['with an empty jti', () => ({ jti: '' })],
    ['with a jti that is a number', () => ({ jti: 7 })],
    ['of another access token', () => ({ ath: 'x' })],
    ['without an access token', () => ({ ath: undefined })],
    ['with the type of a JWT', () => ({}), () => ({ typ: 'JWT' })],
    ['without a type', () => ({}), () => ({ typ: undefined })],
    ['without a key', () => ({}), () => ({ jwk: undefined })],
    ['with the key of another client', () => ({}), () => ({ jwk: other.jwk })],
    ['with a shared secret', () => ({}), () => ({ jwk: { kty: 'oct', k: 'AAAA' } })],
    ['with a private key', () => ({}), () => ({ jwk: { ...client.jwk, d: 'AAAA' } })],
    ['with unknown critical extensions', () => ({}), () => ({ crit: ['x'], x: 1 })],
  ];
  for (const [name, claims, header] of invalid) {
    it(`rejects a proof ${name}`, async () => {
      await serve();
      const dpop = await proof(claims(), header?.()).catch(() => 'cannot.be.signed');
      expectChallenge(await send(dpop), 'invalid_dpop_proof');
    });
  }

  it('rejects a proof by another key than the token’s', async () => {
    await serve();
    expectChallenge(await send(await proof({}, {}, other)), 'invalid_dpop_proof');
  });

  it('rejects two proofs, an empty proof, and a proof that is no JWT', async () => {
    await serve();
    for (const dpop of [`${await proof()}, ${await proof()}`, '', 'x', 'a.b.c']) {
      expectChallenge(await send(dpop), 'invalid_dpop_proof');
    }
  });

  it('rejects a proof that is used twice, as long as it could be accepted', async () => {
    await serve();
    const dpop = await proof();
    expect((await send(dpop)).status).toBe(200);
    expectChallenge(await send(dpop), 'invalid_dpop_proof');
    bound = (await tokens.issue({ sub: 'ada' })).access_token;
    const ofTheFuture = await proof({ iat: clock() / 1000 + 30 });
    expect((await send(ofTheFuture)).status).toBe(200);
    for (const [seconds, description] of [
      [119, /used before/],
      [2, /not valid/],
    ] as const) {
      clock.advance(seconds);
      const response = await send(ofTheFuture);
      expectChallenge(response, 'invalid_dpop_proof');
      expect(response.body['error_description']).toMatch(description);
    }
  });

  it('accepts a jti that another client used', async () => {
    await serve();
    expect((await send(await proof({ jti: 'one' }))).status).toBe(200);
    confirmation = { jkt: other.thumbprint };
    bound = (await tokens.issue({ sub: 'ada' })).access_token;
    expect((await send(await proof({ jti: 'one' }, {}, other))).status).toBe(200);
  });

  it('asks a replay store that several processes share', async () => {
    const seen = new Map<string, number>();
    const replays = async (key: string, lifetimeSeconds: number): Promise<boolean> => {
      const isNew = !seen.has(key);
      seen.set(key, lifetimeSeconds);
      return isNew;
    };
    await serve({ dpop: { replays } });
    const dpop = await proof();
    expect((await send(dpop)).status).toBe(200);
    expectChallenge(await send(dpop), 'invalid_dpop_proof');
    expect([...seen.values()]).toEqual([jasmine.any(Number)]);
    await server.close();
    await serve({ dpop: { replays: () => Promise.reject(new Error('no store')) } });
    expect((await send(await proof())).status).toBe(503);
  });

  it('compares URLs without query, and as equivalent URLs', async () => {
    await serve();
    for (const htu of ['/me?page=1', '/me#top', '/%6De', '/x/../me'].map(url)) {
      const dpop = await proof({ htu });
      expect((await get({ authorization: `DPoP ${bound}`, dpop }, '/me?page=2')).status)
        .withContext(htu)
        .toBe(200);
    }
  });

  it('reads the public URL from a trusted proxy, or from its options', async () => {
    await serve();
    const atProxy = await proof({ htu: 'https://api.example.com/me' });
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' };
    expect((await get({ authorization: `DPoP ${bound}`, dpop: atProxy, ...forwarded })).status).toBe(200);
    await server.close();
    await serve({ dpop: { origin: 'https://api.example.com' } });
    expect((await send(await proof({ htu: 'https://api.example.com/me' }))).status).toBe(200);
  });

  for (const host of ['[', 'a b', 'a:b']) {
    it(`rejects a proof at the host "${host}", which is not valid, with or without an origin`, async () => {
      for (const options of [{}, { dpop: { origin: 'https://api.example.com' } }]) {
        await serve(options);
        const dpop = await proof({ htu: 'https://api.example.com/me' });
        const headers = { authorization: `DPoP ${bound}`, dpop, 'x-forwarded-host': host };
        expectChallenge(await get(headers), 'invalid_dpop_proof');
        await server.close();
      }
    });
  }

  it('requires DPoP of all clients, if told to', async () => {
    await serve({ dpop: { required: true } });
    const { access_token } = await tokens.issue({ sub: 'bob' });
    expectChallenge(await get({ authorization: `Bearer ${access_token}` }), 'invalid_token');
    expect((await request(url())).headers.get('www-authenticate')).toMatch(/^DPoP algs="/);
    expect((await send(await proof())).status).toBe(200);
  });

  it('requires a nonce of its own, if told to', async () => {
    await serve({ dpop: { nonceSecret: secret } });
    const asked = await send(await proof());
    expectChallenge(asked, 'use_dpop_nonce');
    const nonce = asked.headers.get('dpop-nonce') ?? '';
    expect((await send(await proof({ nonce }))).status).toBe(200);
    for (const wrong of ['x', '', 7, `${nonce}x`, nonce.replace(/^\w/, 'Z')]) {
      expectChallenge(await send(await proof({ nonce: wrong })), 'use_dpop_nonce');
    }
    clock.advance(3600);
    bound = (await tokens.issue({ sub: 'ada' })).access_token;
    const late = await send(await proof({ nonce }));
    expectChallenge(late, 'use_dpop_nonce');
    expect((await send(await proof({ nonce: late.headers.get('dpop-nonce') }))).status).toBe(200);
  });

  it('verifies a proof once for two guards of one route', async () => {
    const app = express();
    app.use(requireToken(tokens, { clock }));
    app.get('/me', requireToken(tokens, { clock, scopes: [] }), (_req, res) => void res.json({}));
    server = await listen(app);
    expect((await send(await proof())).status).toBe(200);
  });
});
