import { inspect } from 'node:util';
import express, { type Request } from 'express';
import {
  type RefreshedTokens,
  requireToken,
  type TokenEvent,
  tokenClaims,
  type WebSessionOptions,
  type WebTokens,
  webSession,
  webTokens,
} from '../../src/express.js';
import { companion, keepEvents } from '../server/support/companion.js';
import { listen, type RunningServer, request, type TestResponse } from '../server/support/http-server.js';
import { testClock } from '../server/support/test-clock.js';

/** A session middleware that keeps sessions in memory, reads them at the begin of a request and saves them at its end. */
function savedSessions(sessions: Map<string, string>) {
  const open = new WeakMap<Request, WebTokens | undefined>();
  const middleware: express.RequestHandler = (req, res, next) => {
    const id = req.get('x-session') ?? '';
    const saved = sessions.get(id);
    open.set(req, saved === undefined ? undefined : JSON.parse(saved));
    const end = res.end.bind(res);
    res.end = ((...args: []) => {
      const tokens = open.get(req);
      if (tokens !== undefined) sessions.set(id, JSON.stringify(tokens));
      return end(...args);
    }) as typeof res.end;
    next();
  };
  return { middleware, tokens: (req: Request) => open.get(req) };
}

const invalidGrant = () => Promise.reject(Object.assign(new Error('rejected'), { error: 'invalid_grant' }));

describe('webSession()', () => {
  const clock = testClock();
  const now = () => clock() / 1000;
  let sessions: Map<string, string>;
  let server: RunningServer;
  let refreshed: string[];
  let refresh: WebSessionOptions['refresh'];
  let arrived: number;

  /** Until so many requests of this spec have reached the middleware. */
  const requestsArrived = async (count: number): Promise<void> => {
    while (arrived < count) await new Promise(setImmediate);
  };
  const start = async (more: Partial<WebSessionOptions> = {}): Promise<void> => {
    const { middleware, tokens } = savedSessions(sessions);
    const app = express();
    app.use((_req, _res, next) => {
      arrived += 1;
      next();
    });
    app.use(middleware, webSession({ tokens, refresh: (token, req) => refresh(token, req), clock, ...more }));
    app.get('/expenses', (req, res) => void res.json(webTokens(req)));
    app.get('/', (_req, res) => void res.json({ public: true }));
    app.set('env', 'test');
    server = await listen(app);
  };
  const expenses = (session = 'ada'): Promise<TestResponse> =>
    request(`${server.origin}/expenses`, { headers: { 'x-session': session } });

  beforeEach(() => {
    refreshed = [];
    arrived = 0;
    let generation = 1;
    refresh = async refreshToken => {
      refreshed.push(refreshToken);
      generation += 1;
      return { access_token: `access-${generation}`, refresh_token: `refresh-${generation}`, expires_in: 10 };
    };
    const tokens: WebTokens = {
      access_token: 'access-1',
      refresh_token: 'refresh-1',
      id_token: 'id-1',
      expires_at: now() + 10,
    };
    sessions = new Map([['ada', JSON.stringify(tokens)]]);
  });
  afterEach(() => server.close());

  it('does not refresh valid tokens', async () => {
    await start();
    expect((await expenses()).body['access_token']).toBe('access-1');
    clock.advance(4);
    expect((await expenses()).body['access_token']).toBe('access-1');
    expect(refreshed).toEqual([]);
  });

  it('refreshes expired tokens before the handler runs, and saves them', async () => {
    await start();
    clock.advance(10);
    expect((await expenses()).body).toEqual({
      access_token: 'access-2',
      refresh_token: 'refresh-2',
      id_token: 'id-1',
      expires_at: now() + 10,
    });
    expect((await expenses()).body['access_token']).toBe('access-2');
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('refreshes a token with a lifetime of ten seconds every ten seconds', async () => {
    await start({ leewaySeconds: 0 });
    for (let count = 0; count < 5; count++) {
      clock.advance(10);
      expect((await expenses()).status).toBe(200);
    }
    expect(refreshed).toEqual(['refresh-1', 'refresh-2', 'refresh-3', 'refresh-4', 'refresh-5']);
  });

  it('keeps the refresh token if the response has none', async () => {
    refresh = async () => ({ access_token: 'access-2', expires_in: 10 });
    await start();
    clock.advance(10);
    expect((await expenses()).body['refresh_token']).toBe('refresh-1');
  });

  it('refreshes once for concurrent requests of a session', async () => {
    await start();
    clock.advance(10);
    const responses = await Promise.all(Array.from({ length: 50 }, () => expenses()));
    expect(new Set(responses.map(({ body }) => body['access_token']))).toEqual(new Set(['access-2']));
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('uses the new tokens for later requests with the old session', async () => {
    await start();
    clock.advance(10);
    const old = sessions.get('ada')!;
    await expenses();
    sessions.set('ada', old);
    clock.advance(3);
    expect((await expenses()).body['access_token']).toBe('access-2');
    sessions.set('ada', old);
    clock.advance(10);
    expect((await expenses()).body['access_token']).toBe('access-3');
    expect(refreshed).toEqual(['refresh-1', 'refresh-2']);
  });

  it('refreshes again when the cached response has expired, once for all requests', async () => {
    let count = 1;
    refresh = async refreshToken => {
      refreshed.push(refreshToken);
      count += 1;
      return { access_token: `access-${count}`, expires_in: 10 };
    };
    await start();
    clock.advance(10);
    expect((await expenses()).body['access_token']).toBe('access-2');
    clock.advance(10);
    const responses = await Promise.all([expenses(), expenses(), expenses()]);
    expect(responses.map(({ body }) => body['access_token'])).toEqual(['access-3', 'access-3', 'access-3']);
    expect(refreshed).toEqual(['refresh-1', 'refresh-1']);
  });

  it('refreshes once for each request if the new tokens are expired on arrival', async () => {
    refresh = async refreshToken => {
      refreshed.push(refreshToken);
      return { access_token: 'access-2', expires_at: now() - 3600 };
    };
    await start();
    clock.advance(10);
    for (let count = 0; count < 3; count++) expect((await expenses()).body['access_token']).toBe('access-2');
    expect(refreshed.length).toBe(3);
  });

  it('refreshes once, however long the response takes', async () => {
    const working = refresh;
    let response = (): void => undefined;
    refresh = async (token, req) => {
      const refreshes = working(token, req);
      await new Promise<void>(resolve => {
        response = resolve;
      });
      return refreshes;
    };
    await start({ rememberSeconds: 1 });
    clock.advance(10);
    const first = expenses();
    await requestsArrived(1);
    clock.advance(2);
    const second = expenses();
    await requestsArrived(2);
    response();
    expect((await first).body['access_token']).toBe('access-2');
    expect((await second).body['access_token']).toBe('access-2');
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('reads a lifetime that is a string', async () => {
    refresh = async () => JSON.parse('{ "access_token": "access-2", "expires_in": "10" }');
    await start();
    clock.advance(10);
    expect((await expenses()).body['expires_at']).toBe(now() + 10);
  });

  it('keeps its tokens if the response has no access token, and ends the session only for invalid_grant', async () => {
    const before = sessions.get('ada');
    let response = '{ "error": "server_error" }';
    refresh = async () => JSON.parse(response);
    await start();
    clock.advance(10);
    expect((await expenses()).status).toBe(503);
    expect(sessions.get('ada')).toBe(before);
    response = '{ "error": "invalid_grant" }';
    expect((await expenses()).status).toBe(401);
  });

  it('keeps the refresh token if the response has an empty one', async () => {
    refresh = async () => JSON.parse('{ "access_token": "access-2", "refresh_token": null, "expires_in": 10 }');
    await start();
    clock.advance(10);
    expect((await expenses()).body['refresh_token']).toBe('refresh-1');
  });

  it('keeps the sessions of different users apart', async () => {
    sessions.set('bob', JSON.stringify({ access_token: 'b', refresh_token: 'refresh-b', expires_at: now() }));
    await start();
    clock.advance(10);
    await Promise.all([expenses('ada'), expenses('bob')]);
    expect(refreshed.sort()).toEqual(['refresh-1', 'refresh-b']);
  });

  it('responds 401 to invalid_grant, or calls onEnded', async () => {
    refresh = invalidGrant;
    await start();
    clock.advance(10);
    expect((await expenses()).status).toBe(401);
    await server.close();
    await start({ onEnded: (_req, res) => res.redirect('/login') });
    const response = await request(`${server.origin}/expenses`, {
      headers: { 'x-session': 'ada' },
      redirect: 'manual',
    });
    expect(response.headers.get('location')).toBe('/login');
  });

  it('responds 401 without a refresh token', async () => {
    sessions.set('ada', JSON.stringify({ access_token: 'access-1', expires_at: now() }));
    await start();
    expect((await expenses()).status).toBe(401);
  });

  it('keeps the session after another error: uses valid tokens, and retries at the next request', async () => {
    const working = refresh;
    refresh = () => Promise.reject(new Error('no connection'));
    await start();
    clock.advance(6);
    expect((await expenses()).body['access_token']).toBe('access-1');
    clock.advance(4);
    const response = await expenses();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    refresh = working;
    expect((await expenses()).body['access_token']).toBe('access-2');
  });

  it('[S-37] emits one error event for concurrent requests, without tokens', async () => {
    const events: TokenEvent[] = [];
    const responses: (() => Promise<RefreshedTokens>)[] = [
      () => Promise.reject(Object.assign(new Error('sent refresh-1'), { config: { data: 'refresh_token=refresh-1' } })),
      async () => JSON.parse('{ "error": "invalid_client" }'),
      invalidGrant,
    ];
    refresh = () => responses[0]!();
    await start({ onEvent: keepEvents(events) });
    clock.advance(6);
    expect((await expenses()).status)
      .withContext('a valid token')
      .toBe(200);
    expect(events.length).toBe(1);
    clock.advance(4);
    let fail = (): void => undefined;
    const failing = new Promise<void>(resolve => {
      fail = resolve;
    });
    let requests = 0;
    refresh = () => {
      requests += 1;
      return failing.then(responses[0]);
    };
    const together = [expenses(), expenses(), expenses()];
    await requestsArrived(4);
    fail();
    expect((await Promise.all(together)).map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(requests).toBe(1);
    expect(events.length).toBe(2);
    refresh = () => responses[1]!();
    expect((await expenses()).status).toBe(503);
    refresh = () => responses[2]!();
    expect((await expenses()).status).toBe(401);
    expect(events.map(({ type }) => type)).toEqual(['error', 'error', 'error']);
    expect(events[1]).toEqual(jasmine.objectContaining({ ip: '127.0.0.1', cause: new Error('sent …') }));
    expect(events[2]).toEqual(
      jasmine.objectContaining({ cause: jasmine.objectContaining({ error: 'invalid_client' }) }),
    );
    expect(inspect(events, { depth: 9 })).not.toMatch(/(refresh|access|id)-1/);
  });

  it('passes on requests without a session', async () => {
    await start();
    expect((await request(server.origin)).body).toEqual({ public: true });
    expect((await request(`${server.origin}/expenses`)).status).toBe(500);
  });

  it('can be the backend of a page without tokens', async () => {
    const { tokens } = companion({}, clock);
    const api = await listen(express().get('/me', requireToken(tokens), (req, res) => void res.json(tokenClaims(req))));
    const { access_token, refresh_token, expires_in } = await tokens.issue({ sub: 'ada' });
    sessions.set('ada', JSON.stringify({ access_token, refresh_token, expires_at: now() + expires_in }));
    const session = savedSessions(sessions);
    const freshTokens = webSession({
      tokens: session.tokens,
      refresh: refreshToken => tokens.refresh({ refreshToken }),
      clock,
    });
    const backend = express();
    backend.get('/api/me', session.middleware, freshTokens, async (req, res) => {
      const headers = { authorization: `Bearer ${webTokens(req).access_token}` };
      const response = await fetch(`${api.origin}/me`, { headers });
      res.status(response.status).json(await response.json());
    });
    server = await listen(backend);
    clock.advance(3600);
    const page = () => request(`${server.origin}/api/me`, { headers: { 'x-session': 'ada' } });
    const responses = await Promise.all([page(), page(), page()]);
    expect(responses.map(({ body }) => body['sub'])).toEqual(['ada', 'ada', 'ada']);
    await api.close();
  });
});
