import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { chromium, chromiumFlags } from '../../support/browsers.mjs';
import { pageScript } from '../../support/page-script.js';
import type { Row } from './row.js';

/** A row as the page lists it. */
export interface ListedRow extends Omit<Row, 'observe'> {
  readonly index: number;
}

export interface Comparison extends Omit<Row, 'observe'> {
  /** What each library does: aurelia-authentication 3.8.3, then this one. */
  readonly outcomes: readonly [string, string];
  readonly alike: boolean;
}

/** The modules that an application imports of each library. */
const libraries = {
  predecessor: [
    'aurelia-authentication',
    'aurelia-authentication/dist/commonjs/authFilterValueConverter',
    'aurelia-authentication/dist/commonjs/authenticatedFilterValueConverter',
    'aurelia-authentication/dist/commonjs/authenticatedValueConverter',
  ],
  ours: ['aurelia-auth-refresh'],
} as const;

/** Runs each row with both libraries, each in a page of its own and a frame for each row. */
export async function compare(only: (row: ListedRow) => boolean = () => true): Promise<Comparison[]> {
  const [before, now] = await Promise.all([bundled(libraries.predecessor), bundled(libraries.ours)]);
  const server = await serve({ '/predecessor.js': before, '/ours.js': now });
  const { port } = server.address() as AddressInfo;
  const browser = await playwright.launch({ executablePath: chromium() ?? '', args: chromiumFlags });
  try {
    const address = `http://localhost:${port}`;
    const listed = await listRows(browser, address);
    const chosen = listed.filter(only);
    const [predecessor = [], ours = []] = await Promise.all(
      Object.keys(libraries).map(name => outcomes(browser, address, name, chosen)),
    );
    return chosen.map(({ index: _, ...row }, at) => {
      const both = [predecessor[at] ?? '', ours[at] ?? ''] as const;
      return { ...row, outcomes: both, alike: both[0] === both[1] };
    });
  } finally {
    await browser.close();
    server.close();
  }
}

async function listRows(browser: Browser, address: string): Promise<ListedRow[]> {
  const page = await browser.newPage();
  await page.goto(`${address}/ours.html`);
  const listed = await page.evaluate<ListedRow[]>('listed()');
  await page.close();
  return listed;
}

async function outcomes(
  browser: Browser,
  address: string,
  library: string,
  chosen: readonly ListedRow[],
): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${address}/`);
  const indexes = chosen.map(({ index }) => index);
  const found = await page.evaluate<string[]>(`run('/${library}.html', ${JSON.stringify(indexes)})`);
  await context.close();
  return found;
}

async function serve(scripts: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const script = scripts[url];
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    response.setHeader('Cache-Control', 'max-age=3600');
    const library = /^\/(\w+)\.html$/.exec(url)?.[1];
    const own = library ? `<script src="/${library}.js"></script>` : `<script>${runner}</script>`;
    response.end(script ?? `<!doctype html><body>${own}`);
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}

/** As text, because what the test runner makes of a function does not run in a page. Each row has a frame, with which its timers go. */
const runner = `
  async function run(address, indexes) {
    const outcomes = [];
    for (const index of indexes) {
      const frame = await open(address);
      outcomes.push(await frame.contentWindow.observed(index));
      frame.remove();
      await forget();
    }
    return outcomes;
  }

  function open(address) {
    return new Promise(resolve => {
      const frame = document.createElement('iframe');
      frame.src = address;
      frame.onload = () => resolve(frame);
      document.body.append(frame);
    });
  }

  async function forget() {
    localStorage.clear();
    sessionStorage.clear();
    for (const { name } of await indexedDB.databases()) {
      await new Promise(done => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: done, onerror: done }));
    }
  }`;

function bundled(modules: readonly string[]): Promise<string> {
  const names = modules.map((_, index) => `module${index}`);
  const contents = [
    `import { offer } from './frame.ts';`,
    ...modules.map((module, index) => `import * as ${names[index]} from '${module}';`),
    `offer(${names.join(', ')});`,
  ].join('\n');
  return pageScript({
    stdin: { contents, resolveDir: join(import.meta.dirname), loader: 'ts' },
    ignoreAnnotations: true,
    minify: true,
    keepNames: true,
    logLevel: 'error',
  });
}
