import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium as driver, type Page } from 'playwright-core';
import { chromium, chromiumFlags } from '../support/browsers.mjs';
import { pageScript } from '../support/page-script.js';

/** One Chromium with a new page for each figure. Isolated pages have clocks with a resolution of five microseconds. */
export class BenchBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<BenchBrowser> {
    const script = await bundled('page.ts');
    const server = createServer(({ url }, response) => {
      const isScript = url === '/page.js';
      response.writeHead(200, {
        'Content-Type': isScript ? 'text/javascript' : 'text/html',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      });
      response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await driver.launch({
      executablePath: chromium() ?? '',
      args: [...chromiumFlags, '--js-flags=--expose-gc', '--enable-precise-memory-info'],
    });
    return new BenchBrowser(browser, server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  get version(): string {
    return this.browser.version();
  }

  /** Runs a function in a new page. */
  async inFreshPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
    const context = await this.browser.newContext();
    try {
      const page = await context.newPage();
      page.on('pageerror', error => console.error(error));
      await page.goto(this.origin);
      return await work(page);
    } finally {
      await context.close();
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }
}

export function bundled(entry: string): Promise<string> {
  return pageScript({
    entryPoints: [join(import.meta.dirname, entry)],
    minify: true,
    external: ['aurelia-loader-nodejs', 'aurelia-loader-webpack'],
  });
}
