import { type AuthError, Bearer } from '../../src/core.js';
import { openIdConnectPorts } from '../../src/oidc.js';
import { issuer, json } from './support/hostile-provider.js';
import { TestPage, type TestPageOptions, until } from './support/test-page.js';

const api = 'https://api.example';

/** A page whose provider binds tokens, and an API with predefined responses. */
async function boundPage(options: TestPageOptions = {}) {
  const page = new TestPage({ dpop: true, ...options });
  page.provider.overrides = { tokens: body => Object.assign(body, { token_type: 'DPoP' }) };
  await page.signIn();
  const sent: Request[] = [];
  const responses: (() => Response)[] = [];
  const bearer = new Bearer(page.session, {
    protects: url => url.startsWith(api),
    proof: page.oidc.proof,
    fetch: async request => {
      sent.push(request);
      return responses.shift()?.() ?? json({});
    },
  });
  return { page, bearer, sent, responses };
}

function challenge(nonce: string): Response {
  return json({}, 401, { 'DPoP-Nonce': nonce, 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' });
}

function payloadOf(proof: string | null | undefined): Record<string, unknown> {
  return decoded(proof?.split('.')[1]);
}

function decoded(part: string | undefined): Record<string, unknown> {
  return JSON.parse(atob((part ?? '').replace(/-/g, '+').replace(/_/g, '/')));
}

describe('tokens bound to a key (DPoP)', () => {
  it('are requested with a proof, and the code is bound as well', async () => {
    const { page } = await boundPage();
    const { headers } = page.provider.requests.find(({ path }) => path === '/token') ?? {};
    const proof = headers?.get('DPoP');
    expect(payloadOf(proof)).toEqual(jasmine.objectContaining({ htm: 'POST', htu: `${issuer}/token` }));
    const { typ, alg, jwk } = decoded(proof?.split('.')[0]);
    expect([typ, alg, Object.keys(jwk as object).sort()]).toEqual(['dpop+jwt', 'ES256', ['crv', 'kty', 'x', 'y']]);
    expect(new URL(page.visited[0] ?? '').searchParams.get('dpop_jkt')).toMatch(/^[\w-]{43}$/);
  });

  it('use a private key that is not extractable', async () => {
    const pairs: CryptoKeyPair[] = [];
    await boundPage({
      ports: {
        keyPair: async (_name, generate) => {
          pairs.push(await generate());
          return pairs[0] as CryptoKeyPair;
        },
      },
    });
    expect(pairs.map(({ privateKey }) => privateKey.extractable)).toEqual([false]);
  });

  it('[F76] are kept and refreshed later while the browser denies access to their key', async () => {
    let pair: CryptoKeyPair | undefined;
    const keyPair = async (_name: string, generate: () => Promise<CryptoKeyPair>) => (pair ??= await generate());
    const { page: before } = await boundPage({ ports: { keyPair } });
    const { provider } = before;
    let isDenied = true;
    const page = new TestPage({
      provider,
      dpop: true,
      ports: {
        keyPair: async (name, generate) => {
          if (isDenied) throw new DOMException('Internal error.', 'UnknownError');
          return keyPair(name, generate);
        },
      },
    });
    page.session.logIn(before.session.freshToken()?.response);
    const requested = provider.requests.length;
    await expectAsync(page.session.updateToken()).toBeRejectedWith(
      jasmine.objectContaining({ code: 'refresh_postponed' }),
    );
    expect(provider.requestedPaths().slice(requested)).toEqual(['/.well-known/openid-configuration']);
    isDenied = false;
    await page.clock.advance(2000);
    await until(() => page.session.state.status === 'logged-in' && !page.session.state.degraded);
    expect(provider.requestedPaths().slice(requested)).toContain('/token');
  });

  it('use one key in memory while the page lives if the browser stores none', async () => {
    const deny = () => Promise.reject(new DOMException('Not here.', 'InvalidStateError'));
    const { page, bearer, sent } = await boundPage({ ports: { keyPair: deny } });
    await page.session.updateToken();
    await bearer.fetch(`${api}/orders`);
    const proofs = [...page.provider.requests, ...sent].flatMap(({ headers }) => headers.get('DPoP') ?? []);
    expect(proofs.length).toBe(3);
    expect(new Set(proofs.map(proof => JSON.stringify(decoded(proof.split('.')[0])['jwk']))).size).toBe(1);
  });

  it('are refreshed with another key when their key in memory is lost', async () => {
    const ports = { keyPair: () => Promise.reject(new DOMException('Not here.', 'InvalidStateError')) };
    const { page: before } = await boundPage({ ports });
    const { provider, storage, session } = before;
    const page = new TestPage({ provider, storage, dpop: true, ports, silentRedirectUri: undefined });
    page.session.logIn(session.freshToken()?.response);
    provider.overrides.respond = ({ url }) =>
      url.endsWith('/token') ? json({ error: 'invalid_grant' }, 400) : undefined;
    await expectAsync(page.session.updateToken()).toBeRejectedWith(
      jasmine.objectContaining({ code: 'refresh_refused' }),
    );
    expect(page.session.state.status).toBe('logged-out');
  });

  it('are rejected when the provider did not bind them', async () => {
    const page = new TestPage({ dpop: true });
    const error: AuthError = await page.signIn().catch(reason => reason);
    expect(error.code).toBe('untrusted_response');
  });

  it('are sent to an API with a proof for the request', async () => {
    const { page, bearer, sent } = await boundPage();
    await bearer.fetch(`${api}/orders?page=2`, { method: 'PUT', body: 'x' });
    const [request] = sent;
    expect(request?.headers.get('Authorization')).toBe(`DPoP ${page.session.freshToken()?.accessToken}`);
    const { htm, htu, ath, jti } = payloadOf(request?.headers.get('DPoP'));
    expect([htm, htu]).toEqual(['PUT', `${api}/orders`]);
    expect(ath).toMatch(/^[\w-]{43}$/);
    expect(jti).toMatch(/^[\w-]{43}$/);
    expect(request?.redirect).toBe('error');
  });

  it('are sent nowhere else, and neither is a proof [C-01]', async () => {
    const { bearer, sent } = await boundPage();
    await bearer.fetch('https://other.example/');
    expect(sent.map(({ headers }) => [headers.get('Authorization'), headers.get('DPoP')])).toEqual([[null, null]]);
  });

  it('are sent once more with the nonce of a challenge, without a refresh', async () => {
    const { page, bearer, sent, responses } = await boundPage();
    responses.push(() => challenge('n1'));
    const response = await bearer.fetch(`${api}/orders`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(200);
    expect(sent.map(({ headers }) => payloadOf(headers.get('DPoP'))['nonce'])).toEqual([undefined, 'n1']);
    expect(await sent[1]?.text()).toBe('x');
    expect(page.provider.requestedPaths().filter(path => path === '/token').length).toBe(1);
    responses.push(() => json({}, 200, { 'DPoP-Nonce': 'n2' }));
    await bearer.fetch(`${api}/orders`);
    await bearer.fetch(`${api}/orders`);
    expect(sent.map(({ headers }) => payloadOf(headers.get('DPoP'))['nonce'])).toEqual([undefined, 'n1', 'n1', 'n2']);
  });

  it('need no refresh when two concurrent requests receive a nonce challenge', async () => {
    const { page, bearer, responses } = await boundPage();
    responses.push(
      () => challenge('n1'),
      () => challenge('n1'),
    );
    const received = await Promise.all([bearer.fetch(`${api}/1`), bearer.fetch(`${api}/2`)]);
    expect(received.map(({ status }) => status)).toEqual([200, 200]);
    expect(page.provider.requestedPaths().filter(path => path === '/token').length).toBe(1);
  });

  it('are retried once only [C-41]', async () => {
    const { bearer, sent, responses } = await boundPage();
    responses.push(
      () => challenge('n1'),
      () => challenge('n2'),
    );
    const response = await bearer.fetch(`${api}/orders`);
    expect(response.status).toBe(401);
    expect(sent.length).toBe(2);
  });

  it('are refreshed after any other 401, with a proof by the same key', async () => {
    const { page, bearer, sent, responses } = await boundPage();
    responses.push(() => json({}, 401, { 'WWW-Authenticate': 'DPoP error="invalid_token"' }));
    await bearer.fetch(`${api}/orders`);
    const [first, second] = sent.map(({ headers }) => headers.get('Authorization'));
    expect(first).not.toBe(second ?? null);
    const keys = page.provider.requests.flatMap(({ path, headers }) =>
      path === '/token' ? [JSON.stringify(decoded(headers.get('DPoP')?.split('.')[0])['jwk'])] : [],
    );
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('are refreshed with the nonce of a nonce challenge', async () => {
    const { page } = await boundPage();
    let attempts = 0;
    const nonces: unknown[] = [];
    page.provider.overrides.respond = request => {
      if (!request.url.endsWith('/token')) return undefined;
      nonces.push(payloadOf(request.headers.get('DPoP'))['nonce']);
      return attempts++ === 0 ? json({ error: 'use_dpop_nonce' }, 400, { 'DPoP-Nonce': 'n1' }) : undefined;
    };
    await page.session.updateToken();
    expect(nonces).toEqual([undefined, 'n1']);
  });

  it('have proofs with the time of the clock of the provider', async () => {
    const { page } = await boundPage();
    const ahead = Date.now() + 3_600_000;
    const { tokens = () => undefined } = page.provider.overrides;
    const idToken = (claims: Record<string, unknown>) =>
      Object.assign(claims, { iat: ahead / 1000, exp: ahead / 1000 + 60 });
    page.provider.overrides = {
      tokens,
      respond: async request => {
        if (!request.url.endsWith('/token')) return undefined;
        const { fetch } = page.provider;
        page.provider.overrides = { tokens, idToken };
        const response = await fetch(request.url, { method: 'POST', body: await request.text() });
        return json(await response.json(), 200, { Date: new Date(page.clock.wall() + 3_600_000).toUTCString() });
      },
    };
    await page.session.updateToken();
    await page.session.updateToken();
    const proofs = page.provider.requests
      .filter(({ path }) => path === '/token')
      .map(({ headers }) => headers.get('DPoP'));
    const { iat } = payloadOf(proofs.at(-1));
    expect(Math.abs(Number(iat) - ahead / 1000)).toBeLessThan(30);
  });
});

describe('the key of bound tokens', () => {
  beforeEach(() => jasmine.clock().install());
  afterEach(() => jasmine.clock().uninstall());

  it('[F76] can be requested again after the browser did not respond for three seconds', async () => {
    const { keyPair } = openIdConnectPorts();
    const name = `key-${crypto.randomUUID()}`;
    const generate = () =>
      crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
        'sign',
        'verify',
      ]) as Promise<CryptoKeyPair>;
    const kept = await keyPair(name, generate);
    const held = spyOn(IDBObjectStore.prototype, 'get').and.returnValue({} as IDBRequest);
    const hanging = keyPair(name, generate);
    await until(() => held.calls.count() > 0);
    jasmine.clock().tick(3001);
    await expectAsync(hanging).toBeRejected();
    held.and.callThrough();
    const [again, first] = [await keyPair(name, generate), kept].map(({ publicKey }) => publicKey);
    expect(await crypto.subtle.exportKey('jwk', again as CryptoKey)).toEqual(
      await crypto.subtle.exportKey('jwk', first as CryptoKey),
    );
  });
});

describe('tokens that are not bound', () => {
  it('are sent synchronously and without a proof', async () => {
    const { bearer, page } = await boundPage();
    page.session.logIn({ access_token: 'plain', token_type: 'Bearer', expires_in: 60 });
    const request = bearer.authorize(new Request(`${api}/orders`));
    expect(request).toBeInstanceOf(Request);
    const { headers } = request as Request;
    expect([headers.get('Authorization'), headers.get('DPoP')]).toEqual(['Bearer plain', null]);
  });
});
