import express, { type Express } from 'express';
import { oauthErrorHandler, type TokenIssuer } from '../../src/express.js';
import { listen, postJson, type RunningServer } from '../server/support/http-server.js';
import { betterSqlite3 } from '../support/databases.mjs';

describe('the account of the server guide', () => {
  let tokens: TokenIssuer;
  let users: Map<string, { password: string; passwordChangedAt: number }>;
  let server: RunningServer;

  beforeAll(async () => {
    if (!betterSqlite3()) return;
    process.env['TOKEN_SECRET'] = 'a secret for tests that is long enough';
    process.env['SESSIONS_FILE'] = ':memory:';
    ({ tokens, users } = await import('../../doc/guides/server/tokens.js'));
    delete process.env['TOKEN_SECRET'];
    delete process.env['SESSIONS_FILE'];
    const { account } = await import('../../doc/guides/server/account.js');
    const app: Express = express();
    app.use('/account', account, oauthErrorHandler());
    server = await listen(app);
  });
  afterAll(() => server?.close());
  beforeEach(() => betterSqlite3() ?? pending('better-sqlite3 cannot be loaded'));

  const user = () => users.get('ada@example.com')!;
  const refresh = (refreshToken: string) =>
    tokens.refresh({ refreshToken }).then(
      ({ refresh_token }) => refresh_token,
      (error: Error) => error.message,
    );

  it('[S6] keeps the session that changed the password, with claims that end older sessions', async () => {
    const kept = await tokens.issue({ sub: 'user-1' });
    const other = await tokens.issue({ sub: 'user-1' });
    const body = { old_password: user().password, new_password: 'difference engine' };
    const changed = await postJson(`${server.origin}/account/password`, body, {
      authorization: `Bearer ${kept.access_token}`,
    });
    expect(changed.status).toBe(204);
    const next = await refresh(kept.refresh_token);
    expect(next).toMatch(/^v1/);
    expect(await refresh(next)).toMatch(/^v1/);
    expect(await refresh(other.refresh_token)).toMatch(/Log in again/);
    expect((await tokens.sessions('user-1')).length).toBe(1);
  });

  it('[S6] ends all sessions when another system changed the password', async () => {
    const { refresh_token } = await tokens.issue({ sub: 'user-1' });
    user().passwordChangedAt = Date.now() + 60_000;
    expect(await refresh(refresh_token)).toMatch(/Log in again/);
    user().passwordChangedAt = 0;
  });
});
