import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Browser, chromium as driver } from 'playwright-core';
import { buildSite } from '../../doc/site/build-site.js';
import { chromium, chromiumFlags } from '../support/browsers.mjs';

describe('the documentation as a site', () => {
  let browser: Browser;
  let origin: string;
  let close: () => void;

  beforeAll(async () => {
    const server = express()
      .use(express.static(await buildSite()))
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
    browser = await driver.launch({ executablePath: chromium() ?? '', args: chromiumFlags });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    close?.();
  });

  it('draws every diagram in both colour schemes, and sends no request to other servers', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const complaints: string[] = [];
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => request.url().startsWith(origin) || complaints.push(request.url()));
    await page.goto(`${origin}/doc/flows.html`);
    const drawn = page.locator('pre.mermaid > svg[aria-roledescription="sequence"]');
    await drawn.nth(7).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await drawn.nth(7).waitFor();
    expect(await page.locator('pre.mermaid').count()).toBe(8);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('links every page from its first page', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/`);
    const addresses = await page
      .locator('nav a')
      .evaluateAll(links => links.map(link => (link as HTMLAnchorElement).href));
    const answers = await Promise.all(addresses.map(async address => (await fetch(address)).status));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(addresses.length).toBeGreaterThan(25);
  }, 60_000);
});
