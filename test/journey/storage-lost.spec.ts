import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { chromium, chromiumFlags, firefox } from '../support/browsers.mjs';
import { HostileServer } from '../support/hostile-server.js';
import { eventually, logIn, sleepAll, standings } from '../support/open-tab.js';
import { descendantProcesses } from '../support/processes.js';

const expiries = 10;

/** Four tabs of a browser that loses its storage, at a server that forgives no refresh token that is used twice. */
class Tabs {
  tabs: Page[] = [];

  private constructor(
    readonly browser: Browser,
    readonly server: HostileServer,
  ) {}

  static async open(name: 'chrome' | 'firefox', executablePath: string): Promise<Tabs> {
    const args = name === 'chrome' ? chromiumFlags : [];
    const browser = await launch({ browser: name, executablePath, args, headless: true });
    const opened = new Tabs(browser, await HostileServer.start({ graceSeconds: 0 }));
    for (let count = 0; count < 4; count++) {
      const page = await browser.newPage();
      await page.goto(opened.server.page());
      await page.evaluate(() => void startTab());
      opened.tabs.push(page);
    }
    await logIn(opened);
    return opened;
  }

  /** The value of an argument with which the browser was started. */
  argument(name: string): string {
    const args = this.browser.process()?.spawnargs ?? [];
    const joined = args.find(arg => arg.startsWith(`${name}=`))?.slice(name.length + 1);
    return joined ?? args[args.indexOf(name) + 1] ?? '';
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

describe('tabs of a browser that loses its storage', () => {
  let opened: Tabs | undefined;

  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  }, 30_000);

  for (const service of ['storage.mojom.StorageService', 'network.mojom.NetworkService']) {
    it(`[F113] refresh once for each expiry after Chromium’s ${service} was killed right after the login`, async () => {
      opened = await Tabs.open('chrome', chromium() ?? '');
      const processes = () => descendantProcesses(opened?.browser.process()?.pid ?? 0, service);
      const [killed] = processes();
      if (killed === undefined) pending(`this Chromium has no process of its own for ${service}`);
      process.kill(killed as number, 'SIGKILL');
      await eventually(processes, pids => !pids.includes(killed as number));
      await expireRepeatedly(opened);
    }, 90_000);
  }

  it('[F113] refresh once for each expiry after Chromium has deleted IndexedDB', async () => {
    opened = await Tabs.open('chrome', chromium() ?? '');
    const devTools = await opened.tabs[0]?.createCDPSession();
    const { origin } = opened.server;
    await devTools?.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await expireRepeatedly(opened);
  }, 90_000);

  it('[F113] refresh once for each expiry after the files of IndexedDB were deleted from Firefox’s profile', async () => {
    const executablePath = firefox();
    if (!executablePath) pending('Firefox was not found');
    opened = await Tabs.open('firefox', executablePath as string);
    const folder = opened.server.origin.replace(/[:/]/g, '+');
    await rm(join(opened.argument('--profile'), 'storage', 'default', folder, 'idb'), { recursive: true });
    await expireRepeatedly(opened);
  }, 90_000);
});

async function expireRepeatedly({ server, tabs }: Tabs): Promise<void> {
  for (let expiry = 1; expiry <= expiries; expiry++) {
    await sleepAll({ server, tabs }, 61_000);
    const at = Date.now() + 100;
    const calls = tabs.map(page => page.evaluate(at => tab.callAt(at), at));
    expect(await Promise.all(calls))
      .withContext(`expiry ${expiry}`)
      .toEqual(tabs.map(() => ({ value: 200 })));
    expect(server.tokens.rotations).withContext(`expiry ${expiry}`).toBe(expiry);
  }
  expect(server.tokens.reuseAlarms).toBe(0);
  expect((await standings(tabs)).map(({ status }) => status)).toEqual(tabs.map(() => 'logged-in'));
}
