import { type Browser, launch, type Target } from 'puppeteer-core';
import { chromium, chromiumFlags } from '../support/browsers.mjs';
import { HostileServer } from '../support/hostile-server.js';
import { eventually, pause } from '../support/tabs.js';

/** Chromium does not prerender for pages with attached developer tools, so these pages are not attached. */
describe('a session on a page that is prerendered', () => {
  let browser: Browser;
  let server: HostileServer;

  beforeAll(async () => {
    let attached = 0;
    const targetFilter = (target: Target) => target.type() !== 'page' || ++attached === 1;
    browser = await launch({ executablePath: chromium() ?? '', args: chromiumFlags, targetFilter });
    server = await HostileServer.start();
  }, 30_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
  }, 30_000);

  it('[F84] sends no request until the page is shown', async () => {
    const [observer] = await browser.pages();
    if (!observer) throw new Error('There is no page.');
    await observer.goto(server.page());
    await observer.evaluate(body => startTab().logIn(body), server.tokens.logIn());
    await observer.evaluate(() => tab.session.dispose());
    server.forward(61_000);
    const next = `${server.page({ aheadMs: String(server.aheadMs) })}#start`;
    const first = `${server.page()}#prerender=${encodeURIComponent(next)}`;
    await observer.evaluate(url => void window.open(url, '_blank', 'noopener'), first);
    await eventually(
      () => server.pages.at(-1)?.headers['sec-purpose'] ?? '',
      purpose => purpose.includes('prerender'),
    );
    await pause(500);
    expect(server.received).toEqual([]);
    await observer.evaluate(() => new BroadcastChannel('show').postMessage(''));
    const noted = () => observer.evaluate(() => localStorage.getItem('start') ?? '');
    const { shownAt, refreshedAt } = JSON.parse(await eventually(noted, seen => seen !== ''));
    expect(shownAt).toBeGreaterThan(0);
    expect(refreshedAt).toBeGreaterThanOrEqual(shownAt);
    expect(server.tokens.refreshes.length).toBe(1);
  }, 60_000);
});
