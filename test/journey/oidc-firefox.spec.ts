import { type Browser, type ElementHandle, launch, type Page } from 'puppeteer-core';
import { firefox } from '../support/browsers.mjs';
import { eventually } from '../support/tabs.js';
import { type OpenIdServers, openIdServers } from './support/open-id-world.js';

const executablePath = firefox();

describe('an Aurelia application at a real OpenID provider, in Firefox', () => {
  let browser: Browser;
  let servers: OpenIdServers | undefined;

  beforeAll(async () => {
    if (executablePath) browser = await launch({ browser: 'firefox', executablePath, headless: true });
  }, 60_000);

  afterEach(async () => {
    await servers?.close();
    servers = undefined;
  }, 30_000);

  afterAll(() => browser?.close(), 30_000);

  for (const { way, renewal, refreshTokens } of [
    { way: 'by refresh grants', renewal: 'refresh-token', refreshTokens: true },
    { way: 'in hidden frames', renewal: 'silent', refreshTokens: false },
  ] as const) {
    it(`signs in by redirect, outlives three access tokens ${way}, and signs out at both sides`, async () => {
      if (!executablePath) pending('Firefox was not found');
      servers = await openIdServers({
        kind: 'aurelia',
        options: { renewal },
        provider: { refreshTokens, accessTokenSeconds: 2 },
      });
      const { app } = servers;
      const page = await (await browser.createBrowserContext()).newPage();
      await page.goto(`${app.origin}/#/orders?page=2`);
      await press(page, 'Sign in');
      await write(page, 'Enter any login', 'ann');
      await write(page, 'and password', 'any');
      await press(page, 'Sign-in');
      await press(page, 'Continue');
      await shown(page, 'Orders, page 2');
      await eventually(
        async () => {
          await press(page, 'Load again');
          return app.tokens.size;
        },
        tokens => tokens === 4,
      );
      expect(new Set(app.calls)).toEqual(new Set([200]));
      expect(await page.$$('iframe')).toEqual([]);

      await press(page, 'Sign out');
      await press(page, 'Yes, sign me out');
      await shown(page, 'Sign in');
      expect(await page.evaluate(() => localStorage.getItem('aurelia_authentication'))).toBeNull();
    }, 60_000);
  }
});

async function press(page: Page, name: string): Promise<void> {
  await (await found(page, `//button[normalize-space()="${name}"]`)).click();
}

async function write(page: Page, field: string, text: string): Promise<void> {
  await (await found(page, `//input[@placeholder="${field}"]`)).type(text);
}

async function shown(page: Page, heading: string): Promise<void> {
  await found(page, `//h1[normalize-space()="${heading}"]`);
}

async function found(page: Page, path: string): Promise<ElementHandle> {
  const element = await page.waitForSelector(`::-p-xpath(${path})`);
  if (!element) throw new Error(`There is no ${path}.`);
  return element;
}
