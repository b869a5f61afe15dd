import type { BrowserContext, Page } from 'playwright-core';
import type { ClientName } from '../peers/clients/all.js';
import { logInAt, startPeerServer } from '../peers/peer-server.js';
import { wakeTogether } from '../peers/waking.js';
import type { HostileServerOptions } from '../support/hostile-server.js';
import { launchChromium } from '../support/tabs.js';

export interface TabsReport {
  /** Refreshes that the server executed. */
  readonly refreshes: number;
  /** Number of refresh tokens that the server received again after their rotation. */
  readonly reuseAlarms: number;
  /** Calls that did not receive a successful response, or no response. */
  readonly failedCalls: number;
}

const hourMs = 3_601_000;
const maxWaitMs = 5_000;

/** Several tabs of one browser wake after each expiry in the same millisecond, and each calls the API. */
export async function tabsOverExpiries(
  name: ClientName,
  tabCount: number,
  expiries: number,
  options: HostileServerOptions = {},
): Promise<TabsReport> {
  const server = await startPeerServer(name, options);
  const browser = await launchChromium();
  try {
    const profile = await browser.newContext();
    let tabs = await openTabs(profile, server.page(), 1);
    await tabs[0]?.evaluate(tokens => peer.logIn(tokens), logInAt(server));
    tabs.push(...(await openTabs(profile, server.page(), tabCount - 1)));
    let failedCalls = 0;
    for (let expiry = 0; expiry < expiries; expiry++) {
      tabs = await responding(tabs);
      server.forward(hourMs);
      const { at, late } = await wakeTogether(tabs.map(tab => [tab, hourMs]));
      // A client can keep its tab this busy.
      tabs = tabs.filter(tab => !late.includes(tab));
      const calls = tabs.map(tab =>
        within(
          maxWaitMs,
          tab.evaluate(async at => {
            await peer.moment(at);
            return peer.sendMany(1);
          }, at),
        ),
      );
      const statuses = (await Promise.all(calls)).map(response => response?.[0]);
      failedCalls += tabCount - statuses.filter(status => status === 200).length;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    const { rotations, reuseAlarms } = server.tokens;
    return { refreshes: rotations, reuseAlarms, failedCalls };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Excludes tabs that their client blocks completely. */
async function responding(tabs: readonly Page[]): Promise<Page[]> {
  const responses = await Promise.all(
    tabs.map(tab =>
      within(
        maxWaitMs,
        tab.evaluate(() => true),
      ),
    ),
  );
  return tabs.filter((_, index) => responses[index]);
}

/** Result of the promise, or `undefined` after the time limit. */
async function within<T>(delayMs: number, work: Promise<T>): Promise<T | undefined> {
  work.catch(() => undefined);
  return Promise.race([work, new Promise<undefined>(resolve => setTimeout(resolve, delayMs, undefined))]);
}

async function openTabs(profile: BrowserContext, url: string, count: number): Promise<Page[]> {
  const tabs: Page[] = [];
  while (tabs.length < count) {
    const tab = await profile.newPage();
    await tab.goto(url);
    await tab.evaluate(() => peer.open());
    tabs.push(tab);
  }
  return tabs;
}
