import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { pageScript } from '../support/page-script.js';
import type { ClientSetup } from './page.js';

const source = join(import.meta.dirname, '../../src');
const html = '<!doctype html><title>Shop</title><body><script src="/page.js"></script>';

/** The application: one page with one client, on an origin of its own. */
export class Site {
  setup: ClientSetup | undefined;
  api: RequestListener | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Site> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const site = new Site(server);
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '', site.origin);
      if (pathname.startsWith('/api/') && site.api) return site.api(request, response);
      void site.file(pathname).then(({ type, text }) => {
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
      });
    });
    return site;
  }

  /** A web client at a loopback address, not at `localhost`: RFC 8252 allows only that without https. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async file(path: string): Promise<{ readonly type: string; readonly text: string }> {
    const files = await siteFiles();
    if (path === '/page.js') {
      return { type: 'text/javascript', text: `globalThis.setup = ${JSON.stringify(this.setup)};\n${files.page}` };
    }
    if (path === '/callback.js') return { type: 'text/javascript', text: files.callbackScript };
    return { type: 'text/html', text: path === '/callback.html' ? files.callback : html };
  }
}

interface SiteFiles {
  readonly page: string;
  readonly callback: string;
  readonly callbackScript: string;
}

let made: Promise<SiteFiles> | undefined;

/** Bundled once for all servers. */
function siteFiles(): Promise<SiteFiles> {
  made ??= makeFiles();
  return made;
}

async function makeFiles(): Promise<SiteFiles> {
  const callback = await readFile(join(source, 'oidc/callback-page.ts'), 'utf8');
  return {
    page: await pageScript({ entryPoints: [join(import.meta.dirname, 'page.ts')] }),
    callback: await readFile(join(source, 'oidc/callback.html'), 'utf8'),
    callbackScript: (await transform(callback, { loader: 'ts' })).code,
  };
}
