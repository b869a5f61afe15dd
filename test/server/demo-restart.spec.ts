import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoServer, demoServer } from '../../doc/demo/server/demo-server.js';
import { betterSqlite3 } from '../support/databases.mjs';
import { postJson } from './support/http-server.js';

describe('the demo', () => {
  it('keeps sessions when its server is restarted', async () => {
    if (!betterSqlite3()) return pending('better-sqlite3 cannot be loaded');
    const { durableSessions } = await import('../../doc/demo/server/durable-sessions.js');
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    const start = async (): Promise<{ server: DemoServer; login: string }> => {
      const server = demoServer({ appFolder: folder, refreshDelayMs: 0, sessions: durableSessions(folder) });
      return { server, login: `${await server.listen(0, '127.0.0.1')}auth/login` };
    };
    const before = await start();
    const { body } = await postJson(before.login, { email: 'ada@example.com', password: 'analytical engine' });
    await before.server.close();
    const after = await start();
    const { refresh_token } = body;
    const refreshed = await postJson(after.login, { grant_type: 'refresh_token', refresh_token });
    await after.server.close();
    await rm(folder, { recursive: true });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body['refresh_token']).not.toBe(refresh_token);
  });
});
