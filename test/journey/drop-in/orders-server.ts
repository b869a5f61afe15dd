import { randomUUID } from 'node:crypto';
import cors from 'cors';
import express, { type Express, type Request, type RequestHandler } from 'express';
import {
  memoryStore,
  refreshToken,
  requireToken,
  sendTokens,
  type TokenIssuer,
  tokenClaims,
  tokenIssuer,
} from '../../../src/express.js';
import { type Listening, listen } from './listening.js';

/** Settings that the page receives before it loads the application. */
export interface Environment {
  readonly pushState?: boolean;
  /** Whether routes are guarded by `AuthorizeStep`. */
  readonly olderGuard?: boolean;
  /** Options that replace those of the application. */
  readonly authConfig?: object;
}

export interface OrdersServerOptions {
  /** Origin of a third party at which users can sign in. */
  readonly thirdParty: string;
  /** @default 600 */
  readonly accessTokenSeconds?: number;
  readonly environment?: Environment;
}

interface User {
  readonly id: string;
  displayName: string;
  readonly email: string;
  readonly password?: string;
  readonly linked: string[];
  readonly orders: { readonly item: string }[];
}

const providers = { facebook: '239531826023', guild: 'orders-app' } as const;

/**
 * The server of an application with its own users, on two origins: one for the page and its API, and one for reports.
 * The served files can be replaced while pages are open, as by a deployment.
 */
export class OrdersServer {
  /** All requests except those for files, as `POST /auth/login 200`. */
  readonly requests: string[] = [];
  /** The folder of the application. */
  folder = '';
  /** Latest expiry of all tokens that were sent and accepted, in epoch ms. */
  expiresAt = 0;
  private readonly users = new Map<string, User>();
  private readonly store = memoryStore();
  private readonly tokens: TokenIssuer;
  private page!: Listening;
  private reports!: Listening;

  private constructor(private readonly options: OrdersServerOptions) {
    this.tokens = tokenIssuer({
      issuer: 'https://orders.example',
      audience: 'https://orders.example',
      secret: 'a secret for tests that is long enough',
      accessTokenLifetimeSeconds: options.accessTokenSeconds ?? 600,
      clockToleranceSeconds: 0,
      refreshToken: { idleLifetimeSeconds: 3600, absoluteLifetimeSeconds: 3600 },
      store: this.store,
    });
  }

  static async start(options: OrdersServerOptions): Promise<OrdersServer> {
    const server = new OrdersServer(options);
    server.page = await listen(server.pageApp(), 'localhost');
    server.reports = await listen(server.reportsApp(), 'localhost');
    return server;
  }

  get origin(): string {
    return this.page.origin;
  }

  async close(): Promise<void> {
    this.store.close();
    await Promise.all([this.page.close(), this.reports.close()]);
  }

  /** Requests whose address begins with the prefix. */
  to(beginning: string): string[] {
    return this.requests.filter(request => request.split(' ')[1]?.startsWith(beginning));
  }

  private pageApp(): Express {
    const { tokens } = this;
    const signedIn = requireToken(tokens);
    return express()
      .use(['/auth', '/api', '/public'], this.record, express.json())
      .get('/environment.js', (_req, res) => {
        res.type('js').send(`window.environment = ${JSON.stringify(this.environment())};`);
      })
      .post('/auth/signup', async (req, res) => {
        const user = this.register(req.body);
        sendTokens(res, await tokens.issue({ sub: user.id }));
      })
      .post('/auth/login', async (req, res) => {
        const user = this.userBy('email', req.body.email);
        if (user && user.password === req.body.password) sendTokens(res, await tokens.issue({ sub: user.id }));
        else res.status(401).json({ message: 'There is no such user.' });
      })
      .post('/auth/token', refreshToken(tokens))
      .post('/auth/logout', signedIn, (_req, res) => {
        res.sendStatus(204);
      })
      .get('/auth/me', signedIn, (req, res) => {
        res.json(profile(this.userOf(req)));
      })
      .patch('/auth/me', signedIn, (req, res) => {
        this.userOf(req).displayName = req.body.displayName;
        res.json(profile(this.userOf(req)));
      })
      .post('/auth/unlink/:provider', signedIn, (req, res) => {
        const { linked } = this.userOf(req);
        linked.splice(linked.indexOf(String(req.params['provider'])), 1);
        res.sendStatus(204);
      })
      .post('/auth/:provider', this.knowsWhoLinks, async (req, res) => {
        const user = await this.exchange(req);
        if (user) sendTokens(res, await tokens.issue({ sub: user.id }));
        else res.status(400).json({ message: 'The code was not accepted.' });
      })
      .get('/api/orders', signedIn, (req, res) => {
        res.json(this.userOf(req).orders);
      })
      .post('/api/orders', signedIn, (req, res) => {
        this.userOf(req).orders.push({ item: req.body.item });
        res.status(201).json({ item: req.body.item });
      })
      .get('/public/greeting', (req, res) => {
        res.json({ text: req.get('authorization') ? 'Who are you to tell me your token?' : 'Good day' });
      })
      .use((req, res, next) => express.static(this.folder)(req, res, next))
      .use((_req, res) => {
        res.sendFile(`${this.folder}/index.html`);
      });
  }

  private reportsApp(): Express {
    return express()
      .use(cors({ origin: this.origin, allowedHeaders: ['authorization', 'content-type'] }), this.record)
      .get('/reports/yearly', requireToken(this.tokens), (req, res) => {
        const { orders, displayName } = this.userOf(req);
        res.json({ count: orders.length, of: displayName });
      });
  }

  private readonly record: RequestHandler = (req, res, next) => {
    const { method, originalUrl } = req;
    res.on('finish', () => {
      if (method !== 'OPTIONS') this.requests.push(`${method} ${originalUrl} ${res.statusCode}`);
    });
    next();
  };

  private environment(): object {
    return {
      pushState: false,
      olderGuard: false,
      authConfig: {},
      ...this.options.environment,
      guild: this.options.thirdParty,
      reports: `${this.reports.origin}/reports/`,
    };
  }

  /** Also accepts requests without a token. */
  private readonly knowsWhoLinks: RequestHandler = (req, res, next) => {
    if (req.get('authorization')) void requireToken(this.tokens)(req, res, next);
    else next();
  };

  /** Exchanges a code at the third party, as its client, and finds or creates the user. */
  private async exchange(req: Request): Promise<User | undefined> {
    const provider = String(req.params['provider']);
    const { code, redirectUri, clientId, code_verifier: verifier } = req.body;
    if (!(provider in providers) || clientId !== providers[provider as keyof typeof providers]) return undefined;
    const body = new URLSearchParams({ code: String(code), redirect_uri: String(redirectUri), client_id: clientId });
    if (verifier !== undefined) body.set('code_verifier', String(verifier));
    const answer = await fetch(`${this.options.thirdParty}/token`, { method: 'POST', body });
    if (!answer.ok) return undefined;
    const { displayName, email } = (await answer.json()) as User;
    const user = req.get('authorization')
      ? this.userOf(req)
      : (this.userBy('email', email) ?? this.register({ displayName, email }));
    if (!user.linked.includes(provider)) user.linked.push(provider);
    return user;
  }

  private register({ displayName, email, password }: Pick<User, 'displayName' | 'email' | 'password'>): User {
    const user = { id: randomUUID(), displayName, email, linked: [], orders: [], ...(password && { password }) };
    this.users.set(user.id, user);
    return user;
  }

  private userBy(name: 'email', value: unknown): User | undefined {
    return [...this.users.values()].find(user => user[name] === value);
  }

  private userOf(req: Request): User {
    const { sub, exp } = tokenClaims(req);
    this.expiresAt = Math.max(this.expiresAt, Number(exp) * 1000);
    const user = this.users.get(sub);
    if (!user) throw new Error('There is no such user.');
    return user;
  }
}

function profile({ id, displayName, email, linked }: User): object {
  return { id, displayName, email, linked };
}
