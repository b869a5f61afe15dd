import { type Browser, launch, type Page } from 'puppeteer-core';
import { firefox } from '../support/browsers.mjs';
import { HostileServer } from '../support/hostile-server.js';
import { logIn, sleepAll, untilAll } from '../support/open-tab.js';

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

  it('[C-31] refresh once for an expiry that all of them meet, and log out together', async () => {
    if (!executablePath) pending('Firefox was not found');
    const tabs = [await open(), await open(), await open()];
    await logIn({ server, tabs });
    for (let round = 1; round <= 10; round++) {
      await sleepAll({ server, tabs }, 61_000);
      const calls = tabs.map(page => page.evaluate(() => tab.call()));
      expect(await Promise.all(calls)).toEqual(tabs.map(() => ({ value: 200 })));
      expect(server.tokens.refreshes.length).toBe(round);
    }
    expect(server.tokens.reuseAlarms).toBe(0);
    await tabs[0]?.evaluate(() => tab.session.logOut());
    await untilAll(tabs, ({ status }) => status === 'logged-out');
  }, 60_000);

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(server.page());
    await page.evaluate(() => void startTab());
    return page;
  }
});
