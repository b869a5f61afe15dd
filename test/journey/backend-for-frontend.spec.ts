import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildDemo } from '../../doc/demo/build-demo.js';
import { provider } from '../../doc/guides/web-app/provider.js';
import { aureliaScript } from './support/aurelia-script.js';
import { startBrowser } from './support/browsers/chromium-engine.js';
import { until } from './support/journey.js';

const accessTokenSeconds = 8;

interface Seen {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Serves an application that is created once its address is known. */
async function listening(): Promise<{ server: Server; origin: string }> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function pageFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-for-frontend-'));
  await writeFile(join(folder, 'page.js'), await aureliaScript('backend-for-frontend', ['app']));
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>Expenses</title><body><script src="page.js"></script>',
  );
  return folder;
}

describe('the guide’s backend for frontend', () => {
  let browser: Browser;
  let folder: string;
  let servers: Server[];
  let origin: string;
  let context: BrowserContext;
  let page: Page;
  let seen: Seen[];
  /** Responses of the backend, and the page that received them. */
  let answered: { from: string | undefined; status: number }[];
  /** Refresh requests at the provider, and whether the provider still has a session after a sign-in. */
  let refreshes: number;
  let signedIn: boolean;
  let forgotten: boolean;

  beforeAll(async () => {
    await buildDemo();
    browser = await startBrowser();
    folder = await pageFolder();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    const [identity, site] = [await listening(), await listening()];
    servers = [identity.server, site.server];
    origin = site.origin;
    answered = [];
    refreshes = 0;
    forgotten = false;
    seen = [];
    const identityApp = provider(identity.origin, origin, accessTokenSeconds);
    identity.server.on('request', (req, res) => {
      const isRefresh = req.method === 'POST' && req.url === '/token' && signedIn;
      if (isRefresh) refreshes++;
      if (isRefresh && forgotten) {
        res.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
      } else {
        identityApp(req, res);
      }
    });
    // Imported late: it imports the package, which must be built first.
    const { backend } = await import('../../doc/guides/backend-for-frontend/backend.js');
    const app = backend(identity.origin, origin, folder);
    site.server.on('request', (req, res) => {
      res.on('finish', () => answered.push({ from: req.headers.origin, status: res.statusCode }));
      app(req, res);
    });
    context = await browser.newContext();
    page = await context.newPage();
    page.on('request', request => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/bff')) seen.push({ path: pathname, headers: request.headers() });
    });
    signedIn = false;
    await page.goto(origin);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('Signed in.').waitFor();
    signedIn = true;
  }, 30_000);
  afterEach(async () => {
    await context.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function loaded(on = page): Promise<string> {
    const before = await on.locator('pre').textContent();
    await on.getByRole('button', { name: 'Load expenses' }).click();
    await on.waitForFunction(text => document.querySelector('pre')?.textContent !== text, before);
    return (await on.locator('pre').textContent()) ?? '';
  }

  it('lets a page call the API without holding a token', async () => {
    expect(await loaded()).toContain('"of":"ada"');
    const readable = await page.evaluate(async () => {
      const databases = await indexedDB.databases();
      const records = databases.map(
        ({ name = '' }) =>
          new Promise(resolve => {
            indexedDB.open(name).onsuccess = event => {
              const { result } = event.target as IDBOpenDBRequest;
              const store = result
                .transaction([...result.objectStoreNames])
                .objectStore(result.objectStoreNames[0] ?? '');
              store.getAll().onsuccess = got => resolve((got.target as IDBRequest).result);
            };
          }),
      );
      return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, await Promise.all(records)]);
    });
    expect(readable).toContain('in-cookie-');
    expect(readable).not.toMatch(/eyJ|refresh_token|access_token/);
    expect(seen.filter(({ headers }) => 'authorization' in headers)).toEqual([]);
  }, 30_000);

  it('refreshes at the provider once for two tabs after expiry', async () => {
    const first = await loaded();
    const other = await context.newPage();
    await other.goto(origin);
    await other.getByText('Signed in.').waitFor();
    const issued = /"tokenIssuedAt":"([^"]+)"/.exec(first)?.[1] ?? '';
    await until(
      'the token is about to expire',
      () => Date.now() > Date.parse(issued) + (accessTokenSeconds - 1) * 1000,
    );
    const answers = await Promise.all([loaded(), loaded(other)]);
    expect(answers[0]).toContain('"of":"ada"');
    expect(answers[0]).not.toBe(first);
    expect(answers[1]).toContain('"of":"ada"');
    expect(refreshes).toBe(1);
  }, 30_000);

  it('reports to the page that the provider ended the session, and signs in again from there', async () => {
    forgotten = true;
    await page.getByText('You are signed out.').waitFor();
    expect(await page.locator('pre').count()).toBe(1);
    forgotten = false;
    signedIn = false;
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('Signed in.').waitFor();
    expect(await loaded()).toContain('"of":"ada"');
  }, 40_000);

  it('signs out in every tab, and at the backend', async () => {
    const other = await context.newPage();
    await other.goto(origin);
    await other.getByText('Signed in.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByText('You are signed out.').waitFor();
    await page.waitForURL(url => url.origin !== origin || url.pathname === '/');
    const status = await other.evaluate(async () => {
      const headers = { 'X-Requested-With': 'XMLHttpRequest' };
      return (await fetch('/bff/session', { method: 'POST', headers })).status;
    });
    expect(status).toBe(401);
  }, 30_000);

  it('rejects requests from pages of other sites', async () => {
    const { server, origin: foreign } = await listening();
    servers.push(server);
    server.on('request', (_req, res) => res.setHeader('content-type', 'text/html').end('<!doctype html>'));
    const elsewhere = await context.newPage();
    await elsewhere.goto(foreign);
    await elsewhere.evaluate(
      url => fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors' }),
      `${origin}/bff/session`,
    );
    await until('the backend has answered', () => answered.some(({ from }) => from === foreign));
    expect(answered.filter(({ from }) => from === foreign).map(({ status }) => status)).toEqual([403]);
    const withoutHeader = await page.evaluate(async () => (await fetch('/bff/session', { method: 'POST' })).status);
    expect(withoutHeader).toBe(403);
  }, 30_000);
});
