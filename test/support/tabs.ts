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
import type { Standing, TabOptions } from './tab-page.js';

export interface OpenOptions extends HostileServerOptions {
  readonly tab?: TabOptions | ((server: HostileServer) => TabOptions);
  /** Further response headers of the page. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the server's own name. */
  readonly hostName?: string;
}

function launchOptions(...flags: string[]): LaunchOptions {
  return {
    executablePath: chromium() ?? '',
    args: [...chromiumFlags, ...flags],
    // A user's browser keeps pages for the back button; an automated one does not.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  };
}

export function launchChromium(...flags: string[]): Promise<Browser> {
  return chromiumDriver.launch(launchOptions(...flags));
}

/**
 * One Chromium for the specs of a suite; for each spec a server and a profile of their own. Pages that are opened one by one,
 * as here, get a process each, so that web storage is as stale between them as between a user's tabs.
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

  /** Starts the server and opens its page in so many tabs, with a session in each. */
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

  /** Signs in where no cookies and no storage are allowed. */
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

  /** Signs a user in at the first tab, and waits until all know. */
  async logIn(tabs: readonly Page[], subject = 'ann'): Promise<void> {
    await tabs[0]?.evaluate(body => tab.logIn(body), this.server.tokens.logIn(subject));
    await this.until(tabs, ({ status, subject: who }) => status === 'logged-in' && who === subject);
  }

  async until(tabs: readonly Page[], holds: (standing: Standing) => boolean, withinMs?: number): Promise<Standing[]> {
    return eventually(
      () => standings(tabs),
      seen => seen.every(holds),
      withinMs,
    );
  }

  /** An hour passes for the server and for tabs, whose timers notice nothing, as after sleep. */
  async sleep(tabs: readonly Page[], ms = 3_600_000): Promise<void> {
    this.server.forward(ms);
    await Promise.all(tabs.map(page => page.evaluate(ms => tab.sleep(ms), ms)));
  }

  refreshesAre(count: number): Promise<number> {
    return eventually(
      () => this.server.tokens.refreshes.length,
      seen => seen === count,
    );
  }

  /** Stops a page dead, as a browser does with one that it froze or a machine that it put to sleep. Returns how to go on. */
  async freeze(page: Page): Promise<() => Promise<unknown>> {
    const devTools = await this.devTools(page);
    await devTools.send('Debugger.enable');
    await devTools.send('Debugger.pause');
    return () => devTools.send('Debugger.disable');
  }

  /** Chromium's developer tools for one page. */
  devTools(page: Page): Promise<CDPSession> {
    return this.profile.newCDPSession(page);
  }
}

export async function startSession(page: Page | Frame, server: HostileServer, options: TabOptions = {}): Promise<void> {
  await page.evaluate(options => void startTab(options), { aheadMs: server.aheadMs, ...options });
}

export function standings(tabs: readonly Page[]): Promise<Standing[]> {
  return Promise.all(tabs.map(page => page.evaluate(() => tab.standing())));
}

/** Waits for what holds sooner or later, for a generous while. */
export async function eventually<T>(
  see: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await see();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`Still not after ${withinMs} ms: ${JSON.stringify(seen)}`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Nothing was opened yet.');
  return value;
}
