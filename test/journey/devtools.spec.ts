import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageScript } from '../support/page-script.js';
import { axeFindings } from './support/axe.js';
import { startBrowser } from './support/browsers/chromium-engine.js';

const url = 'https://app.example/';
const policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'";
const page = `<!doctype html><html lang="en"><title>An app</title><main><h1>An app</h1></main><script src="page.js"></script></html>`;

describe('<auth-devtools> in a bare page with a strict content security policy', () => {
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const script = await pageScript({ entryPoints: [join(import.meta.dirname, 'support/devtools-page.ts')] });
    browser = await startBrowser();
    context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    tab = await context.newPage();
    tab.on('console', message => errors.push(message.text()));
    tab.on('pageerror', error => errors.push(error.message));
    await context.route(`${url}**`, route => {
      const isScript = route.request().url().endsWith('.js');
      const headers = { 'Content-Security-Policy': policy };
      const contentType = isScript ? 'text/javascript' : 'text/html; charset=utf-8';
      return route.fulfill({ headers, contentType, body: isScript ? script : page });
    });
    await tab.goto(url);
    await tab.locator('.chart .replayed').waitFor();
  }, 60_000);

  afterAll(() => browser?.close());

  it('is drawn with its styles, and violates no policy', async () => {
    expect(await tab.locator('.figures').evaluate(one => getComputedStyle(one).display)).toBe('grid');
    expect(
      await tab
        .locator('dt', { hasText: /^Responses$/ })
        .locator('+ dd')
        .textContent(),
    ).toBe('31');
    expect(errors).toEqual([]);
  });

  it('is operated by keyboard, with the focus kept', async () => {
    const focused = () => tab.evaluate('document.activeElement.shadowRoot.activeElement.textContent');
    await tab.keyboard.press('Tab');
    expect(await focused()).toBe('Refresh now');
    await tab.keyboard.press('Enter');
    await tab.getByText('Refreshed early.').waitFor();
    expect(await focused()).toBe('Refresh now');
    for (const name of ['Expire the access token', 'Go offline', 'Sign out', 'Copy report']) {
      await tab.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    }
    await tab.keyboard.press('Enter');
    await tab.getByText('The report is in the clipboard.').waitFor();
    expect(await tab.evaluate('navigator.clipboard.readText().then(text => JSON.parse(text).status)')).toBe(
      'logged-in',
    );
    for (const name of ['Timeline as text', 'Report']) {
      await tab.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    }
    await tab.keyboard.press('Enter');
    await tab.getByLabel('Report', { exact: true }).getByText('"transitions"').waitFor();
  });

  for (const width of [375, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has no finding of axe-core at ${width} px in ${colorScheme} colours, and is as wide as the page`, async () => {
        await tab.setViewportSize({ width, height: 800 });
        await tab.emulateMedia({ colorScheme });
        expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await axeFindings(tab)).toEqual([]);
      });
    }
  }

  it('keeps the bar, the light and the marks in forced colours', async () => {
    await tab.emulateMedia({ forcedColors: 'active', colorScheme: 'light' });
    const colours = await tab.evaluate(`(() => {
      const { shadowRoot } = document.querySelector('auth-devtools');
      const of = (selector, property) => getComputedStyle(shadowRoot.querySelector(selector))[property];
      const canvas = of('.status', 'backgroundColor');
      return [of('.status-light', 'backgroundColor'), of('.fill', 'backgroundColor'), of('.chart .token', 'fill')]
        .map(colour => colour !== canvas && colour !== 'rgba(0, 0, 0, 0)');
    })()`);
    expect(colours).toEqual([true, true, true]);
    await tab.emulateMedia({ forcedColors: 'none' });
  });

  it('stays at the top of a narrow window while its content scrolls', async () => {
    await tab.setViewportSize({ width: 375, height: 500 });
    await tab.locator('summary', { hasText: 'Report' }).scrollIntoViewIfNeeded();
    expect(await tab.locator('.status').evaluate(one => one.getBoundingClientRect().top)).toBe(4);
  });
});
