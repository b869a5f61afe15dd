import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pageScript } from '../support/page-script.js';
import type { ClientSetup } from './page.js';

const html = '<!doctype html><title>Shop</title><body><script src="/page.js"></script>';

/** The application: one page with one client, on an origin of its own. */
export class Site {
  setup: ClientSetup | undefined;
  api: RequestListener | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Site> {
    const script = await bundle();
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const site = new Site(server);
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '', site.origin);
      if (pathname.startsWith('/api/') && site.api) return site.api(request, response);
      response.setHeader('Cache-Control', 'no-store');
      if (pathname !== '/page.js') return response.setHeader('Content-Type', 'text/html').end(html);
      const setup = `globalThis.setup = ${JSON.stringify(site.setup)};\n`;
      return response.setHeader('Content-Type', 'text/javascript').end(setup + script);
    });
    return site;
  }

  /** A loopback address, not `localhost`: without https, some servers accept only that (RFC 8252 §7.3). */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }
}

let bundled: Promise<string> | undefined;

/** The page's script, bundled once for all servers. */
function bundle(): Promise<string> {
  bundled ??= pageScript({ entryPoints: [join(import.meta.dirname, 'page.ts')] });
  return bundled;
}
