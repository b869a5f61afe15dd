import express, { type Express } from 'express';
import { refreshToken, requireToken, type TokenIssuerOptions, tokenClaims } from '../../../src/express.js';
import { type Companion, companion } from '../../server/support/companion.js';
import { listen, postJson, type RunningServer, type TestResponse } from '../../server/support/http-server.js';

/** The route of a one-page app: login and refresh on one URL, and one protected resource. */
export function companionApp({ tokens }: Companion, clientId?: string): Express {
  const app = express();
  app.post('/auth/login', express.json(), refreshToken(tokens), async (req, res) => {
    const username: unknown = req.body?.username;
    if (typeof username !== 'string') {
      res.status(401).json({ error: 'wrong_name_or_password', from: 'login handler' });
      return;
    }
    const grant = { sub: username, scope: 'read write', ...(clientId === undefined ? {} : { clientId }) };
    res.set('Cache-Control', 'no-store').json(await tokens.issue(grant));
  });
  app.get('/api/me', requireToken(tokens), (req, res) => {
    res.json(tokenClaims(req));
  });
  app.set('env', 'test');
  return app;
}

export interface RunningCompanion extends Companion {
  readonly server: RunningServer;
  login(username: string): Promise<Readonly<Record<string, unknown>>>;
  refresh(body: Record<string, unknown>, headers?: Record<string, string>): Promise<TestResponse>;
}

export async function runCompanion(overrides: Partial<TokenIssuerOptions> = {}): Promise<RunningCompanion> {
  const parts = companion(overrides);
  const server = await listen(companionApp(parts));
  const url = `${server.origin}/auth/login`;
  return {
    ...parts,
    server,
    login: async username => (await postJson(url, { username })).body,
    refresh: (body, headers) => postJson(url, { grant_type: 'refresh_token', ...body }, headers),
  };
}
