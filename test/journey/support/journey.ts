import { type Browser, type BrowserContext, type CDPSession, chromium as launcher, type Page } from 'playwright-core';
import type { DemoServer, DemoServerOptions } from '../../../doc/demo/server/demo-server.js';
import type { LoggedRequest } from '../../../doc/demo/server/request-log.js';
import { chromium, chromiumFlags } from '../../support/browsers.mjs';

/** The demo, built, served and opened in a new browser. */
export interface Journey {
  readonly server: DemoServer;
  readonly page: Page;
  readonly requests: RequestsSeen;
  /** Console errors of the page. */
  readonly errors: readonly string[];
  openTab(): Promise<Page>;
  close(): Promise<void>;
}

export interface RequestsSeen {
  all(): readonly LoggedRequest[];
  /** Requests to the API that carried a token. */
  toApi(): readonly LoggedRequest[];
  refreshes(): readonly LoggedRequest[];
  unauthorized(): readonly LoggedRequest[];
  /** Requests to the API whose token had expired when they arrived. */
  expired(): readonly LoggedRequest[];
}

export async function startBrowser(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error('There is no Chromium, Chrome or Edge on this machine.');
  return launcher.launch({ executablePath, args: chromiumFlags });
}

export interface JourneyOptions extends DemoServerOptions {
  /** Whether this browser opens the demo for the first time, which signs in by itself. @default false */
  readonly isFirstVisit?: boolean;
}

export async function startJourney(browser: Browser, options: JourneyOptions): Promise<Journey> {
  // Imported late: it imports the package, which `buildDemo()` must build first.
  const { demoServer } = await import('../../../doc/demo/server/demo-server.js');
  const server = demoServer(options);
  const url = await server.listen(0, '127.0.0.1');
  const context = await browser.newContext();
  const errors: string[] = [];
  const openTab = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', error => errors.push(error.message));
    page.on('console', message => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        errors.push(message.text());
    });
    await page.goto(url);
    return page;
  };
  await noteLoginForms(context);
  if (!options.isFirstVisit) await noteEarlierVisit(context);
  const page = await openTab();
  return {
    server,
    page,
    requests: requestsSeen(server),
    errors,
    openTab,
    async close() {
      await context.close();
      await server.close();
    },
  };
}

export async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('row').nth(1).waitFor();
}

/** Resolves when the panel shows the text. */
export async function shows(page: Page, title: string): Promise<void> {
  await page.locator('.status-title', { hasText: new RegExp(`^${title}$`) }).waitFor();
}

/** The value beside a label in the panel's figures. */
export async function figure(page: Page, label: string): Promise<number> {
  return Number(await page.locator('.figures div', { hasText: label }).locator('dd').textContent());
}

/** The text of the focused element. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
}

/** Resolves when a condition becomes true. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`It did not happen within ${withinMs / 1000} s: ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Resolves when the most recently used access token has expired. */
export async function untilExpiry(requests: RequestsSeen): Promise<void> {
  const { token } = requests.toApi().at(-1) ?? {};
  if (!token) throw new Error('No token was used yet.');
  await until('the access token expires', () => Date.now() >= token.expiresAt * 1000);
}

/** Pauses all scripts and timers of a page while time continues, as a closed laptop does. */
export async function freeze(page: Page): Promise<() => Promise<void>> {
  const debug: CDPSession = await page.context().newCDPSession(page);
  await debug.send('Debugger.enable');
  const paused = new Promise(resolve => debug.once('Debugger.paused', resolve));
  await debug.send('Debugger.pause');
  await paused;
  return async () => {
    await debug.send('Debugger.disable');
    await debug.detach();
  };
}

/** Whether a login form was shown since the page was loaded, even briefly. */
export function hasShownLogin(page: Page): Promise<boolean> {
  return page.evaluate(() => 'loginShown' in window);
}

function noteLoginForms(context: BrowserContext): Promise<unknown> {
  // As a string: functions that the test runner transpiled do not run in a page.
  const content = `new MutationObserver(() => {
    if (document.querySelector('input[type=password]')?.checkVisibility()) window.loginShown = true;
  }).observe(document, { childList: true, subtree: true });`;
  return context.addInitScript({ content });
}

function noteEarlierVisit(context: BrowserContext): Promise<unknown> {
  return context.addInitScript({
    content: `if (location.protocol !== 'about:') localStorage.setItem('demo-visited', 'true');`,
  });
}

function requestsSeen({ requests: { entries } }: DemoServer): RequestsSeen {
  const toApi = () => entries.filter(({ path }) => path.startsWith('/api/'));
  return {
    all: () => [...entries],
    toApi,
    refreshes: () => entries.filter(({ isRefresh }) => isRefresh),
    unauthorized: () => entries.filter(({ status }) => status === 401),
    expired: () => toApi().filter(({ wasExpired }) => wasExpired),
  };
}
