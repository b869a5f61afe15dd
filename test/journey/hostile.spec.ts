import type { Page } from 'playwright-core';
import { eventually, type OpenOptions, pause, startSession, TabsForSpecs } from '../support/tabs.js';

const refreshToken = /rt-\d/;

describe('a session on a hostile network', () => {
  const tabs = new TabsForSpecs();

  for (const status of [301, 302, 303, 307, 308]) {
    it(`[C-08] [F25] is kept, with its refresh token, when the refresh endpoint redirects to another origin by ${status}`, async () => {
      const page = await openOne();
      tabs.server.tokens.fail({ status, headers: { Location: `${tabs.server.elsewhere}/stolen` } });
      expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
      expect(elsewhere()).toEqual([]);
      expect(await page.evaluate(() => tab.standing().status)).toBe('logged-in');
    });
  }

  it('[C-04] [F63] sends no bearer token when an API call is redirected to another site', async () => {
    const page = await openOne({ tab: { api: '/' } });
    const to = `${tabs.server.elsewhere}/stolen`;
    expect(await page.evaluate(to => tab.call(`/redirect?to=${to}`), to)).toEqual({ value: 401 });
    expect(elsewhere().map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const [asked] = tabs.server.received.filter(({ path }) => path.startsWith('/redirect'));
    expect(asked?.headers.authorization).toMatch(/^Bearer /);
    expect(tabs.server.tokens.refreshes).toEqual([]);
  });

  it('[C-04] [F63] does not follow redirects with the token in a custom header', async () => {
    const page = await openOne({ tab: { api: '/', headerName: 'X-Auth' } });
    const to = `${tabs.server.elsewhere}/stolen`;
    expect((await page.evaluate(to => tab.call(`/redirect?to=${to}`), to)).error).toBe('TypeError');
    expect(elsewhere()).toEqual([]);
  });

  it('[F26] is kept while the refresh endpoint rejects preflights, and refreshes afterwards', async () => {
    const page = await openOne({ tab: ({ elsewhere }) => ({ refreshUrl: `${elsewhere}/auth/login` }) });
    tabs.server.crossOrigin = 'preflight refused';
    expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
    expect(elsewhere().map(({ method }) => method)).toEqual(['OPTIONS']);
    tabs.server.crossOrigin = 'allowed';
    await tabs.until([page], ({ generation }) => generation === 1);
  });

  it('[F27] is kept when a rejection has no CORS headers, because scripts see a network error', async () => {
    const page = await openOne({ tab: ({ elsewhere }) => ({ refreshUrl: `${elsewhere}/auth/login` }) });
    expect((await page.evaluate(() => tab.update())).error).toBeUndefined();
    tabs.server.crossOrigin = 'headers missing';
    tabs.server.tokens.failAlways({ status: 400, body: { error: 'invalid_grant' } });
    expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
    expect((await page.evaluate(() => tab.standing())).degraded).toBeTrue();
    tabs.server.crossOrigin = 'allowed';
    await tabs.until([page], ({ ended }) => ended === 'refused');
  });

  it('[F28] is kept, and retries rarely, if the content security policy forbids the refresh', async () => {
    const page = await openOne({ headers: { 'Content-Security-Policy': "connect-src 'none'" } });
    expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
    await pause(3000);
    const { attempts, status } = await page.evaluate(() => ({
      attempts: tab.events.filter(event => event === 'refresh-postponed').length,
      status: tab.standing().status,
    }));
    expect(status).toMatch(/logged-in|refreshing/);
    expect(attempts).toBeGreaterThan(0);
    expect(attempts).toBeLessThanOrEqual(3);
    expect(tabs.server.received).toEqual([]);
  });

  it('[C-52] waits while the machine is offline, and refreshes when it is online again', async () => {
    const page = await openOne();
    await tabs.profile.setOffline(true);
    await tabs.sleep([page]);
    const call = page.evaluate(() => tab.call());
    await tabs.until([page], ({ degraded }) => degraded === true);
    const tried = await page.evaluate(() => tab.events.filter(event => event === 'refresh-started').length);
    await pause(2000);
    expect(await page.evaluate(() => tab.events.filter(event => event === 'refresh-started').length)).toBe(tried);
    await tabs.profile.setOffline(false);
    await tabs.until([page], ({ generation, degraded }) => generation === 1 && degraded === false, 10_000);
    expect(await call).toEqual({ value: 200 });
    expect(tabs.server.tokens.rotations).toBe(1);
  });

  it('[F74] sends its token with a request during page unload', async () => {
    const page = await openOne();
    await page.evaluate(() => {
      const last = { method: 'POST', body: 'a draft', keepalive: true };
      addEventListener('pagehide', () => void tab.call('/api/draft', last));
    });
    await page.goto('about:blank');
    const drafts = () => tabs.server.received.filter(({ path }) => path === '/api/draft');
    const [draft] = await eventually(drafts, ({ length }) => length > 0);
    expect(draft?.headers.authorization).toMatch(/^Bearer /);
    expect(tabs.server.tokens.calls.map(({ body, status }) => [body, status])).toEqual([['a draft', 200]]);
  });

  it('[C-34] [F56] ends by logout offline', async () => {
    const page = await openOne();
    await tabs.profile.setOffline(true);
    expect((await page.evaluate(() => tab.logOut())).status).toBe('logged-out');
    expect(await page.evaluate(() => stored())).not.toMatch(refreshToken);
    await tabs.profile.setOffline(false);
    await pause(500);
    expect(tabs.server.received).toEqual([]);
  });

  it('[C-39] [F02] continues after several consecutive lost responses', async () => {
    const page = await openOne({ graceSeconds: 10 });
    tabs.server.tokens.fail({ drop: 'after' }, { drop: 'before' });
    expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
    await tabs.until([page], ({ generation, degraded }) => generation === 1 && degraded === false);
    expect(tabs.server.tokens.rotations).toBe(1);
    expect(tabs.server.tokens.reuseAlarms).toBe(0);
    expect(await page.evaluate(() => tab.call())).toEqual({ value: 200 });
  });

  for (const kind of ['json', 'form', 'blob', 'bytes', 'multipart', 'request'] as const) {
    it(`[C-43] [F65] [F66] replays a body of ${kind} byte for byte`, async () => {
      const page = await openOne();
      tabs.server.tokens.expireAccess();
      expect(await page.evaluate(kind => tab.post(kind), kind)).toEqual({ value: 200 });
      const [first, second, ...more] = tabs.server.received.filter(({ path }) => path === `/api/${kind}`);
      expect(more).toEqual([]);
      expect(second?.body.length).toBeGreaterThan(0);
      expect(second?.body.equals(first?.body ?? Buffer.of())).toBeTrue();
      expect(second?.headers['content-type']).toBe(first?.headers['content-type']);
      expect(second?.headers['x-own']).toBe('kept');
      expect(second?.headers.authorization).not.toBe(first?.headers.authorization);
    });
  }

  it('[C-43] [F67] uploads a stream without buffering it for a replay', async () => {
    const page = await openOne();
    const { status, chunks } = await page.evaluate(() => tab.upload());
    expect(status).toBe(401);
    expect(chunks).toBeLessThanOrEqual(7);
    expect(tabs.server.tokens.refreshes).toEqual([]);
  });

  it('[C-61] [F76] works in each tab if the browser blocks all storage', async () => {
    const [one, two] = await tabs.openWithoutStorage(2);
    if (!one || !two) throw new Error('There are no two tabs.');
    const refused = await one.evaluate(() => {
      try {
        return String(localStorage);
      } catch (error) {
        return error instanceof DOMException && error.name;
      }
    });
    expect(refused).toBe('SecurityError');
    await one.evaluate(body => tab.logIn(body), tabs.server.tokens.logIn());
    for (let round = 1; round <= 3; round++) {
      await tabs.sleep([one]);
      expect(await one.evaluate(() => tab.call())).toEqual({ value: 200 });
    }
    expect(tabs.server.tokens.rotations).toBe(3);
    expect(await one.evaluate(() => tab.standing())).toEqual(jasmine.objectContaining({ generation: 3 }));
    expect(await two.evaluate(() => tab.standing().status)).toBe('logged-out');
    expect(await one.evaluate(() => tab.faults)).not.toEqual([]);
  });

  it('[F73] works behind a service worker that forwards requests', async () => {
    const page = await openOne();
    await page.evaluate(async () => {
      const controlled = new Promise(resolve => navigator.serviceWorker.addEventListener('controllerchange', resolve));
      await navigator.serviceWorker.register('/worker.js');
      await controlled;
    });
    tabs.server.tokens.expireAccess();
    expect(await page.evaluate(() => tab.post('multipart'))).toEqual({ value: 200 });
    tabs.server.tokens.fail({ status: 307, headers: { Location: `${tabs.server.elsewhere}/stolen` } });
    expect((await page.evaluate(() => tab.update())).error).toBe('refresh_postponed');
    expect(elsewhere()).toEqual([]);
  });

  it('[C-68] [F83] works in a frame of another site, with its own record and lock', async () => {
    const page = await openOne();
    const embedding = await tabs.profile.newPage();
    await embedding.goto(tabs.server.page({}, tabs.server.elsewhere));
    const frame = await frameIn(embedding, `<iframe src="${tabs.server.page()}"></iframe>`);
    await startSession(frame, tabs.server);
    expect(await frame.evaluate(() => tab.standing().status)).toBe('logged-out');
    await frame.evaluate(body => tab.logIn(body), tabs.server.tokens.logIn('bob'));
    tabs.server.tokens.fail({ delayMs: 1000 });
    const update = page.evaluate(() => tab.update());
    await tabs.refreshesAre(1);
    expect((await frame.evaluate(() => tab.update())).error).toBeUndefined();
    expect((await update).error).toBeUndefined();
    expect(await frame.evaluate(() => tab.standing())).toEqual(
      jasmine.objectContaining({ subject: 'bob', generation: 1 }),
    );
    expect(await page.evaluate(() => tab.standing())).toEqual(
      jasmine.objectContaining({ subject: 'ann', generation: 1 }),
    );
  });

  it('[C-61] [F76] works in a sandboxed frame without origin, storage and locks', async () => {
    const page = await openOne();
    const frame = await frameIn(page, `<iframe sandbox="allow-scripts" src="${tabs.server.page()}"></iframe>`);
    const { origin } = tabs.server;
    await startSession(frame, tabs.server, { refreshUrl: `${origin}/auth/login`, api: origin });
    await frame.evaluate(body => tab.logIn(body), tabs.server.tokens.logIn('bob'));
    expect((await frame.evaluate(() => tab.update())).error).toBeUndefined();
    expect(await frame.evaluate(url => tab.call(url), `${origin}/api/x`)).toEqual({ value: 200 });
    expect(await page.evaluate(() => tab.standing().subject)).toBe('ann');
  });

  async function openOne(options: OpenOptions = {}): Promise<Page> {
    const [page] = await tabs.open(1, options);
    if (!page) throw new Error('There is no tab.');
    await tabs.logIn([page]);
    return page;
  }

  function elsewhere() {
    return tabs.server.received.filter(({ origin }) => origin === tabs.server.elsewhere);
  }

  async function frameIn(page: Page, html: string) {
    const loaded = page.waitForEvent('framenavigated');
    await page.evaluate(html => document.body.insertAdjacentHTML('beforeend', html), html);
    const frame = await loaded;
    await frame.waitForLoadState();
    return frame;
  }
});
