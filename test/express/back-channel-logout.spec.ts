import { randomUUID } from 'node:crypto';
import express from 'express';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import {
  type BackChannelLogoutOptions,
  backChannelLogout,
  type LogoutStore,
  type WebTokens,
  webSession,
  webTokens,
} from '../../src/express.js';
import { listen, postForm, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';
import { testClock } from '../server/support/test-clock.js';

const issuer = 'https://provider.example.com';
const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
type Claims = Record<string, unknown>;

describe('back-channel logout', () => {
  const clock = testClock();
  const now = (): number => Math.floor(clock() / 1000);
  let key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  let options: BackChannelLogoutOptions;
  let server: RunningServer;
  /** The sessions of the application, by the name in the query. */
  let sessions: Map<string, WebTokens>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    key = privateKey;
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] };
    options = { issuer, clientId: 'web-app', keys, clock };
  });
  afterEach(() => server.close());

  const signed = (claims: Claims, header: Claims = {}): Promise<string> =>
    new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);
  const logoutToken = (claims: Claims = {}, header: Claims = { typ: 'logout+jwt' }): Promise<string> =>
    signed(
      { iss: issuer, aud: 'web-app', iat: now(), exp: now() + 120, jti: randomUUID(), events, sid: 's1', ...claims },
      header,
    );
  const session = async (claims: Claims = {}): Promise<WebTokens> => ({
    access_token: 'a',
    refresh_token: 'r',
    expires_at: now() + 36_000,
    id_token: await signed({ iss: issuer, aud: 'web-app', sub: 'ada', sid: 's1', iat: now(), ...claims }),
  });
  const serve = async (all: BackChannelLogoutOptions = options): Promise<void> => {
    sessions = new Map([
      ['ada-1', await session()],
      ['ada-2', await session({ sid: 's2' })],
      ['bob', await session({ sub: 'bob', sid: 's3' })],
    ]);
    const logouts = backChannelLogout(all);
    const app = express();
    app.post('/backchannel-logout', express.urlencoded({ extended: false }), logouts.handler);
    const fresh = webSession({
      tokens: req => sessions.get(String(req.query['session'])),
      refresh: async () => ({ access_token: 'b', expires_in: 36_000 }),
      logouts,
      clock,
    });
    app.get('/', fresh, (req, res) => void res.json({ token: webTokens(req).access_token }));
    server = await listen(app);
  };
  const logOut = async (token: string | Promise<string>): Promise<TestResponse> =>
    postForm(`${server.origin}/backchannel-logout`, { logout_token: await token });
  const statuses = async (): Promise<number[]> => {
    const responses = ['ada-1', 'ada-2', 'bob'].map(name => request(`${server.origin}/?session=${name}`));
    return (await Promise.all(responses)).map(({ status }) => status);
  };

  it('ends the session of a sid', async () => {
    await serve();
    expect(await statuses()).toEqual([200, 200, 200]);
    const response = await logOut(logoutToken());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await statuses()).toEqual([401, 200, 200]);
  });

  it('ends all sessions of a sub', async () => {
    await serve();
    expect((await logOut(logoutToken({ sub: 'ada', sid: undefined }))).status).toBe(200);
    expect(await statuses()).toEqual([401, 401, 200]);
  });

  it('ends one session of a user if the token has both', async () => {
    await serve();
    await logOut(logoutToken({ sub: 'ada', sid: 's2' }));
    expect(await statuses()).toEqual([200, 401, 200]);
  });

  it('leaves sessions alone that begin later', async () => {
    await serve();
    await logOut(logoutToken({ sub: 'ada', sid: undefined }));
    clock.advance(2);
    sessions.set('ada-1', await session({ sid: 's9' }));
    expect(await statuses()).toEqual([200, 401, 200]);
    await logOut(logoutToken({ sub: 'ada', sid: undefined }));
    expect(await statuses()).toEqual([401, 401, 200]);
  });

  it('ends a session whose ID token was refreshed', async () => {
    await serve();
    const authTime = now();
    clock.advance(600);
    sessions.set('ada-1', await session({ auth_time: authTime }));
    sessions.set('ada-2', await session({ sid: 's2', auth_time: authTime }));
    await logOut(logoutToken({ sub: 'ada', sid: undefined }));
    clock.advance(60);
    sessions.set('ada-1', await session({ auth_time: authTime }));
    sessions.set('ada-2', await session({ sid: 's2', auth_time: authTime }));
    expect(await statuses()).toEqual([401, 401, 200]);
  });

  it('calls onEnded of the application', async () => {
    const logouts = backChannelLogout(options);
    const app = express();
    app.post('/backchannel-logout', express.urlencoded({ extended: false }), logouts.handler);
    const tokens = await session();
    const onEnded: express.RequestHandler = (_req, res) => void res.redirect('/login');
    app.get('/', webSession({ tokens: () => tokens, refresh: async () => tokens, logouts, onEnded, clock }));
    server = await listen(app);
    await logOut(logoutToken());
    const { status, headers } = await request(server.origin, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, '/login']);
  });

  it('rejects a logout token that is used twice', async () => {
    await serve();
    const token = await logoutToken({ sid: 's2' });
    expect((await logOut(token)).status).toBe(200);
    const again = await logOut(token);
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('accepts a logout token again when the store had failed', async () => {
    let down = true;
    const entries = new Map<string, number>();
    const store: LogoutStore = {
      find: async name => entries.get(name),
      put: async (name, at) => {
        if (down) throw new Error('no store');
        entries.set(name, at);
      },
    };
    await serve({ ...options, store });
    const token = await logoutToken();
    expect((await logOut(token)).status).toBe(503);
    expect(await statuses()).toEqual([200, 200, 200]);
    down = false;
    expect((await logOut(token)).status).toBe(200);
    expect(await statuses()).toEqual([401, 200, 200]);
  });

  it('forgets logouts when no session can be as old', async () => {
    await serve({ ...options, sessionLifetimeSeconds: 60 });
    await logOut(logoutToken());
    clock.advance(59);
    expect((await statuses())[0]).toBe(401);
    clock.advance(1);
    expect((await statuses())[0]).toBe(200);
  });

  for (const header of [{ typ: 'logout+jwt' }, { typ: 'JWT' }, {}]) {
    it(`accepts the header ${JSON.stringify(header)}`, async () => {
      await serve();
      expect((await logOut(logoutToken({}, header))).status).toBe(200);
    });
  }

  const invalid: [name: string, token: () => Promise<string> | string][] = [
    ['nothing', () => ''],
    ['something that is no JWT', () => 'x'],
    ['of another issuer', () => logoutToken({ iss: 'https://evil.example.com' })],
    ['of another client', () => logoutToken({ aud: 'other' })],
    ['that has expired', () => logoutToken({ exp: now() - 60 })],
    ['without iat', () => logoutToken({ iat: undefined })],
    ['without exp', () => logoutToken({ exp: undefined, iat: now() - 3600 })],
    ['without jti', () => logoutToken({ jti: undefined })],
    ['with an empty jti', () => logoutToken({ jti: '' })],
    ['with neither sub nor sid', () => logoutToken({ sid: undefined })],
    ['with a sid that is a list', () => logoutToken({ sid: ['s1'] })],
    ['with a sub that is a number', () => logoutToken({ sub: 7 })],
    ['with an empty sid', () => logoutToken({ sid: '' })],
    ['without events', () => logoutToken({ events: undefined })],
    ['with events of another kind', () => logoutToken({ events: { 'https://example.com/other': {} } })],
    [
      'with an event that is not an object',
      () => logoutToken({ events: { 'http://schemas.openid.net/event/backchannel-logout': true } }),
    ],
    ['with a nonce', () => logoutToken({ nonce: 'n' })],
    ['of another type', () => logoutToken({}, { typ: 'at+jwt' })],
    ['that is an ID token', async () => String((await session()).id_token)],
    [
      'that is not signed',
      () =>
        new UnsecuredJWT({
          iss: issuer,
          aud: 'web-app',
          iat: now(),
          exp: now() + 9,
          jti: 'x',
          events,
          sid: 's1',
        }).encode(),
    ],
    ['with another key', () => logoutToken({}, { typ: 'logout+jwt', kid: 'two' })],
    ['with another signature', async () => `${(await logoutToken()).slice(0, -4)}AAAA`],
  ];
  for (const [name, token] of invalid) {
    it(`rejects a logout token ${name}`, async () => {
      await serve();
      const response = await logOut(token());
      expect([response.status, response.body['error']]).toEqual([400, 'invalid_request']);
      expect(await statuses()).toEqual([200, 200, 200]);
    });
  }

  it('rejects a request without a form, and two tokens', async () => {
    await serve();
    const url = `${server.origin}/backchannel-logout`;
    const token = await logoutToken();
    for (const init of [
      {},
      { body: JSON.stringify({ logout_token: token }) },
      {
        body: new URLSearchParams([
          ['logout_token', token],
          ['logout_token', token],
        ]),
      },
    ]) {
      expect((await request(url, { method: 'POST', ...init })).status).toBe(400);
    }
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  it('responds 503 while the keys cannot be fetched', async () => {
    const { keys: _, ...others } = options as Extract<BackChannelLogoutOptions, { keys: JSONWebKeySet }>;
    await serve({ ...others, jwksUri: 'http://127.0.0.1:1/jwks' });
    expect((await logOut(logoutToken())).status).toBe(503);
  });

  it('accepts a store that returns null for a name that is not stored', async () => {
    const instants = new Map<string, number>();
    const store = {
      put: async (name: string, at: number) => void instants.set(name, at),
      find: async (name: string) => instants.get(name) ?? null,
    };
    await serve({ ...options, store: store as unknown as LogoutStore });
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await logOut(logoutToken())).status).toBe(200);
    expect(await statuses()).toEqual([401, 200, 200]);
  });

  it('ends a session whose beginning cannot be read', async () => {
    await serve();
    sessions.set('ada-1', await session({ auth_time: 'yesterday', iat: undefined }));
    sessions.set('ada-2', { ...(await session()), id_token: await signed({ sub: 'ada', iat: {} }) });
    expect((await logOut(logoutToken({ sid: undefined, sub: 'ada' }))).status).toBe(200);
    expect(await statuses()).toEqual([401, 401, 200]);
  });

  it('needs the ID token in the session', async () => {
    await serve();
    sessions.set('ada-1', { access_token: 'a', expires_at: now() + 60 });
    expect((await statuses())[0]).toBe(503);
  });
});
