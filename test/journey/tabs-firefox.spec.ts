import { type Browser, launch, type Page } from 'puppeteer-core';
import { firefox } from '../support/browsers.mjs';
import { HostileServer } from '../support/hostile-server.js';
import { eventually } from '../support/tabs.js';

const executablePath = firefox();

describe('tabs of Firefox', () => {
  let browser: Browser;
  let server: HostileServer;

  beforeAll(async () => {
    if (!executablePath) return;
    browser = await launch({ browser: 'firefox', executablePath, headless: true });
    server = await HostileServer.start();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  }, 30_000);

  it('[C-31] refresh once for an expiry that they all meet, and log out together', async () => {
    if (!executablePath) pending('Firefox was not found');
    const pages = [await open(), await open(), await open()];
    await pages[0]?.evaluate(body => tab.logIn(body), server.tokens.logIn());
    await until(pages, status => status === 'logged-in');
    for (let round = 1; round <= 10; round++) {
      server.forward(61_000);
      await Promise.all(pages.map(page => page.evaluate(() => tab.sleep(61_000))));
      const calls = pages.map(page => page.evaluate(() => tab.call()));
      expect(await Promise.all(calls)).toEqual(pages.map(() => ({ value: 200 })));
      expect(server.tokens.refreshes.length).toBe(round);
    }
    expect(server.tokens.reuseAlarms).toBe(0);
    await pages[0]?.evaluate(() => tab.session.logOut());
    await until(pages, status => status === 'logged-out');
  }, 60_000);

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(server.page());
    await page.evaluate(() => void startTab());
    return page;
  }

  async function until(pages: readonly Page[], holds: (status: string) => boolean): Promise<void> {
    const statuses = () => Promise.all(pages.map(page => page.evaluate(() => tab.standing().status as string)));
    await eventually(statuses, seen => seen.every(holds));
  }
});
