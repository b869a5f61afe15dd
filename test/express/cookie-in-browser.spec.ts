import cors from 'cors';
import express from 'express';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { logout, refreshCookie, refreshToken, sendTokens } from '../../src/express.js';
import { type Companion, companion } from '../server/support/companion.js';
import { listen, type RunningServer } from '../server/support/http-server.js';
import { chromium, chromiumFlags } from '../support/browsers.mjs';

describe('a refresh token in the cookie of a real browser', () => {
  let browser: Browser;
  let server: RunningServer;
  let parts: Companion;
  let port: string;
  let page: Page;
  /** What the browser sent with each POST; it asks for icons by itself. */
  let cookies: string[];

  beforeAll(async () => {
    browser = await playwright.launch({ executablePath: chromium() ?? '', args: chromiumFlags });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    parts = companion();
    cookies = [];
    const app = express();
    app.use((req, _res, next) => {
      if (req.method === 'POST') cookies.push(req.get('cookie') ?? '');
      next();
    });
    // The worst configuration: CORS for every origin. The guard of the cookie must still hold.
    app.use(cors({ origin: true, credentials: true }));
    const cookie = refreshCookie({ allowedOrigins: [] });
    app.post('/auth/login', express.json(), refreshToken(parts.tokens, { cookie }), async (_req, res) => {
      sendTokens(res, await parts.tokens.issue({ sub: 'ada' }), cookie);
    });
    app.post('/auth/logout', logout(parts.tokens, { cookie }));
    app.get('/', (_req, res) => void res.send('<!doctype html><title>a page</title>'));
    server = await listen(app);
    port = new URL(server.origin).port;
    page = await browser.newPage();
    await page.goto(`http://app.localhost:${port}/`);
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  /** A request the page makes to the application, with its cookies. */
  const post = (
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> =>
    page.evaluate(
      async ({ url, body, headers }) => {
        const response = await fetch(url, {
          method: 'POST',
          credentials: 'include',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
        return { status: response.status, text: await response.text() };
      },
      { url: `http://app.localhost:${port}${path}`, body, headers },
    );
  const refresh = { grant_type: 'refresh_token' };
  const fetched = { 'x-requested-with': 'fetch' };

  it('[S-23] is sent by a page of its own origin, and hidden from scripts', async () => {
    const login = await post('/auth/login', { username: 'ada' });
    expect(login.status).toBe(200);
    expect(login.text).not.toContain('refresh_token"');
    expect((await post('/auth/login', refresh, fetched)).status).toBe(200);
    expect((await post('/auth/login', refresh, fetched)).status).toBe(200);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(parts.events.map(({ type }) => type)).toEqual(['issued', 'rotated', 'rotated']);
  });

  it('[F110] is rejected from a page of a sub-domain, although the browser sends it', async () => {
    await post('/auth/login', { username: 'ada' });
    await page.goto(`http://evil.app.localhost:${port}/`);
    for (const path of ['/auth/login', '/auth/logout']) {
      const response = await post(path, refresh, fetched);
      expect(response.status).toBe(403);
      expect(cookies.at(-1)).toContain('__Host-refresh_token=v1.');
    }
    expect(parts.events.map(({ type }) => type)).toEqual(['issued']);
    await page.goto(`http://app.localhost:${port}/`);
    expect((await post('/auth/login', refresh, fetched)).status).toBe(200);
  });

  it('[F110] is rejected from a form on any page', async () => {
    await post('/auth/login', { username: 'ada' });
    await page.goto(`http://evil.app.localhost:${port}/`);
    await page.setContent(
      `<form method="post" enctype="text/plain" action="http://app.localhost:${port}/auth/logout"><input name="a"></form>`,
    );
    const [response] = await Promise.all([
      page.waitForResponse(`http://app.localhost:${port}/auth/logout`),
      page.evaluate(() => document.forms[0]?.submit()),
    ]);
    expect(response.status()).toBe(403);
    expect(cookies.at(-1)).toContain('__Host-refresh_token=v1.');
    expect(parts.events.map(({ type }) => type)).toEqual(['issued']);
  });
});
