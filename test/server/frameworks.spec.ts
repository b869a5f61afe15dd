import 'reflect-metadata';
import { Readable } from 'node:stream';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request as ExpressRequest } from 'express';
import { Hono } from 'hono';
import { fastifyApp } from '../../doc/guides/server-frameworks/fastify.js';
import { fetchHandler } from '../../doc/guides/server-frameworks/fetch-handler.js';
import { TokenAuthGuard, useLogin } from '../../doc/guides/server-frameworks/nest.js';
import { tokenClaims } from '../../src/express.js';
import { OAuthError, requiredParameter, type TokenIssuer } from '../../src/server.js';
import { companion } from './support/companion.js';
import { dpopClient } from './support/dpop-client.js';
import { listen, postJson, request } from './support/http-server.js';

interface Running {
  readonly origin: string;
  close(): Promise<unknown>;
}

const login = async (body: unknown): Promise<{ sub: string }> => {
  const sub = requiredParameter(body, 'email');
  if (requiredParameter(body, 'password') !== 'right') throw new OAuthError('invalid_grant', 'The password is wrong.');
  return { sub };
};

/** Serves a function from `Request` to `Response` with Node. */
function serveFetch(handler: (request: Request) => Response | Promise<Response>): Promise<Running> {
  return listen(async (req, res) => {
    const body = req.method === 'POST' ? (Readable.toWeb(req) as ReadableStream) : null;
    const headers = req.headers as Record<string, string>;
    const init = { method: req.method ?? 'GET', headers, body, duplex: 'half' };
    const response = await handler(new Request(`http://${req.headers.host}${req.url}`, init as RequestInit));
    res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
}

const frameworks: [name: string, serve: (tokens: TokenIssuer) => Promise<Running>][] = [
  [
    'Fastify',
    async tokens => {
      const app = fastifyApp(tokens, login);
      return { origin: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
    },
  ],
  ['the Fetch API', tokens => serveFetch(fetchHandler(tokens, login))],
  [
    'Hono',
    tokens => {
      const handler = fetchHandler(tokens, login);
      return serveFetch(new Hono().all('*', context => handler(context.req.raw)).fetch);
    },
  ],
  [
    'Nest',
    async tokens => {
      class Me {
        me(req: ExpressRequest) {
          return { id: tokenClaims(req).sub };
        }
      }
      decorateController(Me, new TokenAuthGuard(tokens));
      class App {}
      Module({ controllers: [Me] })(App);
      const app = await NestFactory.create(App, { logger: false, bodyParser: false });
      useLogin(app, tokens, login);
      await app.listen(0, '127.0.0.1');
      return { origin: await app.getUrl(), close: () => app.close() };
    },
  ],
];

for (const [name, serve] of frameworks) {
  describe(`the integration with ${name}`, () => {
    const confirmation: { cnf?: { jkt: string } } = {};
    const { tokens, events } = companion({ clock: Date.now, claims: () => confirmation });
    let server: Running;
    beforeAll(async () => {
      server = await serve(tokens);
    });
    beforeEach(() => {
      delete confirmation.cnf;
    });
    afterAll(() => server.close());
    const post = (body: unknown) => postJson(`${server.origin}/auth/login`, body);
    const me = (headers: Record<string, string>) => request(`${server.origin}/api/me`, { headers });

    it('logs in, refreshes and protects a route', async () => {
      const first = await post({ email: 'ada', password: 'right' });
      expect(first.status).toBe(200);
      expect(first.headers.get('cache-control')).toBe('no-store');
      const next = await post({ grant_type: 'refresh_token', refresh_token: first.body['refresh_token'] });
      expect(next.status).toBe(200);
      expect((await me({ authorization: `Bearer ${next.body['access_token']}` })).body).toEqual({ id: 'ada' });
      expect(events.at(-1)?.type).toBe('rotated');
    });

    it('responds with the errors of OAuth', async () => {
      const wrong = await post({ email: 'ada', password: 'wrong' });
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
      const unknown = await post({ grant_type: 'refresh_token', refresh_token: 'x' });
      expect([unknown.status, unknown.body['error']]).toEqual([400, 'invalid_grant']);
      for (const body of [{}, { email: { $gt: '' } }, { grant_type: 'refresh_token', refresh_token: ['x'] }, null]) {
        expect((await post(body)).status).toBe(400);
      }
      const malformed = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } };
      expect((await request(`${server.origin}/auth/login`, malformed)).status).toBe(400);
    });

    it('responds with challenges', async () => {
      const missing = await me({});
      expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      const invalid = await me({ authorization: 'Bearer x' });
      expect(invalid.status).toBe(401);
      expect(invalid.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    });

    it('verifies DPoP proofs', async () => {
      const client = await dpopClient();
      confirmation.cnf = { jkt: client.thumbprint };
      const { body } = await post({ email: 'ada', password: 'right' });
      const accessToken = String(body['access_token']);
      const url = `${server.origin}/api/me`;
      const dpop = await client.proof({ method: 'GET', url, accessToken, now: Date.now() });
      expect((await me({ authorization: `DPoP ${accessToken}`, dpop })).body).toEqual({ id: 'ada' });
      expect((await me({ authorization: `DPoP ${accessToken}`, dpop })).status).toBe(401);
      expect((await me({ authorization: `Bearer ${accessToken}` })).status).toBe(401);
    });
  });
}

/** What decorators would do; the specs are compiled without those of TypeScript's own kind. */
function decorateController(controller: { prototype: { me: unknown } }, guard: TokenAuthGuard): void {
  Controller('api')(controller as never);
  const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, 'me')!;
  Get('me')(controller.prototype, 'me', descriptor);
  UseGuards(guard)(controller.prototype, 'me', descriptor);
  Reflect.defineMetadata('__routeArguments__', { '0:0': { index: 0, data: undefined, pipes: [] } }, controller, 'me');
}
