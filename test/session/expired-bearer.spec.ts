import { ended, type House, house, type Opened, refreshToken, rejection } from './support.js';

const notValid = '{"detail":"Given token not valid for any token type","code":"token_not_valid"}';

/** Responds to a refresh with an access token as the tested server does, and to any other as the token server. */
function rejectingBearer(
  { server }: House,
  answer: (isExpired: boolean) => Response | undefined,
): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const bearer = new Headers(init.headers).get('Authorization');
    const seen = server.requests.length;
    if (bearer === null || !String(init.body).includes('refresh_token')) return server.fetch(url, init);
    // The token server knows whether the access token has expired.
    server.fail({ status: 599 });
    await server.fetch(url, init);
    const { expired = false } = server.requests[seen] ?? {};
    return answer(expired) ?? server.fetch(url, init);
  };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = text === '' ? {} : { 'Content-Type': 'application/json' };
  const response = new Response(text === '' ? null : new Blob([text]), { status, headers: { ...type, ...headers } });
  return Object.assign(response, { text: async () => text });
}

/** A session whose access token has expired while the page slept. */
async function afterSleep(answer: (isExpired: boolean) => Response | undefined): Promise<House & Opened> {
  const all = house();
  const opened = all.open({}, () => ({ fetch: rejectingBearer(all, answer) }));
  opened.session.logIn(all.server.logIn());
  await all.clock.sleep(61_000);
  return { ...all, ...opened };
}

function withBearer({ server }: House): boolean[] {
  return server.refreshes.flatMap(({ headers, status }) => (status === 599 ? [] : [headers.has('Authorization')]));
}

describe('a refresh request with an access token', () => {
  for (const [what, response] of Object.entries({
    'Django REST framework': () => json(401, notValid, { 'WWW-Authenticate': 'Bearer realm="api"' }),
    'Spring Security': () => json(401, '', { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
    'Spring Security without an entry point': () => json(403, ''),
    Directus: () => json(401, { errors: [{ extensions: { code: 'TOKEN_EXPIRED' } }] }),
    'a gateway that checks JWTs': () => json(401, { message: 'Jwt is expired' }),
  })) {
    it(`[V2] is retried without it when an expired one is rejected: ${what}`, async () => {
      const all = await afterSleep(isExpired => (isExpired ? response() : undefined));
      expect(await rejection(all.session.getFreshToken())).toBe('resolved');
      expect(refreshToken(all.session)).toBe('rt-0-1');
      expect(withBearer(all)).toEqual([false]);
    });
  }

  for (const [what, response] of Object.entries({
    'better-auth': () => json(401, { error: 'invalid_client' }, { 'WWW-Authenticate': 'Bearer' }),
    'oidc-provider': () => json(400, { error: 'invalid_request' }),
  })) {
    it(`[V2] is retried without it when any is rejected: ${what}`, async () => {
      const all = house();
      const { session } = all.open({}, () => ({ fetch: rejectingBearer(all, response) }));
      session.logIn(all.server.logIn());
      expect(await rejection(session.updateToken())).toBe('resolved');
      expect(withBearer(all)).toEqual([false]);
    });
  }

  it('[V2] needs one request from then on', async () => {
    const all = await afterSleep(isExpired => (isExpired ? json(401, notValid) : undefined));
    await all.session.getFreshToken();
    const { length } = all.server.refreshes;
    for (let round = 1; round <= 3; round++) {
      await all.clock.sleep(61_000);
      await all.session.getFreshToken();
      expect(all.server.refreshes.length).toBe(length + round);
    }
    expect(refreshToken(all.session)).toBe('rt-0-4');
  });

  it('[V2] ends the session when the request without it is refused, too', async () => {
    const all = await afterSleep(() => json(401, notValid));
    all.server.revoke();
    expect(await rejection(all.session.getFreshToken())).toBe('session_ended');
    expect(ended(all.session)).toBe('refused');
    expect(withBearer(all)).toEqual([false]);
  });

  it('[V2] keeps the session when a gateway rejected the request without it', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ status: 401, body: '' }, { status: 503 });
    const waiting = session.getFreshToken();
    await clock.advance(0);
    expect(ended(session)).toBeUndefined();
    await clock.advance(10_000);
    expect(await rejection(waiting)).toBe('resolved');
  });

  it('[V2] keeps the classification of the first response when the server requires the access token', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ status: 403, body: { message: 'Forbidden' } }, { status: 401, body: { message: 'No token' } });
    session.getFreshToken().catch(() => undefined);
    await clock.advance(0);
    expect(server.refreshes.length).toBe(2);
    expect(ended(session)).toBeUndefined();
    await clock.advance(10_000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  it('[V2] is sent once if the refresh token is refused with `invalid_grant`', async () => {
    const { server, open, clock } = house();
    const { session } = open();
    session.logIn(server.logIn());
    server.revoke();
    await clock.sleep(61_000);
    await session.getFreshToken().catch(() => undefined);
    expect(ended(session)).toBe('refused');
    expect(server.refreshes.length).toBe(1);
  });

  it('[V2] [F100] continues when the server rotated before it rejected the access token', async () => {
    const { server, open, clock } = house({ graceSeconds: 10 });
    const { session } = open();
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ status: 401, body: '', after: true });
    await session.getFreshToken();
    expect(refreshToken(session)).toBe('rt-0-1');
    expect(server.reuseAlarms).toBe(0);
  });

  it('[V2] is never sent with it if that is disabled', async () => {
    const { server, open, clock } = house();
    const { session } = open({ refresh: { url: '/auth/login', sendAccessToken: false } });
    session.logIn(server.logIn());
    await clock.sleep(61_000);
    server.fail({ status: 401, body: '' });
    await session.getFreshToken().catch(() => undefined);
    expect(server.refreshes.map(({ headers }) => headers.has('Authorization'))).toEqual([false]);
    expect(ended(session)).toBe('refused');
  });
});
