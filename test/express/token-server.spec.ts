import { inspect } from 'node:util';
import express from 'express';
import {
  type Client,
  OAuthError,
  requireToken,
  type TokenEvent,
  type TokenServerOptions,
  tokenClaims,
  tokenServer,
} from '../../src/express.js';
import { type Companion, companion, keepEvents } from '../server/support/companion.js';
import {
  listen,
  postForm,
  postJson,
  type RunningServer,
  request,
  type TestResponse,
} from '../server/support/http-server.js';

const clients: readonly Client[] = [
  { id: 'testclient', secret: 'secret', scopes: ['read', 'write'] },
  { id: 'page', scopes: ['read'] },
  { id: 'other', secret: 'other secret' },
  { id: 'refresher', grants: ['refresh_token'] },
  { id: 'https://client.example', secret: 'a+b/c=%41:d' },
  { id: 'plus', secret: 'a+b/c=%41:d' },
];
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const testclient = basic('testclient', 'secret');
const password = { grant_type: 'password', username: 'test', password: 'test' };

async function run(parts: Companion, overrides: Partial<TokenServerOptions> = {}): Promise<RunningServer> {
  const app = express();
  app.use(
    await tokenServer({
      issuer: 'https://login.example.com',
      tokens: parts.tokens,
      clients,
      authenticate: (name, secret) => (name === 'test' && secret === 'test' ? { sub: 'user-1' } : undefined),
      ...overrides,
    }),
  );
  app.get('/secret', requireToken(parts.tokens), (req, res) => void res.json(tokenClaims(req)));
  app.set('env', 'test');
  return listen(app);
}

describe('tokenServer()', () => {
  let parts: Companion;
  let server: RunningServer;
  const token = (body: Record<string, string>, headers?: Record<string, string>): Promise<TestResponse> =>
    postForm(`${server.origin}/oauth/token`, body, headers);
  const revoke = (body: Record<string, string>, headers?: Record<string, string>): Promise<TestResponse> =>
    postForm(`${server.origin}/oauth/revoke`, body, headers);
  const expectError = ({ status, body, headers }: TestResponse, expectedStatus: number, code: string): void => {
    expect(status).toBe(expectedStatus);
    expect(body['error']).toBe(code);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  };

  beforeEach(async () => {
    parts = companion();
    server = await run(parts);
  });
  afterEach(() => server.close());

  it('issues tokens for a password, and for a refresh token', async () => {
    const first = await token(password, testclient);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      access_token: jasmine.any(String),
      token_type: 'Bearer',
      expires_in: 10,
      refresh_token: jasmine.any(String),
      refresh_expires_in: jasmine.any(Number),
      scope: 'read write',
    });
    expect(first.headers.get('cache-control')).toBe('no-store');
    const next = await token(
      { grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']) },
      testclient,
    );
    expect(next.status).toBe(200);
    expect(next.body['refresh_token']).not.toBe(first.body['refresh_token']);
    const me = await request(`${server.origin}/secret`, {
      headers: { authorization: `Bearer ${next.body['access_token']}` },
    });
    expect(me.body).toEqual(jasmine.objectContaining({ sub: 'user-1', client_id: 'testclient', scope: 'read write' }));
  });

  it('authenticates clients by the Basic header, by the body and, for public clients, by their ID', async () => {
    const inBody = { client_id: 'testclient', client_secret: 'secret' };
    expect((await token(password, testclient)).status).toBe(200);
    expect((await token({ ...password, ...inBody })).status).toBe(200);
    expect((await token({ ...password, client_id: 'page' })).status).toBe(200);
  });

  it('accepts raw and form-encoded credentials in the Basic header', async () => {
    const { id, secret = '' } = clients.find(client => client.id.startsWith('https:'))!;
    const encoded = basic(encodeURIComponent(id), encodeURIComponent(secret));
    for (const response of [await token(password, encoded), await token({ ...password, client_id: id }, encoded)]) {
      expect(response.status).toBe(200);
      const { refresh_token } = response.body;
      expect((await revoke({ token: String(refresh_token) }, encoded)).status).toBe(200);
    }
    expectError(await token(password, basic(encodeURIComponent(id), 'a')), 401, 'invalid_client');
    expectError(await token(password, basic('%', '%')), 401, 'invalid_client');
    const raw = basic('plus', 'a+b/c=%41:d');
    expect((await token(password, raw)).status).toBe(200);
    expect((await revoke({ token: 'unknown' }, raw)).status).toBe(200);
  });

  it('treats an empty secret as missing, in the Basic header and in the body', async () => {
    for (const headers of [
      basic('page', ''),
      { authorization: `basic  ${Buffer.from('page:').toString('base64')} ` },
    ]) {
      expect((await token(password, headers)).status).toBe(200);
      expect((await revoke({ token: 'unknown' }, headers)).status).toBe(200);
    }
    expect((await token({ ...password, client_id: 'page', client_secret: '' })).status).toBe(200);
    expectError(await token(password, basic('testclient', '')), 401, 'invalid_client');
  });

  it('accepts JSON and forms', async () => {
    const response = await postJson(`${server.origin}/oauth/token`, { ...password, client_id: 'page' });
    expect(response.status).toBe(200);
  });

  it('does not read client credentials from a bearer token', async () => {
    const { body } = await token({ ...password, client_id: 'page' });
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']), client_id: 'page' };
    expect((await token(refresh, { authorization: `Bearer ${body['access_token']}` })).status).toBe(200);
  });

  it('[S-03] responds with the error codes of RFC 6749', async () => {
    const { body } = await token(password, testclient);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    expectError(await token({ username: 'test' }, testclient), 400, 'invalid_request');
    expectError(await token({ grant_type: 'password', username: 'test' }, testclient), 400, 'invalid_request');
    expectError(await token({ grant_type: 'refresh_token' }, testclient), 400, 'invalid_request');
    expectError(await token({ ...password, password: 'wrong' }, testclient), 400, 'invalid_grant');
    expectError(await token({ ...refresh, refresh_token: 'garbage' }, testclient), 400, 'invalid_grant');
    expectError(await token(refresh, basic('other', 'other secret')), 400, 'invalid_grant');
    expectError(await token({ ...password, client_id: 'refresher' }), 400, 'unauthorized_client');
    expectError(await token({ ...password, grant_type: 'magic' }, testclient), 400, 'unsupported_grant_type');
    expectError(await token({ ...password, grant_type: 'constructor' }, testclient), 400, 'unsupported_grant_type');
    for (const grant_type of ['authorization_code', 'client_credentials', 'magic']) {
      expectError(await token({ ...password, grant_type, client_id: 'page' }), 400, 'unsupported_grant_type');
    }
    expectError(await token({ ...password, scope: 'admin' }, testclient), 400, 'invalid_scope');
    expectError(await token({ ...refresh, scope: 'admin' }, testclient), 400, 'invalid_scope');
    expectError(
      await token({ ...password, client_id: 'testclient' }, testclient.authorization ? basic('testclient', 'x') : {}),
      401,
      'invalid_client',
    );
    expect((await token(refresh, testclient)).status)
      .withContext('none of these used the token up')
      .toBe(200);
  });

  it('[S-03] responds 401 with a challenge to unknown clients', async () => {
    const strangers = [
      await token(password, basic('testclient', 'wrong')),
      await token(password, basic('unknown', 'secret')),
      await token({ ...password, client_id: 'testclient' }),
      await token({ ...password, client_id: 'page', client_secret: 'made up' }),
      await token(password),
      await revoke({ token: 'x' }),
      await revoke({ token: 'x' }, basic('testclient', 'wrong')),
    ];
    for (const response of strangers) {
      expectError(response, 401, 'invalid_client');
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    }
  });

  it('rejects two client authentication methods', async () => {
    expectError(await token({ ...password, client_secret: 'secret' }, testclient), 400, 'invalid_request');
    expectError(await token({ ...password, client_id: 'page' }, testclient), 400, 'invalid_request');
    expect((await token({ ...password, client_id: 'testclient' }, testclient)).status).toBe(200);
  });

  it('[F108] accepts each parameter once, as a string, in a body of limited size', async () => {
    const url = `${server.origin}/oauth/token`;
    const form = (body: string) =>
      request(url, {
        method: 'POST',
        body,
        headers: { ...testclient, 'content-type': 'application/x-www-form-urlencoded' },
      });
    const malformed = [
      await form('grant_type=password&username=test&username=root&password=test'),
      await form('grant_type=password&grant_type=refresh_token&username=test&password=test'),
      await form('grant_type=password&username=test%00&password=test'),
      await form(`grant_type=password&username=test&password=${'x'.repeat(9_000)}`),
      await form('username[$ne]=&grant_type=password&password=test'),
      await postJson(url, { ...password, username: ['test'] }, testclient),
      await postJson(url, { ...password, password: { $ne: '' } }, testclient),
      await postJson(url, { ...password, client_id: ['page'] }),
      await postJson(url, [password], testclient),
      await postJson(url, null, testclient),
      await request(url, { method: 'POST', body: '{"grant_type":', headers: { 'content-type': 'application/json' } }),
      await request(url, { method: 'POST', headers: testclient }),
    ];
    for (const response of malformed) expectError(response, 400, 'invalid_request');
    expect(parts.events).toEqual([]);
  });

  it('[S-01] responds 405 to other methods than POST', async () => {
    for (const path of ['/oauth/token', '/oauth/revoke']) {
      const { status, headers } = await request(server.origin + path);
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('POST');
    }
  });

  it('[S-21] revokes the session of a refresh token, and responds 200 for unknown tokens', async () => {
    const { body } = await token(password, testclient);
    const refresh_token = String(body['refresh_token']);
    expect((await revoke({ token: refresh_token, token_type_hint: 'access_token' }, testclient)).status).toBe(200);
    expect((await revoke({ token: refresh_token }, testclient)).status).toBe(200);
    expect((await revoke({ token: 'unknown' }, testclient)).status).toBe(200);
    expectError(await token({ grant_type: 'refresh_token', refresh_token }, testclient), 400, 'invalid_grant');
    expectError(await revoke({}, testclient), 400, 'invalid_request');
  });

  it('[S-21] responds unsupported_token_type for an access token', async () => {
    const { body } = await token(password, testclient);
    expectError(await revoke({ token: String(body['access_token']) }, testclient), 400, 'unsupported_token_type');
  });

  it('[S-21] does not let a client revoke the session of another client', async () => {
    const { body } = await token(password, testclient);
    const refresh_token = String(body['refresh_token']);
    expectError(await revoke({ token: refresh_token }, basic('other', 'other secret')), 400, 'invalid_grant');
    expect((await token({ grant_type: 'refresh_token', refresh_token }, testclient)).status).toBe(200);
  });

  it('[F102] responds 503 when authenticate or clients fails', async () => {
    const broken = await run(parts, {
      clients: () => Promise.reject(new Error('no database')),
    });
    const brokenUsers = await run(parts, {
      authenticate: () => Promise.reject(new Error('no directory')),
    });
    for (const { origin } of [broken, brokenUsers]) {
      const response = await postForm(`${origin}/oauth/token`, password, testclient);
      expectError(response, 503, 'temporarily_unavailable');
      expect(response.headers.get('retry-after')).toBe('1');
      expect(response.text).not.toContain('no d');
    }
    await Promise.all([broken.close(), brokenUsers.close()]);
  });

  it('[S-37] emits one error event without password and client secret when authenticate or clients fails', async () => {
    const events: TokenEvent[] = [];
    const onEvent = keepEvents(events);
    const sent = { ...password, password: 'correct horse' };
    const failed = (): never => {
      throw Object.assign(new Error(`no user like ${JSON.stringify(sent)}`, { cause: new Error('secret') }), {
        code: 'ECONNREFUSED',
        config: { data: sent },
      });
    };
    const faulty = [
      await run(parts, { onEvent, authenticate: failed }),
      await run(parts, { onEvent, clients: failed }),
      await run(parts, { onEvent, authenticate: () => ({ sub: '' }) }),
    ];
    for (const { origin } of faulty) {
      expectError(await postForm(`${origin}/oauth/token`, sent, testclient), 503, 'temporarily_unavailable');
    }
    const [, noClients] = faulty;
    expectError(
      await postForm(`${noClients?.origin}/oauth/revoke`, { token: 'x' }, testclient),
      503,
      'temporarily_unavailable',
    );
    await Promise.all(faulty.map(({ close }) => close()));
    expect(events.map(({ type }) => type)).toEqual(['error', 'error', 'error', 'error']);
    const cause = (event?: TokenEvent) => (event?.type === 'error' ? event.cause : undefined);
    expect(events[0]).toEqual(jasmine.objectContaining({ ip: '127.0.0.1' }));
    expect(cause(events[0])).toEqual(jasmine.objectContaining({ code: 'ECONNREFUSED' }));
    expect(String(cause(events[0]))).toBe(
      'Error: no user like {"grant_type":"password","username":"test","password":"…"}',
    );
    expect(String(cause(events[2]))).toContain('sub must be a non-empty string');
    expect(inspect(events.slice(0, 3), { depth: 9 })).not.toMatch(/correct horse|secret/);
    expect(parts.events).toEqual([]);
  });

  it('[S-37] emits an error event for any request and any error', async () => {
    const events: TokenEvent[] = [];
    const thrown: unknown[] = [new Error('no such user: {"password":"\\ud800\\"x"}'), { message: Object.create(null) }];
    thrown.push(thrown);
    const faulty = await run(parts, {
      onEvent: keepEvents(events),
      authenticate: () => Promise.reject(thrown[events.length]),
    });
    for (const _ of thrown) {
      const sent = { ...password, client_id: 'page', password: '\ud800"x' };
      expectError(await postJson(`${faulty.origin}/oauth/token`, sent), 503, 'temporarily_unavailable');
    }
    expect(events.map(({ type }) => type)).toEqual(['error', 'error', 'error']);
    expect(events[0]).toEqual(jasmine.objectContaining({ cause: new Error('no such user: {"password":"…"}') }));
    await faulty.close();
  });

  it('[S-37] emits no error event for errors of the store, and for an OAuthError of the application', async () => {
    const events: TokenEvent[] = [];
    const onEvent = keepEvents(events);
    const noStore = companion({ onEvent, store: { ...parts.store, create: () => Promise.reject(new Error('down')) } });
    const tooMany = () => Promise.reject(new OAuthError('slow_down', 'Wait a minute.'));
    const servers = [await run(noStore, { onEvent }), await run(parts, { onEvent, authenticate: tooMany })];
    const responses = servers.map(({ origin }) => postForm(`${origin}/oauth/token`, password, testclient));
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([503, 429]);
    expect(events.map(({ type }) => type)).toEqual(['store_error']);
    await Promise.all(servers.map(({ close }) => close()));
  });

  it('accepts null from clients and authenticate for an unknown client or user', async () => {
    const none = async (): Promise<undefined> => JSON.parse('null');
    const noClients = await run(parts, { clients: none });
    const noUsers = await run(parts, { authenticate: none });
    expectError(await postForm(`${noClients.origin}/oauth/token`, password, testclient), 401, 'invalid_client');
    expectError(await postForm(`${noUsers.origin}/oauth/token`, password, testclient), 400, 'invalid_grant');
    await Promise.all([noClients.close(), noUsers.close()]);
  });
});
