import { type AuthConfig, StepUpError } from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import type { EventAggregator } from 'aurelia-event-aggregator';
import { credentials, testApp } from './support/test-app.js';
import { json, jwt, TestServer } from './support/test-server.js';

/** A server whose session is revoked: it rejects the first token, and refuses to refresh it. */
function revokingServer(): TestServer {
  let issued = 0;
  const server = new TestServer(600);
  server.on('POST /auth/login', ({ body }) => {
    issued += 1;
    const { email } = JSON.parse(body) as { email: string };
    return json({ access_token: jwt({ sub: email, jti: issued }), refresh_token: 'r', expires_in: 600 });
  });
  server.on('POST /auth/token', () => json({ error: 'invalid_grant' }, 400));
  server.on('POST /orders', ({ headers, body }) => {
    return issued > 1 && headers.has('Authorization') ? json({ body }) : new Response('', { status: 401 });
  });
  return server;
}

async function signedIn(options: AuthConfig) {
  const server = revokingServer();
  const app = testApp(
    { useRefreshToken: true, refreshTokenUrl: '/auth/token', expiredRedirect: false, loginRedirect: false, ...options },
    { server },
  );
  app.fetchConfig.configure();
  await app.authService.login(credentials);
  return { ...app, counts: countsOf(app.events) };
}

function countsOf(events: EventAggregator): number[] {
  const counts: number[] = [];
  events.subscribe('parked-requests', (count: number) => counts.push(count));
  return counts;
}

describe('whenSessionEnds', () => {
  it('fails requests by default', async () => {
    const { http, counts } = await signedIn({});
    expect((await http.post('orders', '{"item":1}')).status).toBe(401);
    expect(counts).toEqual([]);
  });

  it('parks requests until the same user has signed in, and publishes their number', async () => {
    const { authService, fetchConfig, http, server, counts } = await signedIn({ whenSessionEnds: 'park' });
    const saved = http.post('orders', '{"item":1}');
    await settled();
    expect(authService.authenticated).toBeFalse();
    expect(fetchConfig.parkedRequests.count).toBe(1);
    await authService.login(credentials);
    expect(await (await saved).json()).toEqual({ body: '{"item":1}' });
    expect(server.to('/orders').length).toBe(2);
    expect(counts).toEqual([1, 0]);
  });

  it('does not park the login itself, nor requests of another user', async () => {
    const { authService, http, server } = await signedIn({ whenSessionEnds: 'park' });
    const saved = http.post('orders', '{"item":1}');
    saved.catch(() => undefined);
    await settled();
    await authService.login({ email: 'bob@example.com', password: 'secret' });
    await expectAsync(saved).toBeRejectedWith(jasmine.objectContaining({ code: 'session_changed' }));
    expect(server.to('/orders').length).toBe(1);
  });

  it('bounds what waits', async () => {
    const { clock, http, counts } = await signedIn({ whenSessionEnds: { maxBodyBytes: 5, maxWaitSeconds: 30 } });
    expect((await http.post('orders', '{"item":1}')).status).toBe(401);
    const saved = http.post('orders', '{}');
    saved.catch(() => undefined);
    await settled();
    expect(counts).toEqual([1]);
    await clock.advance(30_000);
    await expectAsync(saved).toBeRejectedWith(jasmine.objectContaining({ code: 'session_ended' }));
  });

  it('applies from when the app sets it', async () => {
    const { authService, http, counts } = await signedIn({});
    authService.config.whenSessionEnds = 'park';
    const saved = http.post('orders', '{"item":1}');
    await settled();
    expect(counts).toEqual([1]);
    await authService.login(credentials);
    expect((await saved).status).toBe(200);
  });
});

describe('onStepUp', () => {
  const headers = {
    'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"',
  };

  it('authenticates the user as the API demands, and the request is replayed once', async () => {
    const demands: StepUpError[] = [];
    const app = await signedIn({
      onStepUp: async demand => {
        demands.push(demand);
        await app.authService.login(credentials);
      },
    });
    const { http, server } = app;
    let rejections = 0;
    server.on('POST /orders', ({ body }) =>
      rejections++ === 0 ? new Response('', { status: 401, headers }) : json({ body }),
    );
    expect(await (await http.post('orders', '{"item":1}')).json()).toEqual({ body: '{"item":1}' });
    expect(demands).toEqual([jasmine.any(StepUpError)]);
    expect(demands[0]?.acrValues).toBe('gold');
    expect(demands[0]?.maxAgeSeconds).toBe(60);
  });

  it('is not needed: without it the challenge comes back', async () => {
    const { http, server } = await signedIn({});
    server.on('POST /orders', () => new Response('', { status: 401, headers }));
    expect((await http.post('orders', '{}')).headers.get('WWW-Authenticate')).toContain('acr_values');
    expect(server.to('/orders').length).toBe(1);
    expect(server.to('/auth/token').length).toBe(0);
  });
});
