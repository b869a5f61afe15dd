import { memoryStore } from 'aurelia-auth-refresh';
import { credentials, testApp, testBrowser } from './support/test-app.js';
import { refreshing, refreshingServer, TestServer } from './support/test-server.js';

describe('a restored session', () => {
  async function visitedBefore(server: TestServer, options = refreshing) {
    const browser = testBrowser(server);
    const before = testApp(options, { browser, server });
    await before.authService.login(credentials);
    before.authService.session.dispose();
    before.page.tab.close();
    return browser;
  }

  it('is available at once, and published while the plugin is configured', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server);
    const { authService, log } = testApp(refreshing, { browser, server });
    expect(authService.authenticated).toBe(true);
    expect(authService.getAccessToken()).toBe('access-1');
    expect(log).toEqual(['signal authentication-change', 'event true']);
  });

  it('is refreshed if its access token has expired [B10]', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server);
    await browser.options.clock.sleep(700_000);
    const { authService } = testApp(refreshing, { browser, server });
    await authService.ready;
    expect(authService.getAccessToken()).toBe('access-2');
    expect(authService.authenticated).toBe(true);
  });

  it('has ended if its access token has expired and cannot be refreshed', async () => {
    const server = refreshingServer();
    const browser = await visitedBefore(server, { ...refreshing, useRefreshToken: false });
    await browser.options.clock.sleep(700_000);
    const { authService, log, page } = testApp({}, { browser, server });
    expect(authService.authenticated).toBe(false);
    expect(log).toEqual([]);
    expect(page.visited).toEqual([]);
  });

  for (const stored of ['{corrupt', '"text"', '7', '[]', '{"renamed":"token"}']) {
    it(`is ignored if ${stored} is stored, and the app starts [B12]`, () => {
      const browser = testBrowser(new TestServer());
      browser.openTab().store.write(stored);
      const { authService } = testApp({}, { browser });
      expect(authService.authenticated).toBe(false);
    });
  }
});

describe('an idle user', () => {
  it('is signed out after idleTimeoutSeconds, with a countdown, and redirected to expiredRedirect', async () => {
    const left: (number | undefined)[] = [];
    const signs: (() => void)[] = [];
    const { authService, clock, page } = testApp(
      {
        idleTimeoutSeconds: 100,
        idleCountdownSeconds: 2,
        onIdleCountdown: seconds => left.push(seconds),
        expiredRedirect: '#/idle',
      },
      {
        prepare: ({ page }) =>
          spyOn(page, 'user').and.returnValue({
            after: page.clock.after,
            wall: page.clock.wall,
            lastActive: memoryStore(),
            onActivity: active => {
              signs.push(active);
              return () => undefined;
            },
          }),
      },
    );
    await authService.login(credentials, {}, '');
    await clock.advance(60_000);
    for (const sign of signs) sign();
    await clock.advance(60_000);
    expect(authService.authenticated).toBe(true);
    await clock.advance(40_000);
    expect(authService.authenticated).toBe(false);
    expect(left.filter(seconds => seconds !== undefined)).toEqual([2, 1]);
    expect(page.visited).toEqual(['#/idle']);
  });
});
