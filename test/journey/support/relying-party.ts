import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { decodeJwt } from 'jose';
import { type AuthorizationServer, allowInsecureRequests, validateJwtAccessToken } from 'oauth4webapi';
import { type AccessTokenVerifier, accessTokenVerifier, requireToken } from '../../../src/express.js';
import type { OpenIdConnectOptions } from '../../../src/oidc.js';
import { api } from '../../peers/oidc-provider.js';
import { type RelyingPartyPage, relyingPartyFiles } from './relying-party-files.js';

const orders = [
  { number: 7, item: 'A kettle' },
  { number: 8, item: 'Tea' },
];

/** Serves a relying party's page, the package's callback page, and an API that accepts the provider's access tokens. */
export class RelyingPartyServer {
  /** Response status of each API call. */
  readonly calls: number[] = [];
  /** Access tokens that the API accepted. */
  readonly tokens = new Set<string>();
  options: Partial<OpenIdConnectOptions> = {};
  private nonce = 1;
  private guard: RequestHandler | undefined;

  private constructor(
    private readonly page: RelyingPartyPage,
    private readonly server: Server,
  ) {}

  static async start(page: RelyingPartyPage): Promise<RelyingPartyServer> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const party = new RelyingPartyServer(page, server);
    server.on('request', party.app());
    return party;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on, the API requires proofs with another nonce. */
  changeNonce(): void {
    this.nonce++;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private app(): Express {
    const app = express();
    app.use(({ path }, response, next) => {
      response.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': this.policy(path) });
      next();
    });
    app.use('/api', (request, response, next) => {
      response.on('finish', () => this.calls.push(response.statusCode));
      const { dpop = false, issuer = '' } = this.options;
      this.guard ??= dpop ? this.requireBoundToken(issuer) : requireToken(tokensOf(issuer), { scopes: ['orders'] });
      this.guard(request, response, next);
    });
    app.get('/api/orders', (request, response) => {
      this.tokens.add(request.get('authorization') ?? '');
      response.json(orders);
    });
    app.post('/api/transfers', (request, response) => {
      const [, token = ''] = (request.get('authorization') ?? '').split(' ');
      if (decodeJwt(token)['acr'] === 'gold') return void response.json({ done: true });
      const challenge = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="300"';
      response.status(401).set('WWW-Authenticate', challenge).json({});
    });
    app.get('/{*path}', async ({ path }, response) => {
      const file = (await relyingPartyFiles(this.page))[path] ?? shop;
      const options = `globalThis.options = ${JSON.stringify(this.options)};\n`;
      response.type(extname(path) || '.html').send(scripts.includes(path) ? options + file : file);
    });
    return app;
  }

  /** The policy of the guide, and nothing more. */
  private policy(path: string): string {
    const { issuer } = this.options;
    const framedBy = path === '/front-channel-logout.html' ? issuer : "'self'";
    return [
      "default-src 'self'; object-src 'none'; base-uri 'none'",
      `connect-src 'self' ${issuer}; frame-src 'self' ${issuer}; frame-ancestors ${framedBy}`,
      // Aurelia creates its views from strings, which trusted types forbid, and adds a style element.
      this.page === 'session' ? "require-trusted-types-for 'script'" : "style-src 'self' 'unsafe-inline'",
    ].join('; ');
  }

  /** Requires proofs with the latest nonce. */
  private requireBoundToken(issuer: string): RequestHandler {
    const provider: AuthorizationServer = { issuer, jwks_uri: `${issuer}/jwks` };
    return async ({ headers, method, originalUrl }, response, next) => {
      const refuse = (error: string) =>
        response.status(401).set('WWW-Authenticate', `DPoP error="${error}"`).json({ error });
      response.set('DPoP-Nonce', `nonce ${this.nonce}`);
      const { authorization = '', dpop } = headers;
      if (typeof dpop === 'string' && decodeJwt(dpop)['nonce'] !== `nonce ${this.nonce}`)
        return refuse('use_dpop_nonce');
      const proven = { Authorization: authorization, ...(typeof dpop === 'string' && { DPoP: dpop }) };
      const request = new Request(`${this.origin}${originalUrl}`, { method, headers: proven });
      try {
        await validateJwtAccessToken(provider, request, api, { requireDPoP: true, [allowInsecureRequests]: true });
      } catch {
        return refuse('invalid_token');
      }
      next();
    };
  }
}

function tokensOf(issuer: string): AccessTokenVerifier {
  return accessTokenVerifier({ issuer, audience: api, jwksUri: `${issuer}/jwks`, clockToleranceSeconds: 1 });
}

const shop = '<!doctype html><title>Shop</title><body><script src="/page.js"></script>';

/** Called with the provider once it is known. */
const scripts = ['/page.js', '/front-channel-logout.js'];
