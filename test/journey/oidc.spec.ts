import type { Page } from 'playwright-core';
import { atProvider, openIdWorlds } from './support/open-id-world.js';
import type { RelyingPartyStanding } from './support/relying-party-page.js';

describe('a relying party at a real OpenID provider', () => {
  const world = openIdWorlds('session', { redirectUri: '/signed-in' });

  it('signs in by popup, in a page with a strict content security policy', async () => {
    const { page, context } = await world({}, { pushedRequests: true });
    const opening = context.waitForEvent('page');
    const signedIn = page.evaluate(() => rp.popup());
    const popup = await opening;
    await atProvider(popup, 'bea');
    expect(await signedIn).toBe('signed in');
    expect((await standing(page)).subject).toBe('bea');
    expect(await page.evaluate(() => rp.call())).toBe('200');
    expect(popup.isClosed()).toBeTrue();
  }, 20_000);

  it('[C-21] signs in by a popup that the provider severed, although its window looks closed', async () => {
    const { page, context } = await world({}, { isolatesWindows: true });
    const opening = context.waitForEvent('page');
    const signedIn = page.evaluate(() => rp.popup());
    const popup = await opening;
    expect(await signedIn).toBe('popup_closed');
    await atProvider(popup, 'bea');
    await page.waitForFunction(() => rp.standing().status === 'logged-in');
    expect((await standing(page)).subject).toBe('bea');
    expect(await page.evaluate(() => Object.keys(localStorage).filter(key => key.includes(':callback:')))).toEqual([]);
  }, 20_000);

  it('meets a step-up challenge in a popup, and sends the request once more', async () => {
    const { page, context, app } = await world({}, { authenticationClasses: true });
    const callback = page.waitForURL('**/signed-in');
    await page.evaluate(() => rp.redirect());
    await callback;
    await page.waitForFunction(() => rp.standing().status === 'logged-in');
    expect(await page.evaluate(() => rp.call())).toBe('200');
    const opening = context.waitForEvent('page');
    const transferred = page.evaluate(() => rp.transfer());
    const popup = await opening;
    expect(await transferred).toBe('200');
    expect(popup.isClosed()).toBeTrue();
    expect(app.calls).toEqual([200, 401, 200]);
    expect((await standing(page)).subject).toBe('ann');
    expect(await page.evaluate(() => rp.transfer())).toBe('200');
  }, 20_000);

  it('signs in silently in a tab that never signed in, and reports a closed popup', async () => {
    const { page, context, app } = await world({}, { refreshTokens: false });
    await signIn(page);
    const other = await context.newPage();
    await other.goto(app.origin);
    await other.evaluate(() => rp.session.logOut());
    expect(await other.evaluate(() => rp.silently())).toBe('signed in');
    expect((await standing(other)).subject).toBe('ann');
    const opening = context.waitForEvent('page');
    const signedIn = other.evaluate(() => rp.popup());
    await (await opening).close();
    expect(await signedIn).toBe('popup_closed');
  }, 20_000);

  it('refreshes once for ten tabs', async () => {
    const { page, context, app, provider } = await world({ renewal: 'refresh-token' }, { accessTokenSeconds: 5 });
    await signIn(page);
    const tabs = [page];
    while (tabs.length < 10) {
      const tab = await context.newPage();
      await tab.goto(app.origin);
      tabs.push(tab);
    }
    const { generation = 0 } = await standing(page);
    for (const tab of tabs) {
      await tab.waitForFunction(expected => {
        const { generation: reached = 0 } = rp.standing();
        return reached >= expected;
      }, generation + 1);
    }
    const { generation: reached } = await standing(page);
    expect(provider.refreshes).toBe(reached ?? 0);
    expect(provider.tokenRequests.every(({ status }) => status === 200)).toBeTrue();
  }, 40_000);

  it('reports a provider that lost its data, changed its key, or ended the session', async () => {
    const { page, provider, context } = await world({ renewal: 'refresh-token' });
    await signIn(page);
    await provider.close();
    expect(await page.evaluate(() => rp.update())).toBe('refresh_postponed');
    expect((await standing(page)).status).toBe('logged-in');

    await provider.restart({ keepsData: true });
    expect(await settledUpdate(page)).toBe('refreshed');

    provider.revokeGrants();
    expect(await page.evaluate(() => rp.update())).toBe('refresh_refused');
    expect(await standing(page)).toEqual({ status: 'logged-out', ended: 'refused' });

    await signIn(page);
    await provider.restart({ keepsData: false });
    expect(await page.evaluate(() => rp.update())).toBe('refresh_refused');
    expect(await page.evaluate(() => rp.silently())).toBe('login_required');
    await context.clearCookies();
    expect(await page.evaluate(() => rp.silently())).toBe('login_required');
  }, 20_000);

  it('detects a browser that blocks cookies in frames', async () => {
    const { page } = await world({ renewal: 'silent', whenLoginRequired: 'keep' }, { host: '127.0.0.1' });
    await signIn(page);
    expect(await page.evaluate(() => rp.update())).toBe('silent_login_blocked');
    expect(await standing(page)).toEqual(
      jasmine.objectContaining({ status: 'logged-in', degradedBy: 'silent_login_blocked' }),
    );
  }, 20_000);

  it('binds tokens to a key, so that a stolen refresh token is useless, and sends the required nonce', async () => {
    const { page, provider, app } = await world({ dpop: true, renewal: 'refresh-token' }, { dpop: true });
    await signIn(page);
    expect((await standing(page)).tokenType).toBe('DPoP');
    expect(await page.evaluate(() => rp.call())).toBe('200');
    app.changeNonce();
    expect(await page.evaluate(() => rp.call())).toBe('200');
    expect(app.calls).toEqual([401, 200, 401, 200]);
    await page.reload();
    expect(await page.evaluate(() => rp.update())).toBe('refreshed');
    // The page lost the nonce, so the provider requires it again.
    expect(provider.tokenRequests.slice(-2)).toEqual([
      { grantType: 'refresh_token', status: 400 },
      { grantType: 'refresh_token', status: 200 },
    ]);
    expect(await page.evaluate(() => rp.call())).toBe('200');

    const { accessToken = '', refreshToken = '' } = await page.evaluate(() => rp.secrets());
    const stolen = await fetch(`${app.origin}/api/orders`, { headers: { Authorization: `DPoP ${accessToken}` } });
    expect(stolen.status).toBe(401);
    const replayed = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'shop', refresh_token: refreshToken }),
    });
    expect([replayed.status, (await replayed.json()).error]).toEqual([400, 'invalid_grant']);
    expect(await page.evaluate(() => rp.update())).toBe('refreshed');
  }, 20_000);
});

function standing(page: Page): Promise<RelyingPartyStanding> {
  return page.evaluate(() => rp.standing());
}

/** Refreshes, and retries if a scheduled attempt failed just before. */
async function settledUpdate(page: Page): Promise<string> {
  for (;;) {
    const outcome = await page.evaluate(() => rp.update());
    if (outcome !== 'refresh_postponed') return outcome;
    await page.waitForTimeout(200);
  }
}

/** Signs in by redirect. */
async function signIn(page: Page): Promise<void> {
  await page.evaluate(() => rp.redirect());
  await atProvider(page, 'ann');
  await page.waitForURL('**/signed-in*');
  expect(await page.evaluate(() => rp.callback)).toBe('signed in');
}
