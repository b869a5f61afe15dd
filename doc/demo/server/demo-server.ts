import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  memoryStore,
  oauthErrorHandler,
  refreshToken,
  requireToken,
  sendTokens,
  tokenClaims,
  tokenIssuer,
} from 'aurelia-auth-refresh/express';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { DurableSessions } from './durable-sessions.js';
import { type Expenses, expenses, newExpense } from './expenses.js';
import { type RequestLog, requestLog } from './request-log.js';
import { type Scenarios, scenarios } from './scenarios.js';
import { securityHeaders } from './security-headers.js';

export interface DemoServerOptions {
  /** The folder of the built app. */
  readonly appFolder: string;
  /** @default 10 */
  readonly accessTokenLifetimeSeconds?: number;
  /** Delay of refresh responses in ms, so that refreshes are visible. @default 200 */
  readonly refreshDelayMs?: number;
  /** If unset, all sessions end with the process. */
  readonly sessions?: DurableSessions;
}

export interface DemoServer {
  readonly app: Express;
  readonly requests: RequestLog;
  readonly scenarios: Pick<Scenarios, 'takeDown' | 'revokeAccessToken'>;
  /**
   * @param port 0: any that is free
   * @returns the page's URL
   */
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}

const demoUser = { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', password: 'analytical engine' };
const url = 'https://demo.example';

/** An Express server as an application would have it, with access tokens that live for seconds only. */
export function demoServer({
  appFolder,
  accessTokenLifetimeSeconds = 10,
  refreshDelayMs = 200,
  sessions = sessionsInMemory(),
}: DemoServerOptions): DemoServer {
  const tokens = tokenIssuer({
    issuer: url,
    audience: url,
    secret: sessions.secret,
    accessTokenLifetimeSeconds,
    // Not even a second is forgiven: the demo counts tokens that arrive expired.
    clockToleranceSeconds: 0,
    refreshToken: { idleLifetimeSeconds: 8 * 3600, absoluteLifetimeSeconds: 24 * 3600 },
    store: sessions.store,
  });
  const requests = requestLog();
  const demoScenarios = scenarios({ tokens, requests, refreshDelayMs });
  const { router, outage, delay, isRevoked } = demoScenarios;
  const signedIn = requireToken(tokens, { isRevoked });
  const expensesOfUser = new Map<string, Expenses>();
  const expensesOf = (req: Request): Expenses => {
    const { sub } = tokenClaims(req);
    const own = expensesOfUser.get(sub) ?? expenses();
    expensesOfUser.set(sub, own);
    return own;
  };

  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  app.use('/demo', uncached, express.json(), router);
  app.use(['/auth', '/api'], uncached, requests.record, express.json({ verify: requests.hashBody }));

  app.post('/auth/login', outage, delay, refreshToken(tokens), async (req, res) => {
    if (req.body?.email !== demoUser.email || req.body?.password !== demoUser.password) {
      res.status(401).json({ message: 'No user has this e-mail address and password.' });
      return;
    }
    sendTokens(res, await tokens.issue({ sub: demoUser.id }));
  });
  app.get('/auth/me', signedIn, (_req, res) => {
    const { id, name, email } = demoUser;
    res.json({ id, name, email });
  });
  // RFC 7009, for the page alone: it has no client id.
  app.post('/auth/revoke', express.urlencoded({ extended: false }), async (req, res) => {
    await tokens.revoke({ refreshToken: String(req.body?.token ?? '') });
    res.end();
  });

  app.get('/api/expenses', signedIn, (req, res) => {
    const { iat: tokenIssuedAt } = tokenClaims(req);
    res.json({ expenses: expensesOf(req).latest(6), tokenIssuedAt });
  });
  app.post('/api/expenses', signedIn, (req, res) => {
    res.status(201).json(expensesOf(req).add(newExpense(req.body)));
  });
  const multipart = express.raw({ type: 'multipart/form-data', limit: '5mb', verify: requests.hashBody });
  app.post('/api/receipts', multipart, signedIn, async (req, res) => {
    const form = await formData(req);
    const receipt = await sha256(form.get('receipt'));
    const expense = newExpense(Object.fromEntries(form));
    const bodySha256 = createHash('sha256').update(req.body).digest('hex');
    res.status(201).json({ ...expensesOf(req).add({ ...expense, ...(receipt && { receipt }) }), bodySha256 });
  });

  app.use('/assets', express.static(`${appFolder}/assets`, { immutable: true, maxAge: '1y', index: false }));
  app.use(express.static(appFolder, { maxAge: 0 }));
  app.use((_req, res) => {
    res.status(404).json({ message: 'There is nothing at this address.' });
  });
  app.use(oauthErrorHandler());
  app.use(objections);

  let server: ReturnType<Express['listen']> | undefined;
  return {
    app,
    requests,
    scenarios: demoScenarios,
    async listen(port, host) {
      server = app.listen(port, host);
      await once(server, 'listening');
      return `http://localhost:${(server.address() as AddressInfo).port}/`;
    },
    async close() {
      server?.closeAllConnections();
      await new Promise(done => (server ? server.close(done) : done(undefined)));
      sessions.close();
    },
  };
}

function sessionsInMemory(): DurableSessions {
  const store = memoryStore();
  return { store, secret: randomBytes(32).toString('base64'), close: store.close };
}

const uncached: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** Responds to errors of body parsers and of {@link newExpense}. */
const objections: ErrorRequestHandler = (error, _req, res, next) => {
  const status = error instanceof RangeError ? 422 : error.status;
  if (res.headersSent || status === undefined || status >= 500) next(error);
  else res.status(status).json({ message: error.message });
};

/** Parses multipart bodies with Node's `Response`. */
function formData(req: Request): Promise<FormData> {
  return new Response(req.body, { headers: { 'content-type': req.get('content-type') ?? '' } }).formData();
}

async function sha256(file: FormDataEntryValue | null): Promise<string | undefined> {
  if (!(file instanceof File) || file.size === 0) return undefined;
  return createHash('sha256')
    .update(Buffer.from(await file.arrayBuffer()))
    .digest('hex');
}
