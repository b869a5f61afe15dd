import { logIn, sleepAll, untilAll } from '../support/open-tab.js';
import { canRunWebKit } from '../support/webkit.mjs';
import { WebKitTabs } from '../support/webkit-tabs.js';

const expiries = 20;

describe('tabs of WebKit', () => {
  let opened: WebKitTabs | undefined;

  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  }, 30_000);

  for (const { title, flags = [], hasLocks = true } of [
    { title: 'with persistent storage' },
    { title: 'in a private window', flags: ['--private'] },
    {
      title: 'without Web Locks and BroadcastChannel',
      flags: ['--features=!WebLocksAPI,!BroadcastChannel'],
      hasLocks: false,
    },
  ]) {
    it(`[C-31] [F38] [F44] refresh once for each expiry that eight meet in the same millisecond, ${title}`, async () => {
      if (!canRunWebKit()) pending('WebKit was not found');
      opened = await WebKitTabs.open(8, { flags });
      const { server, tabs } = opened;
      expect(await tabs[0]?.evaluate(() => 'locks' in navigator && 'BroadcastChannel' in window)).toBe(hasLocks);
      await logIn(opened);
      for (let expiry = 1; expiry <= expiries; expiry++) {
        await untilAll(tabs, ({ generation }) => generation === expiry - 1);
        await sleepAll(opened, 61_000);
        const at = Date.now() + 100;
        const calls = tabs.map(page => page.evaluate(at => tab.callAt(at), at));
        expect(await Promise.all(calls))
          .withContext(`expiry ${expiry}`)
          .toEqual(tabs.map(() => ({ value: 200 })));
        expect(server.tokens.refreshes.length).withContext(`expiry ${expiry}`).toBe(expiry);
      }
      expect(server.tokens.reuseAlarms).toBe(0);
      await untilAll(tabs, ({ status, generation }) => status === 'logged-in' && generation === expiries);
      await tabs[0]?.evaluate(() => tab.session.logOut());
      await untilAll(tabs, ({ status }) => status === 'logged-out');
    }, 60_000);
  }
});
