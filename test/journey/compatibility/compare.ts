import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium, chromiumFlags } from '../../support/browsers.mjs';
import { pageScript } from '../../support/page-script.js';
import type { Row } from './row.js';

/** A row without its function. */
type ListedRow = Omit<Row, 'observe'>;

export interface Comparison extends ListedRow {
  /** What each library does: aurelia-authentication 3.8.3, then this one. */
  readonly outcomes: readonly [string, string];
  readonly alike: boolean;
}

/** What is reported for a library: the rows that it ran, and their outcomes. */
interface Report {
  readonly rows: readonly ListedRow[];
  readonly outcomes: readonly string[];
}

/** The modules that an application imports of each library, and the host that it is loaded from: each has a storage of its own. */
const libraries = [
  {
    host: 'localhost',
    modules: [
      'aurelia-authentication',
      'aurelia-authentication/dist/commonjs/authFilterValueConverter',
      'aurelia-authentication/dist/commonjs/authenticatedFilterValueConverter',
      'aurelia-authentication/dist/commonjs/authenticatedValueConverter',
    ],
  },
  { host: '127.0.0.1', modules: ['aurelia-auth-refresh'] },
] as const;

/** Runs each row with both libraries, in a frame of its own. The frames of the second library are those of another host. */
export async function compare(memberPart = ''): Promise<Comparison[]> {
  const reports = new Map<string, (report: Report) => void>();
  const [before, now] = libraries.map(({ host }) => new Promise<Report>(resolve => reports.set(host, resolve)));
  const server = await serve(await Promise.all(libraries.map(({ modules }) => bundled(modules))), reports);
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), 'compatibility-'));
  const address = `http://${libraries[0].host}:${port}/?${new URLSearchParams({ memberPart, both: 'yes' })}`;
  const args = ['--headless', ...chromiumFlags, `--user-data-dir=${profile}`, address];
  const browser = spawn(chromium() ?? '', args, { stdio: 'ignore', detached: true });
  try {
    const ended = once(browser, 'exit').then(() => Promise.reject(new Error('The browser ended before its report.')));
    return merged(...((await Promise.race([Promise.all([before, now]), ended])) as [Report, Report]));
  } finally {
    // The browser and its children, which would write into the folder after its end.
    if (browser.exitCode === null && browser.pid) {
      if (process.platform === 'win32') spawnSync('taskkill', ['/pid', `${browser.pid}`, '/t', '/f']);
      else process.kill(-browser.pid, 'SIGKILL');
      await once(browser, 'exit');
    }
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 });
  }
}

function merged(before: Report, now: Report): Comparison[] {
  return now.rows.map((row, index) => {
    const outcomes = [before.outcomes[index] ?? '', now.outcomes[index] ?? ''] as const;
    return { ...row, outcomes, alike: outcomes[0] === outcomes[1] };
  });
}

/** Serves the pages, and takes their reports. */
async function serve(
  scripts: readonly string[],
  reports: ReadonlyMap<string, (report: Report) => void>,
): Promise<Server> {
  const server = createServer((request, response) => void respond(request, response)).listen(0);
  await once(server, 'listening');
  return server;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host?.replace(/:\d+$/, '') ?? '';
    const script = scripts[libraries.findIndex(library => library.host === host)] ?? '';
    if (request.method === 'POST') reports.get(host)?.(JSON.parse(await text(request)));
    response.setHeader('Cache-Control', 'max-age=3600');
    response.setHeader('Content-Type', request.url === '/library.js' ? 'text/javascript' : 'text/html');
    if (request.url === '/library.js') response.end(script);
    else if (request.url === '/frame') response.end('<!doctype html><body><script src="/library.js"></script>');
    else response.end(`<!doctype html><body><script>${runner}</script>`);
  }
}

/** As text, because what the test runner makes of a function does not run in a page. Each row has a frame, with which its timers go. */
const runner = `
  const query = new URLSearchParams(location.search);
  if (query.has('both')) {
    query.delete('both');
    open('http://${libraries[1].host}:' + location.port + '/?' + query);
  }
  run(query.get('memberPart')).then(report => fetch('/report', { method: 'POST', body: JSON.stringify(report) }));

  async function run(memberPart) {
    const first = await open();
    const chosen = first.contentWindow.listed().filter(({ member }) => member.includes(memberPart));
    first.remove();
    const outcomes = [];
    for (const { index } of chosen) {
      const frame = await open();
      outcomes.push(await frame.contentWindow.observed(index));
      frame.remove();
      await forget();
    }
    return { rows: chosen.map(({ index, ...row }) => row), outcomes };
  }

  function open(address = '/frame') {
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
    `import { offer } from './page.ts';`,
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
