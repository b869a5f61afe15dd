import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Browser, chromium as driver, type Page } from 'playwright-core';
import { buildSite } from '../../doc/site/build-site.js';
import { menu } from '../../doc/site/menu.js';
import { chromium, chromiumFlags } from '../support/browsers.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Queries of users, each with the page that must come first. */
const searches: readonly (readonly [query: string, page: string])[] = [
  ['logged out after reload', '/doc/troubleshooting'],
  ['multiple tabs', '/doc/guides/several-tabs'],
  ['401 after deploy', '/doc/troubleshooting'],
  ['remember me', '/doc/guides/security'],
  ['refresh token cookie', '/doc/guides/server-cookies'],
  ['csrf', '/doc/guides/security'],
  ['axios', '/doc/guides/beyond-fetch'],
  ['infinite loop 401', '/doc/troubleshooting'],
  ['unit test', '/doc/testing'],
  ['migrate from aurelia-authentication', '/doc/coming-from-aurelia-authentication'],
  ['logout all devices', '/doc/guides/server'],
  ['offline', '/doc/how-it-works'],
  ['clock skew', '/doc/how-it-works'],
  ['decode jwt', '/doc/getting-started'],
  ['role based route', '/doc/guides/aurelia-2'],
  ['typescript types', '/doc/getting-started'],
];

/** In the dark scheme, one page in three; with `npm run test:accessibility`, every page. */
const everyView = process.env['EVERY_VIEW'] !== undefined;

interface View {
  readonly path: string;
  readonly scheme: 'light' | 'dark';
}

describe('the documentation site', () => {
  let browser: Browser;
  let folder: string;
  let origin: string;
  let close: () => void;

  beforeAll(async () => {
    folder = await buildSite();
    const server = express()
      .use(express.static(folder, { extensions: ['html'] }))
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
    browser = await driver.launch({ executablePath: chromium() ?? '', args: chromiumFlags });
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    close?.();
  });

  it('draws every diagram in both colour schemes, and sends no request to other servers', async () => {
    const { page, complaints } = await open('/doc/flows', { viewport: { width: 390, height: 844 } });
    const diagrams = page.locator('.diagram > svg[aria-roledescription="sequence"]');
    await diagrams.nth(7).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await diagrams.nth(7).waitFor();
    expect(await page.locator('.diagram').count()).toBe(8);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(complaints).toEqual([]);
  }, 120_000);

  it('links every listed page from its sidebar', async () => {
    const { page } = await open('/doc/');
    const links = page.locator('.VPSidebar a');
    const addresses = await links.evaluateAll(all => all.map(link => (link as HTMLAnchorElement).href));
    const statuses = await Promise.all(addresses.map(async address => (await fetch(address)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(addresses.length).toBeGreaterThan((await menu()).flatMap(({ entries }) => entries).length);
  }, 120_000);

  it('has no accessibility violations and no page over 12,000 pixels, in both colour schemes', async () => {
    const schemes = ['light', 'dark'] as const;
    const all = await pages();
    const waiting = all.flatMap((path, index) =>
      schemes.filter(scheme => scheme === 'light' || everyView || index % 3 === 0).map(scheme => ({ path, scheme })),
    );
    const violations = (await Promise.all([violationsOf(waiting), violationsOf(waiting)])).flat();
    expect(violations).toEqual([]);
  }, 600_000);

  for (const [query, expected] of searches) {
    it(`finds “${query}” on its page`, async () => {
      const { page } = await open('/doc/');
      await page.locator('.VPNavBarSearch button').first().click();
      await page.locator('.VPLocalSearchBox input').fill(query);
      const first = page.locator('.VPLocalSearchBox .result').first();
      await first.waitFor();
      expect(new URL((await first.getAttribute('href')) ?? '', origin).pathname).toBe(expected);
    }, 120_000);
  }

  /** Checks waiting views until there is none. In the dark scheme only the contrast differs. */
  async function violationsOf(waiting: View[]): Promise<string[]> {
    const violations: string[] = [];
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    for (let view = waiting.shift(); view; view = waiting.shift()) {
      const { path, scheme } = view;
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(origin + path);
      // The script of the site names the switch of the colour scheme.
      await page.locator('.VPSwitchAppearance[title]').first().waitFor({ state: 'attached' });
      const { height, found } = await inspect(page, scheme === 'light' ? undefined : ['color-contrast']);
      if (height > 12_000) violations.push(`${path} is ${height} pixels high`);
      violations.push(...found.map(violation => `${path} (${scheme}): ${violation}`));
      await page.close();
    }
    await context.close();
    return violations;
  }

  /** Addresses of all pages, with two representative pages of the API reference. */
  async function pages(): Promise<readonly string[]> {
    const files = (await readdir(folder, { recursive: true })).filter(name => /(?<!404)\.html$/.test(name));
    const paths = files.map(name => `/${name.replaceAll('\\', '/').replace(/(?:index)?\.html$/, '')}`);
    const reference = ['/doc/reference/core/', '/doc/reference/core/classes/Session'];
    return paths.filter(path => !path.startsWith('/doc/reference/') || reference.includes(path));
  }

  async function open(path: string, options = {}): Promise<{ readonly page: Page; readonly complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => request.url().startsWith(origin) || complaints.push(request.url()));
    await page.goto(origin + path, { waitUntil: 'networkidle' });
    return { page, complaints };
  }
});

/** @param rules of axe-core; all if unset */
async function inspect(
  page: Page,
  rules?: readonly string[],
): Promise<{ readonly height: number; readonly found: readonly string[] }> {
  await page.evaluate(axe);
  return page.evaluate(async rules => {
    const { axe } = globalThis as unknown as { axe: AxeScript };
    const { violations } = await axe.run(rules ? { runOnly: rules } : {});
    const found = violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ')}`);
    return { height: document.documentElement.scrollHeight, found };
  }, rules);
}

/** The part of axe-core's API that is used. */
interface AxeScript {
  run(options: {
    readonly runOnly?: readonly string[];
  }): Promise<{ readonly violations: readonly { id: string; nodes: readonly { target: string[] }[] }[] }>;
}
