import { type Browser, type CDPSession, launch, type Page } from 'puppeteer-core';
import { chromium, chromiumFlags } from '../support/browsers.mjs';
import { HostileServer } from '../support/hostile-server.js';
import { eventually } from '../support/tabs.js';

/**
 * Chromium in its normal mode: tabs in one window, of which those in the background are hidden and have throttled
 * timers.
 */
describe('a hidden tab', () => {
  const lifetimeSeconds = 6;
  let browser: Browser;
  let server: HostileServer;

  beforeAll(async () => {
    browser = await launch({
      executablePath: chromium() ?? '',
      args: [...chromiumFlags, '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1'],
      ignoreDefaultArgs: [
        '--disable-background-timer-throttling',
        '--disable-renderer-backgrounding',
        '--disable-backgrounding-occluded-windows',
      ],
    });
  }, 60_000);

  afterAll(() => browser?.close(), 30_000);

  beforeEach(async () => {
    server = await HostileServer.start({ accessTokenLifetimeSeconds: lifetimeSeconds });
  });

  afterEach(() => server?.close());

  it('[F36] with throttled timers sends no expired token, and refreshes once for a request after its expiry', async () => {
    const { page } = await hidden();
    const ticks = await page.evaluate(async ms => {
      const end = Date.now() + ms;
      let ticks = 0;
      const timer = setInterval(() => ticks++, 100);
      // Messages are not throttled.
      const { port1, port2 } = new MessageChannel();
      await new Promise<void>(resolve => {
        port1.onmessage = () => (Date.now() < end ? port2.postMessage(0) : resolve());
        port2.postMessage(0);
      });
      clearInterval(timer);
      return ticks;
    }, 2000);
    expect(ticks).withContext('ticks of 20').toBeLessThan(10);
    await untilExpired(page);
    const calls = await page.evaluate(() => Promise.all([tab.call('/api/1'), tab.call('/api/2')]));
    expect(calls).toEqual([{ value: 200 }, { value: 200 }]);
    await page.bringToFront();
    await goesOnAfterOneRefresh(page);
  }, 30_000);

  it('[F36] [F46] that was frozen refreshes once when it resumes, before the requests that it sends at once', async () => {
    const { page, devTools } = await hidden();
    await page.evaluate(() => {
      document.addEventListener('resume', () => void Promise.all([tab.call('/api/1'), tab.call('/api/2')]));
    });
    await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await untilExpired(page);
    expect(server.tokens.refreshes.length).withContext('while it is frozen').toBe(0);
    await devTools.send('Page.setWebLifecycleState', { state: 'active' });
    await eventually(
      () => server.tokens.calls.length,
      count => count === 2,
    );
    await page.bringToFront();
    await goesOnAfterOneRefresh(page);
  }, 30_000);

  /** Signed in, and behind another tab. */
  async function hidden(): Promise<{ readonly page: Page; readonly devTools: CDPSession }> {
    const page = await browser.newPage();
    await page.goto(server.page());
    await page.evaluate(() => void startTab());
    const front = await browser.newPage();
    await front.bringToFront();
    await eventually(
      () => page.evaluate(() => document.visibilityState),
      state => state === 'hidden',
    );
    await page.evaluate(body => tab.logIn(body), server.tokens.logIn());
    return { page, devTools: await page.createCDPSession() };
  }

  async function untilExpired(page: Page): Promise<void> {
    const loggedInAt = Date.now();
    await eventually(
      () => Date.now() - loggedInAt,
      ms => ms > lifetimeSeconds * 1000 + 500,
    );
    expect(await page.evaluate(() => document.visibilityState)).toBe('hidden');
  }

  async function goesOnAfterOneRefresh(page: Page): Promise<void> {
    const standing = await page.evaluate(() => tab.standing());
    expect(standing).toEqual(jasmine.objectContaining({ status: 'logged-in', generation: 1 }));
    expect(server.tokens.calls.map(({ status, expired }) => ({ status, expired }))).toEqual([
      { status: 200, expired: false },
      { status: 200, expired: false },
    ]);
    expect(server.tokens.refreshes.length).toBe(1);
    expect(server.tokens.reuseAlarms).toBe(0);
  }
});
