import express from 'express';
import { memoryStore, refreshToken } from '../../src/express.js';
import { companion, companionApp, day, type RunningCompanion, runCompanion } from './support/companion.js';
import { type Answer, listen, postForm, postJson, request } from './support/http-server.js';

const refusal = '{"error":"invalid_grant","error_description":"The refresh token is not valid. Log in again."}';

describe('refreshToken()', () => {
  let app: RunningCompanion;
  beforeEach(async () => {
    app = await runCompanion();
  });
  afterEach(() => app.server.close());

  const post = (body: unknown, headers?: Record<string, string>): Promise<Answer> =>
    postJson(`${app.server.origin}/auth/login`, body, headers);

  it('answers a refresh with new tokens of the same shape as the login’s', async () => {
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

  it('takes the old access token in Authorization, expired or not, and is not impressed by it', async () => {
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

  it('passes on everything that is not a refresh', async () => {
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
    const answer = await request(server.origin, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'refresh_token', refresh_token }),
    });
    expect(answer.body).toEqual({ from: 'next' });
    await server.close();
  });

  it('reads a form as well, when the application parses one', async () => {
    const forms = express();
    forms.post('/token', express.urlencoded({ extended: false }), refreshToken(app.tokens));
    const server = await listen(forms);
    const { refresh_token } = await app.login('ada');
    const answer = await postForm(`${server.origin}/token`, {
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
    });
    expect(answer.status).toBe(200);
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
    it(`[F108] answers invalid_request to ${name}`, async () => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.body['error']).toBe('invalid_request');
      expect(app.events).toEqual([]);
    });
  }

  it('[F108] is not misled by a __proto__ in the body', async () => {
    const { refresh_token } = await app.login('ada');
    const url = `${app.server.origin}/auth/login`;
    const body = `{"username":"ada","__proto__":{"grant_type":"refresh_token","refresh_token":"${refresh_token}"}}`;
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.status).toBe(200);
    expect(app.events.map(({ type }) => type)).toEqual(['issued', 'issued']);
    expect('grant_type' in {}).toBeFalse();
  });

  it('[F108] reads own properties only, wherever else a prototype was polluted', async () => {
    const polluted = { value: 'refresh_token', configurable: true };
    Object.defineProperty(Object.prototype, 'grant_type', polluted);
    try {
      expect((await post({ username: 'ada' })).body['refresh_token']).toEqual(jasmine.any(String));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'grant_type');
    }
  });

  it('[S-04] refuses in the same words whatever the cause, which only the audit learns', async () => {
    const bound = companion();
    const server = await listen(companionApp(bound, 'app'));
    const answers: [string, Answer][] = [];
    const ask = async (cause: string, body: object, origin = app.server.origin) =>
      answers.push([cause, await postJson(`${origin}/auth/login`, { grant_type: 'refresh_token', ...body })]);

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

    for (const [cause, answer] of answers) {
      expect(answer.status).withContext(cause).toBe(400);
      expect(answer.text).withContext(cause).toBe(refusal);
    }
    const reasons = [...bound.events, ...app.events].flatMap(event => (event.type === 'refused' ? [event.reason] : []));
    expect(reasons.sort()).toEqual(answers.map(([cause]) => cause as (typeof reasons)[number]).sort());
    await server.close();
  });

  it('[S-02] lets no answer be cached or sniffed, refusals neither', async () => {
    const { refresh_token } = await app.login('ada');
    const answers = [
      await app.refresh({ refresh_token }),
      await app.refresh({ refresh_token: 'garbage' }),
      await app.refresh({ refresh_token: [] }),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('[F95] gives one successor to a hundred presentations at once, and raises no alarm', async () => {
    const { refresh_token } = await app.login('ada');
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.refresh({ refresh_token })));
    expect(answers.every(({ status }) => status === 200)).toBeTrue();
    expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(1);
    expect(app.events.filter(({ type }) => type === 'rotated').length).toBe(1);
    expect(app.events.filter(({ type }) => type === 'grace_used').length).toBe(99);
  });

  it('[F102] answers 503 in JSON, with Retry-After, when the store fails', async () => {
    const failing = companion({ store: { ...memoryStore(), find: () => Promise.reject(new Error('ECONNREFUSED')) } });
    const server = await listen(companionApp(failing));
    const { refresh_token } = await failing.tokens.issue({ sub: 'ada' });
    const answer = await postJson(`${server.origin}/auth/login`, { grant_type: 'refresh_token', refresh_token });
    expect(answer.status).toBe(503);
    expect(answer.body).toEqual({ error: 'temporarily_unavailable', error_description: 'Try again in a moment.' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await server.close();
  });

  it('[F98] ends the session for thief and victim when the victim comes second', async () => {
    const { refresh_token } = await app.login('ada');
    const thief = await app.refresh({ refresh_token });
    app.clock.advance(11);
    const victim = await app.refresh({ refresh_token });
    const thiefAgain = await app.refresh({ refresh_token: thief.body['refresh_token'] });
    expect([thief.status, victim.status, thiefAgain.status]).toEqual([200, 400, 400]);
    expect(app.events.filter(({ type }) => type === 'reuse_detected').length).toBe(1);
  });

  it('[F99] tells the audit where a predecessor came from, when one came within grace', async () => {
    const { refresh_token } = await app.login('ada');
    await app.refresh({ refresh_token }, { 'user-agent': 'victim' });
    await app.refresh({ refresh_token }, { 'user-agent': 'thief' });
    expect(app.events.at(-1)).toEqual(
      jasmine.objectContaining({ type: 'grace_used', userAgent: 'thief', ip: '127.0.0.1', sub: 'ada' }),
    );
  });
});
