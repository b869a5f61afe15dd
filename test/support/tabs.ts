import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium as chromiumDriver,
  type Frame,
  type LaunchOptions,
  type Page,
} from 'playwright-core';
import { chromium, chromiumFlags } from './browsers.mjs';
import { HostileServer, type HostileServerOptions } from './hostile-server.js';
import { eventually, logIn, sleepAll, untilAll } from './open-tab.js';
import type { Standing, TabOptions } from './tab-page.js';

export { eventually, pause } from './open-tab.js';

export interface OpenOptions extends HostileServerOptions {
  readonly tab?: TabOptions | ((server: HostileServer) => TabOptions);
  /** Additional response headers of the page. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Host name that replaces the server's own. */
  readonly hostName?: string;
}

function launchOptions(...flags: string[]): LaunchOptions {
  return {
    executablePath: chromium() ?? '',
    args: [...chromiumFlags, ...flags],
    // Automated browsers disable the back/forward cache by default.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  };
}

export function launchChromium(...flags: string[]): Promise<Browser> {
  return chromiumDriver.launch(launchOptions(...flags));
}

/**
 * One Chromium for the specs of a suite; a server and a profile for each spec. Pages opened one by one get a process
 * each, so web storage is as stale between them as between a user's tabs.
 */
export class TabsForSpecs {
  private browser: Browser | undefined;
  private started: HostileServer | undefined;
  private opened: BrowserContext | undefined;

  constructor(...flags: string[]) {
    const usualTimeoutMs = jasmine.DEFAULT_TIMEOUT_INTERVAL;
    beforeAll(async () => {
      jasmine.DEFAULT_TIMEOUT_INTERVAL = 30_000;
      this.browser = await launchChromium(...flags);
    }, 30_000);
    afterEach(async () => {
      await this.opened?.close();
      await this.started?.close();
      this.opened = this.started = undefined;
    }, 30_000);
    afterAll(async () => {
      jasmine.DEFAULT_TIMEOUT_INTERVAL = usualTimeoutMs;
      await this.browser?.close();
    }, 30_000);
  }

  get server(): HostileServer {
    return given(this.started);
  }

  get profile(): BrowserContext {
    return given(this.opened);
  }

  /** Starts the server and opens its page in several tabs, each with a session. */
  async open(count: number, options: OpenOptions = {}): Promise<Page[]> {
    this.started = await HostileServer.start(options);
    this.opened = await given(this.browser).newContext();
    return this.openMore(count, options);
  }

  async openMore(count: number, { tab, headers, hostName }: OpenOptions = {}): Promise<Page[]> {
    const tabs: Page[] = [];
    while (tabs.length < count) {
      const page = await this.profile.newPage();
      const url = new URL(this.server.page(headers));
      if (hostName !== undefined) url.hostname = hostName;
      await page.goto(url.href);
      await startSession(page, this.server, typeof tab === 'function' ? tab(this.server) : tab);
      tabs.push(page);
    }
    return tabs;
  }

  /** Signs in where cookies and storage are blocked. */
  async openWithoutStorage(count: number): Promise<Page[]> {
    this.started = await HostileServer.start();
    const folder = await mkdtemp(join(tmpdir(), 'profile-'));
    await mkdir(join(folder, 'Default'));
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
    const profile = await chromiumDriver.launchPersistentContext(folder, launchOptions());
    profile.on('close', () => rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined));
    this.opened = profile;
    return this.openMore(count);
  }

  /** Signs a user in at the first tab, and waits until all tabs are signed in. */
  async logIn(tabs: readonly Page[], subject = 'ann'): Promise<void> {
    await logIn({ server: this.server, tabs }, subject);
  }

  async until(tabs: readonly Page[], holds: (standing: Standing) => boolean, withinMs?: number): Promise<Standing[]> {
    return untilAll(tabs, holds, withinMs);
  }

  /** Advances the clocks of the server and of tabs by an hour without firing timers, as after sleep. */
  async sleep(tabs: readonly Page[], ms = 3_600_000): Promise<void> {
    await sleepAll({ server: this.server, tabs }, ms);
  }

  refreshesAre(count: number): Promise<number> {
    return eventually(
      () => this.server.tokens.refreshes.length,
      seen => seen === count,
    );
  }

  /** Stops a page as a frozen tab or a sleeping machine does. Returns a function that resumes it. */
  async freeze(page: Page): Promise<() => Promise<unknown>> {
    const devTools = await this.devTools(page);
    await devTools.send('Debugger.enable');
    await devTools.send('Debugger.pause');
    return () => devTools.send('Debugger.disable');
  }

  /** DevTools session of one page. */
  devTools(page: Page): Promise<CDPSession> {
    return this.profile.newCDPSession(page);
  }
}

export async function startSession(page: Page | Frame, server: HostileServer, options: TabOptions = {}): Promise<void> {
  await page.evaluate(options => void startTab(options), { aheadMs: server.aheadMs, ...options });
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Nothing was opened yet.');
  return value;
}
