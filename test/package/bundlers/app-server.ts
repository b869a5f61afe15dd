import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import express from 'express';

type ServerEntryPoint = typeof import('../../../src/express.js');

export interface AppServer {
  readonly origin: string;
  /** Number of refreshes. */
  readonly refreshes: number;
  /** Responds with 401 to the next API request, regardless of its token. */
  rejectNext(): void;
  close(): void;
}

/** The app's server, on the server companion of the installed package. Serves the files of the folder. */
export async function startAppServer(app: string): Promise<AppServer> {
  const door = join(app, 'node_modules/aurelia-auth-refresh/dist/native-modules/express.js');
  const { memoryStore, refreshToken, requireToken, sendTokens, tokenClaims, tokenIssuer }: ServerEntryPoint =
    await import(pathToFileURL(door).href);
  let refreshes = 0;
  let rejecting = false;
  const tokens = tokenIssuer({
    issuer: 'https://login.example.com',
    audience: 'https://api.example.com',
    secret: 'a secret for tests that is long enough',
    refreshToken: { idleLifetimeSeconds: 3600, absoluteLifetimeSeconds: 3600 },
    store: memoryStore(),
    onEvent: ({ type }) => {
      refreshes += type === 'rotated' ? 1 : 0;
    },
  });
  const server = express()
    .post('/auth/login', express.json(), refreshToken(tokens), async (req, res) => {
      sendTokens(res, await tokens.issue({ sub: req.body.username }));
    })
    .get('/api/me', (_, res, next) => {
      if (!rejecting) return next();
      rejecting = false;
      res.sendStatus(401);
    })
    .get('/api/me', requireToken(tokens), (req, res) => {
      res.json({ sub: tokenClaims(req).sub });
    })
    .get('/favicon.ico', (_, res) => {
      res.sendStatus(204);
    })
    .use(express.static(app))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    get refreshes() {
      return refreshes;
    },
    rejectNext: () => {
      rejecting = true;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
