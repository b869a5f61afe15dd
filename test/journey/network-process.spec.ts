import { eventually, logIn, pause, sleepAll, standings, untilAll } from '../support/open-tab.js';
import { canRunWebKit } from '../support/webkit.mjs';
import { WebKitTabs } from '../support/webkit-tabs.js';

const expiries = 20;

describe('tabs of WebKit whose network process dies', () => {
  let opened: WebKitTabs | undefined;

  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  }, 30_000);

  /** Four tabs of a signed-in user, at a server that forgives no refresh token that is used twice. */
  async function signedIn(): Promise<WebKitTabs> {
    if (!canRunWebKit()) pending('WebKit was not found');
    opened = await WebKitTabs.open(4, { graceSeconds: 0 });
    await logIn(opened);
    return opened;
  }

  /** Lets the access token expire again and again, and calls the API from all tabs at once. */
  async function expireRepeatedly({ server, tabs }: WebKitTabs): Promise<void> {
    const { rotations } = server.tokens;
    for (let expiry = 1; expiry <= expiries; expiry++) {
      await sleepAll({ server, tabs }, 61_000);
      const at = Date.now() + 100;
      const calls = tabs.map(page => page.evaluate(at => tab.callAt(at), at));
      expect(await Promise.all(calls))
        .withContext(`expiry ${expiry}`)
        .toEqual(tabs.map(() => ({ value: 200 })));
      expect(server.tokens.rotations - rotations)
        .withContext(`expiry ${expiry}`)
        .toBe(expiry);
    }
    expect(server.tokens.reuseAlarms).toBe(0);
    const ended = (await standings(tabs)).filter(({ status }) => status === 'logged-out');
    expect(ended).toEqual([]);
  }

  it('[F113] refresh once for each of twenty expiries after it died while they were idle', async () => {
    const tabs = await signedIn();
    await pause(3000);
    await tabs.killNetworkProcess();
    await expireRepeatedly(tabs);
  }, 90_000);

  it('[F113] keep the session that was not yet on disk when it died, and refresh once for each of twenty expiries', async () => {
    const tabs = await signedIn();
    await tabs.killNetworkProcess();
    await pause(1000);
    expect((await standings(tabs.tabs)).map(({ status }) => status)).toEqual(tabs.tabs.map(() => 'logged-in'));
    await expireRepeatedly(tabs);
  }, 90_000);

  it('[F113] refresh once for each of twenty expiries after it died during a refresh', async () => {
    const tabs = await signedIn();
    const { server } = tabs;
    await sleepAll(tabs, 61_000);
    server.tokens.failAlways({ drop: 'before' });
    const calls = tabs.tabs.map(page => page.evaluate(() => tab.call()));
    await eventually(
      () => server.tokens.refreshes.length,
      count => count > 0,
    );
    await tabs.killNetworkProcess();
    server.tokens.recover();
    expect(await Promise.all(calls)).toEqual(tabs.tabs.map(() => ({ value: 200 })));
    expect(server.tokens.rotations).toBe(1);
    await expireRepeatedly(tabs);
  }, 90_000);

  it('[F113] refresh once for each expiry when it dies before every one of them', async () => {
    const tabs = await signedIn();
    for (let expiry = 1; expiry <= 5; expiry++) {
      await tabs.killNetworkProcess();
      await sleepAll(tabs, 61_000);
      const calls = tabs.tabs.map(page => page.evaluate(() => tab.call()));
      expect(await Promise.all(calls)).toEqual(tabs.tabs.map(() => ({ value: 200 })));
      expect(tabs.server.tokens.rotations).toBe(expiry);
    }
    expect(tabs.server.tokens.reuseAlarms).toBe(0);
  }, 90_000);

  it('[F114] log out together after it died while they were idle', async () => {
    const tabs = await signedIn();
    await pause(3000);
    await tabs.killNetworkProcess();
    await pause(1000);
    const [one, ...others] = tabs.tabs;
    await one?.evaluate(() => tab.session.logOut());
    const calls = await Promise.all(others.map(page => page.evaluate(() => tab.call())));
    expect(calls.map(({ value }) => value)).toEqual(others.map(() => 401));
    await untilAll(others, ({ status }) => status === 'logged-out', 5000);
    expect(await one?.evaluate(() => stored())).not.toMatch(/rt-\d|eyJ/);
  }, 90_000);

  it('[F113] are restored after a reload, though it died right after the login', async () => {
    const tabs = await signedIn();
    await tabs.killNetworkProcess();
    await pause(1000);
    const [page] = tabs.tabs;
    await page?.evaluate(() => {
      setTimeout(() => location.reload());
      Object.assign(window, { isOld: true });
    });
    const isReloaded = () => page?.evaluate(() => !('isOld' in window) && 'startTab' in window).catch(() => false);
    await eventually(isReloaded, reloaded => reloaded === true);
    await page?.evaluate(() => void startTab());
    expect((await page?.evaluate(() => tab.standing()))?.status).toBe('logged-in');
  }, 90_000);
});
