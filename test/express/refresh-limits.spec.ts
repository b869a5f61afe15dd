import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { memoryStore, refreshLimits, refreshToken, type TokenEvent } from '../../src/express.js';
import { type Companion, companion } from '../server/support/companion.js';
import { listen, postJson, type RunningServer, type TestResponse } from '../server/support/http-server.js';
import { testClock } from '../server/support/test-clock.js';

describe('refreshLimits()', () => {
  let parts: Companion;
  let server: RunningServer;
  let limited: TokenEvent[];
  let down: boolean;

  beforeEach(async () => {
    const clock = testClock();
    const store = memoryStore({ clock });
    parts = companion(
      { store: { ...store, find: id => (down ? Promise.reject(new Error('no Redis')) : store.find(id)) } },
      clock,
    );
    down = false;
    limited = [];
    const limits = refreshLimits(parts.tokens, {
      perSessionAndMinute: 3,
      perAddressAndMinute: 5,
      perUserAndMinute: 2,
      onEvent: event => limited.push(event),
    });
    const app = express();
    app.post(
      '/auth/login',
      express.json(),
      rateLimit(limits.perSession),
      rateLimit(limits.perAddress),
      rateLimit(limits.perUser),
      refreshToken(parts.tokens),
      (req, res) => void res.status(req.body.password === 'wrong' ? 401 : 200).json({}),
    );
    server = await listen(app);
  });
  afterEach(() => server.close());

  const refresh = (refreshToken: unknown): Promise<TestResponse> =>
    postJson(`${server.origin}/auth/login`, { grant_type: 'refresh_token', refresh_token: refreshToken });

  it('[F109] responds 429 to a session that refreshes too often, without reuse detection', async () => {
    const { refresh_token } = await parts.tokens.issue({ sub: 'ada' });
    const statuses = [];
    for (let count = 0; count < 5; count++) statuses.push((await refresh(refresh_token)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const response = await refresh(refresh_token);
    expect(response.body['error']).toBe('slow_down');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await parts.tokens.sessions('ada')).length).toBe(1);
    expect(limited.length).toBe(3);
    expect(limited[0]).toEqual(
      jasmine.objectContaining({ type: 'rate_limited', sessionId: parts.tokens.sessionId(refresh_token) }),
    );
  });

  it('[F102] does not count responses with 503, so a session continues when the store does', async () => {
    const { refresh_token } = await parts.tokens.issue({ sub: 'ada' });
    down = true;
    for (let count = 0; count < 10; count++) expect((await refresh(refresh_token)).status).toBe(503);
    down = false;
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(limited).toEqual([]);
  });

  it('[F109] does not limit other sessions of the same address', async () => {
    const ada = await parts.tokens.issue({ sub: 'ada' });
    const bob = await parts.tokens.issue({ sub: 'bob' });
    for (let count = 0; count < 5; count++) await refresh(ada.refresh_token);
    expect((await refresh(bob.refresh_token)).status).toBe(200);
  });

  it('[F109] responds 429 to an address that sends invalid refresh tokens', async () => {
    const statuses = [];
    for (const token of ['a', 'b', ['c'], undefined, 'e', 'f']) statuses.push((await refresh(token)).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    const { refresh_token } = await parts.tokens.issue({ sub: 'ada' });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  const login = (username: unknown, password = 'right'): Promise<TestResponse> =>
    postJson(`${server.origin}/auth/login`, { username, password });

  it('responds 429 to successful logins of one user, and not to those of others', async () => {
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push((await login('ada')).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect((await login('bob')).status).toBe(200);
    const { refresh_token } = await parts.tokens.issue({ sub: 'ada' });
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(limited.map(({ type }) => type)).toEqual(['rate_limited', 'rate_limited']);
  });

  it('does not count failed logins, so that they cannot lock a user out', async () => {
    for (let count = 0; count < 10; count++) expect((await login('ada', 'wrong')).status).toBe(401);
    expect((await login('ada')).status).toBe(200);
  });

  it('does not limit logins without a user name', async () => {
    for (const username of [undefined, '', { $gt: '' }, ['ada'], 7]) {
      for (let count = 0; count < 4; count++) expect((await login(username)).status).toBe(200);
    }
  });
});
