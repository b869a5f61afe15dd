import { createRequire } from 'node:module';
import express5 from 'express';
import {
  logout,
  OAuthError,
  oauthErrorHandler,
  refreshToken,
  requiredParameter,
  requireToken,
  sendTokens,
  type TokenIssuer,
  tokenServer,
} from '../../src/express.js';
import { companion } from '../server/support/companion.js';
import { listen, postForm, postJson, type RunningServer, request } from '../server/support/http-server.js';

const express4 = createRequire(import.meta.url)('express4') as typeof express5;

describe('the header Authorization', () => {
  let server: RunningServer;
  let token: string;
  beforeEach(async () => {
    const { tokens } = companion();
    token = (await tokens.issue({ sub: 'ada' })).access_token;
    server = await listen(express5().get('/', requireToken(tokens), (_req, res) => void res.json({})));
  });
  afterEach(() => server.close());
  const get = (authorization: string) => request(server.origin, { headers: { authorization } });

  it('can have several spaces after the scheme', async () => {
    for (const text of [`Bearer  ${token}`, `BEARER    ${token}`]) expect((await get(text)).status).toBe(200);
  });

  it('is rejected with a challenge that RFC 6750 allows if it is malformed', async () => {
    for (const text of [
      'Bearer a b',
      'Bearer',
      'Bearer "a"',
      'Bearer a, Bearer b',
      'Bearer \t',
      'Bearer a\\b',
      'Bearer ä',
    ]) {
      const { status, headers } = await get(text);
      expect(status).withContext(text).toBe(400);
      expect(headers.get('www-authenticate')).withContext(text).toMatch(challenge);
    }
  });

  it('of another scheme is rejected with the challenge alone', async () => {
    for (const text of ['Basic YTpi', 'Bearerx y', 'Bear er']) {
      expect((await get(text)).headers.get('www-authenticate')).toBe('Bearer');
    }
  });
});

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const challenge =
  /^Bearer error="\w+", error_description="[\x20-\x21\x23-\x5b\x5d-\x7e]+"(, scope="[\x20-\x21\x23-\x5b\x5d-\x7e]*")?$/;

const texts = [
  'Größe € 漢字 🙂',
  'He said "no"',
  'back\\slash',
  'line\r\nSet-Cookie: a=b',
  'NUL \0',
  '\ud800',
  '',
  'x'.repeat(3000),
];

for (const [version, express] of [
  ['5', express5],
  ['4', express4],
] as const) {
  describe(`an OAuthError with any text on Express ${version}`, () => {
    const thrown = (text: string): OAuthError =>
      new OAuthError('access_denied', text, { headers: { 'X-Reason': text, 'Bad Name': 'x', 'Retry-After': '5' } });
    const failing = (text: string): TokenIssuer => {
      const fail = () => Promise.reject(thrown(text));
      return { ...companion().tokens, issue: fail, refresh: fail, revoke: fail, verify: fail };
    };
    const errors: unknown[] = [];
    const note = (error: unknown): number => errors.push(error);
    beforeAll(() => process.on('unhandledRejection', note));
    afterAll(() => process.off('unhandledRejection', note));

    for (const text of texts) {
      it(`is sent as JSON by every middleware: ${JSON.stringify(text.slice(0, 30))}`, async () => {
        const tokens = failing(text);
        const app = express();
        app.use(express.json(), express.urlencoded({ extended: false }));
        app.post('/refresh', refreshToken(tokens));
        app.post('/logout', logout(tokens));
        app.get('/token', requireToken(tokens));
        app.get('/revoked', requireToken(companionVerifier, { isRevoked: () => Promise.reject(thrown(text)) }));
        app.get('/route', (_req, _res, next) => next(thrown(text)));
        app.use(
          await tokenServer({
            issuer: 'https://a.example',
            tokens,
            clients: [{ id: 'app' }],
            authenticate: () => Promise.reject(thrown(text)),
          }),
        );
        app.use(oauthErrorHandler());
        const server = await listen(app);
        const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'app' };
        const password = { grant_type: 'password', username: 'x', password: 'y', client_id: 'app' };
        const headers = { authorization: 'Bearer x' };
        const responses = [
          await postJson(`${server.origin}/refresh`, form),
          await postJson(`${server.origin}/logout`, form),
          await request(`${server.origin}/token`, { headers }),
          await request(`${server.origin}/revoked`, { headers }),
          await request(`${server.origin}/route`),
          await postForm(`${server.origin}/oauth/token`, form),
          await postForm(`${server.origin}/oauth/token`, password),
          await postForm(`${server.origin}/oauth/revoke`, { token: 'x', client_id: 'app' }),
        ];
        for (const response of responses) {
          expect([response.status, response.body['error']]).toEqual([403, 'access_denied']);
          expect(response.body['error_description']).toBe(text);
          expect(response.headers.get('set-cookie')).toBeNull();
          expect(response.headers.get('retry-after')).toBe('5');
        }
        expect(responses[2]!.headers.get('www-authenticate')).toMatch(/^Bearer error="access_denied"/);
        await server.close();
        expect(errors).toEqual([]);
      });
    }
  });

  describe(`a body that cannot be read on Express ${version}`, () => {
    const serve = () => {
      const { tokens } = companion();
      const app = express();
      app.post('/auth/login', express.json({ limit: '1kb' }), refreshToken(tokens), (req, res, next) => {
        const login = async () => {
          const sub = requiredParameter(req.body, 'username');
          requiredParameter(req.body, 'password');
          sendTokens(res, await tokens.issue({ sub }));
        };
        login().catch(next);
      });
      app.post('/auth/logout', express.json(), logout(tokens));
      app.post('/other', () => {
        throw Object.assign(new Error('not ours'), { status: 418 });
      });
      app.use(oauthErrorHandler());
      app.use(
        ((error, _req, res, _next) =>
          void res.status(error.status ?? 500).send('of the application')) as express5.ErrorRequestHandler,
      );
      return listen(app);
    };
    const json = { 'content-type': 'application/json' };
    const bodies: [name: string, init: RequestInit, status: number][] = [
      ['no body', {}, 400],
      ['an empty body', { body: '', headers: json }, 400],
      ['JSON that is cut off', { body: '{"username":', headers: json }, 400],
      ['text', { body: 'hello', headers: json }, 400],
      ['a string', { body: '"hello"', headers: json }, 400],
      ['null', { body: 'null', headers: json }, 400],
      ['a list', { body: '[]', headers: json }, 400],
      ['an empty object', { body: '{}', headers: json }, 400],
      ['an operator for a name', { body: '{"username":{"$gt":""},"password":"x"}', headers: json }, 400],
      [
        'a form',
        { body: 'username=a&password=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        400,
      ],
      ['too much', { body: JSON.stringify({ username: 'x'.repeat(2000) }), headers: json }, 413],
      ['an unknown charset', { body: '{}', headers: { 'content-type': 'application/json; charset=klingon' } }, 415],
      ['an unknown encoding', { body: '{}', headers: { ...json, 'content-encoding': 'klingon' } }, 415],
      ['a broken encoding', { body: '{}', headers: { ...json, 'content-encoding': 'gzip' } }, 400],
    ];
    for (const [name, init, status] of bodies) {
      it(`is rejected as JSON: ${name}`, async () => {
        const server = await serve();
        const response = await request(`${server.origin}/auth/login`, { method: 'POST', ...init });
        expect([response.status, response.body['error']]).toEqual([status, 'invalid_request']);
        expect(response.headers.get('cache-control')).toBe('no-store');
        await server.close();
      });
    }

    it('of a logout is rejected as JSON', async () => {
      const server = await serve();
      for (const init of [{}, { body: '{', headers: json }]) {
        const response = await request(`${server.origin}/auth/logout`, { method: 'POST', ...init });
        expect([response.status, response.body['error']]).toEqual([400, 'invalid_request']);
      }
      await server.close();
    });

    it('does not concern other errors', async () => {
      const server = await serve();
      const response = await request(`${server.origin}/other`, { method: 'POST' });
      expect([response.status, response.text]).toEqual([418, 'of the application']);
      await server.close();
    });
  });
}

const companionVerifier = { verify: async () => ({ sub: 'ada' }) };
