import express from 'express';
import { type CompletedOperation, healthCheck, requireToken, type TokenEvent, webSession } from '../../src/express.js';
import { redisStore } from '../../src/server.js';
import { companion } from '../server/support/companion.js';
import { listen, request } from '../server/support/http-server.js';
import { redisIsInstalled, startRedis } from '../server/support/redis-server.js';

describe('healthCheck()', () => {
  it('responds 200 while the store works, and 503 when it does not', async () => {
    if (!redisIsInstalled) return pending('redis-server was not found');
    const redis = await startRedis();
    const client = await redis.connect();
    const { tokens } = companion({ store: redisStore(client, { timeoutMs: 60_000 }) });
    const server = await listen(express().get('/healthz', healthCheck(tokens)));
    const health = () => request(`${server.origin}/healthz`);
    const healthy = await health();
    expect([healthy.status, healthy.body]).toEqual([200, { status: 'ok' }]);
    expect(healthy.headers.get('cache-control')).toBe('no-store');
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    expect((await health()).status).toBe(503);
    await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    expect((await health()).status).toBe(200);
    await redis.stop();
    expect((await health()).status).toBe(503);
    await server.close();
  });
});

describe('the event completed', () => {
  it('is emitted by requireToken() with the outcome', async () => {
    const operations: TokenEvent[] = [];
    const onEvent = (event: TokenEvent) => operations.push(event);
    const { tokens } = companion();
    const { access_token } = await tokens.issue({ sub: 'ada', scope: 'read' });
    const app = express();
    app.get('/read', requireToken(tokens, { onEvent, scopes: ['read'] }), (_req, res) => void res.json({}));
    app.get('/write', requireToken(tokens, { onEvent, scopes: ['write'] }), (_req, res) => void res.json({}));
    const server = await listen(app);
    const headers = { authorization: `Bearer ${access_token}` };
    await request(`${server.origin}/read`, { headers });
    await request(`${server.origin}/write`, { headers });
    await request(`${server.origin}/read`);
    await request(`${server.origin}/read`, { headers: { authorization: 'Bearer x' } });
    await server.close();
    const outcomes = (operations as CompletedOperation[]).map(({ operation, outcome }) => `${operation}: ${outcome}`);
    expect(outcomes).toEqual(
      ['ok', 'insufficient_scope', 'unauthorized', 'invalid_token'].map(code => `authorize: ${code}`),
    );
  });

  it('is emitted by webSession() for each request to the token endpoint', async () => {
    const operations: TokenEvent[] = [];
    const tokens = { access_token: 'a', refresh_token: 'r', expires_at: 0 };
    const refresh = async () => ({ access_token: 'b', expires_in: 60 });
    const guard = webSession({ tokens: () => tokens, refresh, onEvent: event => operations.push(event) });
    const server = await listen(express().get('/', guard, (_req, res) => void res.json({})));
    await Promise.all([request(server.origin), request(server.origin)]);
    await server.close();
    expect(operations).toEqual([
      {
        type: 'completed',
        operation: 'web_session',
        outcome: 'ok',
        durationMs: jasmine.any(Number) as unknown as number,
      },
    ]);
  });
});
