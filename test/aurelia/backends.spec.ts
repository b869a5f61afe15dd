import { TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';
import { type BackendShape, backendShapes, lifetimeSeconds, type Refusal } from './support/backend-shapes.js';
import { api, type TestApp, testApp } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

/** Responds as the backend does. The query tells requests for the same path apart. */
function serverOf({ config, login, refresh }: BackendShape, now: () => number): TestServer {
  const { refreshTokenUrl = '' } = config;
  const query = new URL(refreshTokenUrl ?? '', api).search;
  const server = new TestServer().on(`POST ${pathOf(config.loginUrl, config.baseUrl)}`, ({ url }) =>
    json(refresh && query !== '' && url.endsWith(query) ? refresh.response(now()) : login(now())),
  );
  if (refresh && query === '') server.on(`POST ${refresh.path}`, () => json(refresh.response(now())));
  return server;
}

async function signedIn(shape: BackendShape): Promise<TestApp> {
  const clock = new TestClock();
  const server = serverOf(shape, () => Math.floor(clock.wall() / 1000));
  const browser = new TestBrowser({ clock, fetch: (url, init) => server.serve(new Request(url, init)) });
  const app = testApp(shape.config, { server, browser });
  app.fetchConfig.configure(app.http);
  await app.authService.login(shape.credentials);
  return app;
}

function pathOf(path = '', baseUrl: string | null = ''): string {
  return new URL(`${baseUrl}${path}`).pathname;
}

function responseTo({ status, body, headers }: Refusal): Response {
  if (body === undefined) return new Response(null, { status, headers: { ...headers } });
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** Sends requests at an interval until the session ends. Returns how many seconds that took. */
async function secondsOfUse(
  { authService, clock, http, server }: TestApp,
  config: BackendShape['config'],
): Promise<number> {
  const orders = `${config.protectedUrls?.[0] ?? config.baseUrl}/orders`;
  server.on(`GET ${new URL(orders).pathname}`, () => new Response('', { status: 401 }));
  for (let seconds = 0; seconds < 300; seconds += 5) {
    if (!authService.authenticated) return seconds;
    http.fetch(orders).catch(() => undefined);
    await clock.advance(5000);
  }
  return Number.POSITIVE_INFINITY;
}

for (const shape of backendShapes) {
  const { config, credentials, refresh, logout } = shape;

  describe(`the recipe for ${shape.title}`, () => {
    it('signs in with the documented login response', async () => {
      const { authService, server } = await signedIn(shape);
      const [request] = server.to(pathOf(config.loginUrl, config.baseUrl));
      expect(JSON.parse(request?.body ?? '')).toEqual(credentials);
      expect(authService.authenticated).toBeTrue();
      expect(authService.getRefreshToken() !== null).toBe(refresh !== undefined);
      const { expiresAt } = { expiresAt: authService.getExp() };
      if (!Number.isNaN(expiresAt)) expect(authService.getTtl()).toBe(lifetimeSeconds);
    });

    if (refresh) {
      it('sends the documented refresh request and reads its response', async () => {
        const { authService, server } = await signedIn(shape);
        const before = authService.getAccessToken();
        await authService.updateToken();
        const request = server.to(refresh.path).at(-1);
        expect(JSON.parse(request?.body ?? '')).toEqual(refresh.body);
        const authorization = refresh.authorization === undefined ? null : `${refresh.authorization} ${before}`.trim();
        expect(request?.headers.get('Authorization') ?? null).toBe(authorization);
        expect(authService.getAccessToken()).not.toBe(before);
        expect(authService.getTtl()).toBe(lifetimeSeconds);
      });

      for (const refusal of refresh.refusals) {
        it(`leaves a session that the server has ended with ${refusal.status} ${JSON.stringify(refusal.body ?? '')}`, async () => {
          const app = await signedIn(shape);
          app.server.on(`POST ${refresh.path}`, () => responseTo(refusal));
          await app.clock.sleep(lifetimeSeconds * 1000);
          expect(await secondsOfUse(app, config)).toBeLessThanOrEqual(120);
        });
      }
    } else {
      it('ends the session when the server rejects the token or the token expires', async () => {
        const app = await signedIn(shape);
        if (Number.isNaN(app.authService.getExp())) {
          expect(await secondsOfUse(app, config)).toBeLessThanOrEqual(5);
        } else {
          await app.clock.advance(lifetimeSeconds * 1000);
          expect(app.authService.authenticated).toBeFalse();
        }
      });
    }

    if (logout) {
      it('sends the documented logout request with the access token', async () => {
        const [method, path, body] = logout;
        const { authService, server } = await signedIn(shape);
        if (refresh) await authService.updateToken();
        const token = authService.getAccessToken();
        server.on(`${method} ${path}`, () => new Response(null, { status: 204 }));
        await authService.logout();
        const [request] = server.to(path).filter(each => each.method === method);
        expect(request?.body === '' ? undefined : JSON.parse(request?.body ?? '')).toEqual(body);
        expect(request?.headers.get('Authorization')).toContain(token!);
        expect(authService.authenticated).toBeFalse();
      });
    }
  });
}
