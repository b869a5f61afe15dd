import express from 'express';
import { memoryStore, refreshToken } from '../../src/express.js';
import { companion, day } from '../server/support/companion.js';
import { listen, postForm, postJson, request, type TestResponse } from '../server/support/http-server.js';
import { companionApp, type RunningCompanion, runCompanion } from './support/companion-app.js';

const rejection = '{"error":"invalid_grant","error_description":"The refresh token is not valid. Log in again."}';

describe('refreshToken()', () => {
  let app: RunningCompanion;
  beforeEach(async () => {
    app = await runCompanion();
  });
  afterEach(() => app.server.close());

  const post = (body: unknown, headers?: Record<string, string>): Promise<TestResponse> =>
    postJson(`${app.server.origin}/auth/login`, body, headers);

  it('responds to a refresh with tokens in the format of the login', async () => {
    const first = await app.login('ada');
    const { status, body, headers } = await app.refresh({ refresh_token: first['refresh_token'] });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(first));
    expect(body).toEqual({
      access_token: jasmine.any(String),
      token_type: 'Bearer',
      expires_in: 10,
      refresh_token: jasmine.any(String),
      refresh_expires_in: 7 * day,
      scope: 'read write',
    });
    expect(body['refresh_token']).not.toBe(first['refresh_token']);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('ignores an access token in Authorization, expired or not', async () => {
    const ada = await app.login('ada');
    const bob = await app.login('bob');
    app.clock.advance(3 * day);
    const { body } = await app.refresh(
      { refresh_token: ada['refresh_token'] },
      { authorization: `Bearer ${bob['access_token']}` },
    );
    const claims = await app.tokens.verify(String(body['access_token']));
    expect(claims.sub).toBe('ada');
  });

  it('passes on requests that are not a refresh', async () => {
    const url = `${app.server.origin}/auth/login`;
    const logins = [
      await post({ username: 'ada' }),
      await post({ username: 'ada', grant_type: 'password' }),
      await post({ username: 'ada', grant_type: null }),
    ];
    const none = [await post([]), await request(url, { method: 'POST' }), await post('{}')];
    expect(logins.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(none.slice(0, 2).map(({ body }) => body['from'])).toEqual(['login handler', 'login handler']);
  });

  it('passes on a refresh that is not a POST', async () => {
    const anyMethod = express();
    anyMethod.use(express.json(), refreshToken(app.tokens), (_req, res) => void res.json({ from: 'next' }));
    const server = await listen(anyMethod);
    const { refresh_token } = await app.login('ada');
    const response = await request(server.origin, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'refresh_token', refresh_token }),
    });
    expect(response.body).toEqual({ from: 'next' });
    await server.close();
  });

  it('reads a form if the application parses it', async () => {
    const forms = express();
    forms.post('/token', express.urlencoded({ extended: false }), refreshToken(app.tokens));
    const server = await listen(forms);
    const { refresh_token } = await app.login('ada');
    const response = await postForm(`${server.origin}/token`, {
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
    });
    expect(response.status).toBe(200);
    await server.close();
  });

  const malformed: [name: string, body: unknown][] = [
    ['no refresh token', { grant_type: 'refresh_token' }],
    ['an empty refresh token', { grant_type: 'refresh_token', refresh_token: '' }],
    ['a refresh token in an array', { grant_type: 'refresh_token', refresh_token: ['x'] }],
    ['an operator instead of a refresh token', { grant_type: 'refresh_token', refresh_token: { $ne: '' } }],
    ['a number', { grant_type: 'refresh_token', refresh_token: 1 }],
    ['two grant types', { grant_type: ['refresh_token', 'password'], refresh_token: 'x' }],
    ['a NUL', { grant_type: 'refresh_token', refresh_token: 'x\0y' }],
    ['a client id that is an object', { grant_type: 'refresh_token', refresh_token: 'x', client_id: {} }],
    ['a scope that is an array', { grant_type: 'refresh_token', refresh_token: 'x', scope: ['read'] }],
  ];
  for (const [name, body] of malformed) {
    it(`[F108] responds invalid_request for ${name}`, async () => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(response.body['error']).toBe('invalid_request');
      expect(app.events).toEqual([]);
    });
  }

  it('[F108] ignores __proto__ in the body', async () => {
    const { refresh_token } = await app.login('ada');
    const url = `${app.server.origin}/auth/login`;
    const body = `{"username":"ada","__proto__":{"grant_type":"refresh_token","refresh_token":"${refresh_token}"}}`;
    const response = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(200);
    expect(app.events.map(({ type }) => type)).toEqual(['issued', 'issued']);
    expect('grant_type' in {}).toBeFalse();
  });

  it('[F108] reads own properties only, after prototype pollution', async () => {
    const polluted = { value: 'refresh_token', configurable: true };
    Object.defineProperty(Object.prototype, 'grant_type', polluted);
    try {
      expect((await post({ username: 'ada' })).body['refresh_token']).toEqual(jasmine.any(String));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'grant_type');
    }
  });

  it('[S-04] rejects with the same response for every reason, which only the event contains', async () => {
    const bound = companion();
    const server = await listen(companionApp(bound, 'app'));
    const responses: [string, TestResponse][] = [];
    const ask = async (cause: string, body: object, origin = app.server.origin) =>
      responses.push([cause, await postJson(`${origin}/auth/login`, { grant_type: 'refresh_token', ...body })]);

    await ask('not_a_refresh_token', { refresh_token: 'garbage' });
    const { refresh_token: foreign } = await bound.tokens.issue({ sub: 'ada' });
    await bound.tokens.revokeAllForUser('ada');
    await ask('revoked', { refresh_token: foreign }, server.origin);
    await ask('unknown', { refresh_token: foreign });
    const { refresh_token: ofApp } = await bound.tokens.issue({ sub: 'ada', clientId: 'app' });
    await ask('wrong_client', { refresh_token: ofApp, client_id: 'other' }, server.origin);
    const { refresh_token: old } = await app.login('ada');
    await app.refresh({ refresh_token: old });
    app.clock.advance(11);
    await ask('reuse_detected', { refresh_token: old });
    const { refresh_token: stale } = await app.login('ada');
    app.clock.advance(8 * day);
    await ask('expired', { refresh_token: stale });

    for (const [cause, response] of responses) {
      expect(response.status).withContext(cause).toBe(400);
      expect(response.text).withContext(cause).toBe(rejection);
    }
    const reasons = [...bound.events, ...app.events].flatMap(event =>
      event.type === 'rejected' ? [event.reason] : [],
    );
    expect(reasons.sort()).toEqual(responses.map(([cause]) => cause as (typeof reasons)[number]).sort());
    await server.close();
  });

  it('[S-02] sends no-store and nosniff with every response', async () => {
    const { refresh_token } = await app.login('ada');
    const responses = [
      await app.refresh({ refresh_token }),
      await app.refresh({ refresh_token: 'garbage' }),
      await app.refresh({ refresh_token: [] }),
    ];
    for (const { headers } of responses) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('[F95] sends one successor for a hundred concurrent requests, without a reuse event', async () => {
    const { refresh_token } = await app.login('ada');
    const responses = await Promise.all(Array.from({ length: 100 }, () => app.refresh({ refresh_token })));
    expect(responses.every(({ status }) => status === 200)).toBeTrue();
    expect(new Set(responses.map(({ body }) => body['refresh_token'])).size).toBe(1);
    expect(app.events.filter(({ type }) => type === 'rotated').length).toBe(1);
    expect(app.events.filter(({ type }) => type === 'repeated').length).toBe(99);
  });

  it('[F102] responds 503 in JSON with Retry-After when the store fails', async () => {
    const failing = companion({ store: { ...memoryStore(), find: () => Promise.reject(new Error('ECONNREFUSED')) } });
    const server = await listen(companionApp(failing));
    const { refresh_token } = await failing.tokens.issue({ sub: 'ada' });
    const response = await postJson(`${server.origin}/auth/login`, { grant_type: 'refresh_token', refresh_token });
    expect(response.status).toBe(503);
    expect(response.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The server is temporarily unavailable. Retry later.',
    });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await server.close();
  });

  it('[F98] ends the session for attacker and user when the user refreshes second', async () => {
    const { refresh_token } = await app.login('ada');
    const attacker = await app.refresh({ refresh_token });
    app.clock.advance(11);
    const owner = await app.refresh({ refresh_token });
    const attackerAgain = await app.refresh({ refresh_token: attacker.body['refresh_token'] });
    expect([attacker.status, owner.status, attackerAgain.status]).toEqual([200, 400, 400]);
    expect(app.events.filter(({ type }) => type === 'reuse_detected').length).toBe(1);
  });

  it('[F99] emits the address of a predecessor that is presented within the grace period', async () => {
    const { refresh_token } = await app.login('ada');
    await app.refresh({ refresh_token }, { 'user-agent': 'owner' });
    await app.refresh({ refresh_token }, { 'user-agent': 'attacker' });
    expect(app.events.at(-1)).toEqual(
      jasmine.objectContaining({ type: 'repeated', userAgent: 'attacker', ip: '127.0.0.1', sub: 'ada' }),
    );
  });
});
