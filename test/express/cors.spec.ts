import cors from 'cors';
import express from 'express';
import { refreshToken } from '../../src/express.js';
import { companion } from '../server/support/companion.js';
import { listen, postJson, type RunningServer, request } from '../server/support/http-server.js';

describe('CORS', () => {
  let server: RunningServer;
  const page = 'https://app.example.com';

  beforeEach(async () => {
    const app = express();
    app.use(
      cors({ origin: [page], credentials: true, exposedHeaders: ['Retry-After', 'WWW-Authenticate'], maxAge: 600 }),
    );
    app.post('/auth/login', express.json(), refreshToken(companion().tokens));
    server = await listen(app);
  });
  afterEach(() => server.close());

  const refresh = (origin: string) =>
    postJson(`${server.origin}/auth/login`, { grant_type: 'refresh_token', refresh_token: 'x' }, { origin });

  it('[S-25] applies to errors, for allowed origins only', async () => {
    const known = await refresh(page);
    expect(known.status).toBe(400);
    expect(known.headers.get('access-control-allow-origin')).toBe(page);
    expect(known.headers.get('access-control-allow-credentials')).toBe('true');
    expect(known.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(known.headers.get('vary')).toContain('Origin');
    const stranger = await refresh('https://evil.test');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    expect(stranger.headers.get('vary')).toContain('Origin');
  });

  it('[S-25] lets the browser cache preflight responses', async () => {
    const { status, headers } = await request(`${server.origin}/auth/login`, {
      method: 'OPTIONS',
      headers: { origin: page, 'access-control-request-method': 'POST' },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-max-age')).toBe('600');
  });
});
