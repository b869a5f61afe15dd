import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { decodeJwt } from 'jose';
import { type AuthorizationServer, allowInsecureRequests, validateJwtAccessToken } from 'oauth4webapi';
import type { OpenIdConnectOptions } from '../../../src/oidc.js';
import { api } from '../../peers/oidc-provider.js';

const root = join(import.meta.dirname, '../../..');

let scripts: Promise<{ readonly page: string; readonly callback: string; readonly html: string }> | undefined;

async function bundled() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'relying-party-page.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'warning',
  });
  const callback = await transform(await readFile(join(root, 'src/oidc/callback-page.ts'), 'utf8'), { loader: 'ts' });
  const html = await readFile(join(root, 'src/oidc/callback.html'), 'utf8');
  return { page: outputFiles[0]?.text ?? '', callback: callback.code, html };
}

/** Serves a relying party's page, the callback page of the package, and an API that takes the provider's access tokens. */
export class RelyingPartyServer {
  /** How each API call was answered. */
  readonly calls: number[] = [];
  options: Partial<OpenIdConnectOptions> = {};
  private nonce = 1;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RelyingPartyServer> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const party = new RelyingPartyServer(server);
    server.on('request', (request, response) => void party.answer(request, response));
    return party;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on the API wants proofs with another nonce. */
  changeNonce(): void {
    this.nonce++;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    scripts ??= bundled();
    const { page, callback, html } = await scripts;
    const { pathname } = new URL(request.url ?? '/', this.origin);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader(
      'Content-Security-Policy',
      "script-src 'self'; require-trusted-types-for 'script'; object-src 'none'; base-uri 'none'",
    );
    const send = (type: string, body: string) => response.setHeader('Content-Type', type).end(body);
    if (pathname === '/page.js') send('text/javascript', page);
    else if (pathname === '/options.js')
      send('text/javascript', `globalThis.options = ${JSON.stringify(this.options)};`);
    else if (pathname === '/callback.js') send('text/javascript', callback);
    else if (pathname === '/callback.html') send('text/html', html);
    else if (pathname.startsWith('/api/')) await this.answerCall(request, response);
    else
      send(
        'text/html',
        '<!doctype html><title>Shop</title><script src="/options.js"></script><script src="/page.js"></script>',
      );
  }

  private async answerCall(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = new Headers(
      Object.entries(incoming.headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const request = new Request(`${this.origin}${incoming.url}`, { headers, method: incoming.method ?? 'GET' });
    const { dpop = false, issuer = '' } = this.options;
    const respond = (status: number, challenge?: string) => {
      this.calls.push(status);
      if (challenge) response.setHeader('WWW-Authenticate', challenge);
      if (dpop) response.setHeader('DPoP-Nonce', `nonce ${this.nonce}`);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
    };
    const proof = headers.get('DPoP');
    if (dpop && proof && decodeJwt(proof)['nonce'] !== `nonce ${this.nonce}`) {
      respond(401, 'DPoP error="use_dpop_nonce"');
      return;
    }
    const provider: AuthorizationServer = { issuer, jwks_uri: `${issuer}/jwks` };
    try {
      await validateJwtAccessToken(provider, request, api, { requireDPoP: dpop, [allowInsecureRequests]: true });
      respond(200);
    } catch {
      respond(401, `${dpop ? 'DPoP' : 'Bearer'} error="invalid_token"`);
    }
  }
}
