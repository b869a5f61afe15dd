import express from 'express';
import { requireSameOrigin, sendWebSession } from '../../src/express.js';
import { listen, request } from '../server/support/http-server.js';

describe('requireSameOrigin()', () => {
  const own = { 'sec-fetch-site': 'same-origin', 'x-requested-with': 'XMLHttpRequest' };
  const listed = { origin: 'https://app.example.com', 'x-requested-with': 'anything' };
  const made: Record<string, [headers: Record<string, string>, status: number]> = {
    'a page of the server’s own origin': [own, 200],
    'a page of a listed origin': [listed, 200],
    'a page of the own origin, without the header': [{ 'sec-fetch-site': 'same-origin' }, 403],
    'a page of another origin': [{ ...listed, origin: 'https://evil.example' }, 403],
    'a page of a sister domain': [{ ...own, 'sec-fetch-site': 'same-site' }, 403],
    'a page without an origin': [{ ...listed, origin: 'null' }, 403],
    'no page': [{ 'x-requested-with': 'XMLHttpRequest' }, 403],
  };
  for (const [who, [headers, status]] of Object.entries(made)) {
    it(`[S-24] responds ${status} to ${who}`, async () => {
      const app = express();
      app.use(requireSameOrigin({ allowedOrigins: ['https://app.example.com'] }));
      app.get('/', (_req, res) => void res.json({ ok: true }));
      const server = await listen(app);
      const response = await request(server.origin, { headers });
      expect(response.status).toBe(status);
      if (status === 403) expect(response.body['error']).toBe('access_denied');
      await server.close();
    });
  }
});

describe('sendWebSession()', () => {
  it('sends the remaining lifetime, and no token', async () => {
    const app = express();
    const tokens = { access_token: 'secret', refresh_token: 'secret' };
    const now = Date.now() / 1000;
    app.get('/fresh', (_req, res) => sendWebSession(res, { ...tokens, expires_at: now + 3600 }, { name: 'Ada' }));
    app.get('/expired', (_req, res) => sendWebSession(res, { ...tokens, expires_at: `${now - 3600}` }));
    app.get('/unknown', (_req, res) => sendWebSession(res, tokens));
    const server = await listen(app);
    const fresh = await request(`${server.origin}/fresh`);
    expect(fresh.body).toEqual({ name: 'Ada', expires_in: jasmine.any(Number) });
    expect(Number(fresh.body['expires_in'])).toBeGreaterThan(3000);
    expect(fresh.headers.get('cache-control')).toBe('no-store');
    expect((await request(`${server.origin}/expired`)).body).toEqual({ expires_in: 0 });
    expect((await request(`${server.origin}/unknown`)).body).toEqual({});
    await server.close();
  });
});
