import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../server/support/http-server.js';
import { betterSqlite3 } from '../support/databases.mjs';
import { blocks } from '../support/examples.js';
import { type GuideExample, startGuideExample } from './support/guide-example.js';

const guide = 'doc/guides/token-server.md';

describe('the guide to the token server', () => {
  let server: GuideExample;
  let port: number;
  let folder: string;
  const start = (): Promise<GuideExample> =>
    startGuideExample('doc/guides/token-server/server.ts', {
      PORT: String(port),
      SESSIONS_FILE: join(folder, 'sessions.db'),
    });

  beforeAll(async () => {
    if (!betterSqlite3()) return;
    port = await freePort();
    folder = await mkdtemp(join(tmpdir(), 'token-server-'));
    server = await start();
  });
  afterAll(async () => {
    if (!betterSqlite3()) return;
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('shows curl commands that work, also after a restart of the server', async () => {
    if (!betterSqlite3()) return pending('better-sqlite3 cannot be loaded');
    const shell = async (command: string, tokens: Record<string, string> = {}): Promise<string> => {
      const here = command.replaceAll('http://localhost:3000', `http://127.0.0.1:${port}`);
      const child = spawn('sh', ['-c', here], {
        env: { ...process.env, ...tokens },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', chunk => {
        output += chunk;
      });
      await once(child, 'close');
      return output;
    };

    const commands = blocks(guide, 'sh').filter(block => block.startsWith('curl'));
    const [login, use, useExpired, refresh, logOut] = commands;
    expect(commands.length).toBe(5);
    const first = JSON.parse(await shell(login!));
    expect(Object.keys(first)).toEqual(Object.keys(JSON.parse(blocks(guide, 'json')[0]!)));
    const tokens = { ACCESS_TOKEN: first.access_token, REFRESH_TOKEN: first.refresh_token };
    expect(await shell(use!, tokens)).toBe('{"secret":"for test alone"}');

    await server.advance(11);
    const rejected = await shell(useExpired!, tokens);
    expect(rejected).toMatch(/^HTTP\/1.1 401/);
    expect(rejected).toMatch(/WWW-Authenticate: Bearer error="invalid_token"/i);

    await server.stop();
    server = await start();
    const next = JSON.parse(await shell(refresh!, tokens));
    expect(JSON.parse(await shell(refresh!, tokens)).refresh_token).toBe(next.refresh_token);
    const nextTokens = { ACCESS_TOKEN: next.access_token, REFRESH_TOKEN: next.refresh_token };
    expect(await shell(use!, nextTokens)).toBe('{"secret":"for test alone"}');

    expect(await shell(logOut!, nextTokens)).toMatch(/^HTTP\/1.1 200/);
    expect(JSON.parse(await shell(refresh!, nextTokens)).error).toBe('invalid_grant');
  });
});
