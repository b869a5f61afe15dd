import type { Page } from 'playwright-core';
import type { PeerProvider } from '../peers/oidc-provider.js';
import { atProvider, openIdWorlds } from './support/open-id-world.js';

describe('an Aurelia application at a real OpenID provider', () => {
  const world = openIdWorlds('aurelia');

  it('redirects a guest to the provider and back to the requested page, and signs out at both sides', async () => {
    const { app, page } = await world();
    await page.goto(`${app.origin}/#/orders?page=2`);
    await signIn(page, 'ann');
    await shown(page, 'Orders, page 2');
    expect(page.url()).toBe(`${app.origin}/#/orders?page=2`);
    expect(await page.getByRole('listitem').allTextContents()).toEqual(['7: A kettle', '8: Tea']);
    await page.reload();
    await shown(page, 'Orders, page 2');
    expect(app.calls).toEqual([200, 200]);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await shown(page, 'Sign in');
    await page.reload();
    await shown(page, 'Sign in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByPlaceholder('Enter any login').waitFor();
    expect(app.calls).toEqual([200, 200]);
  }, 30_000);

  it('signs in by popup, and reports a closed popup', async () => {
    const { app, page, context } = await world();
    const opened = async (): Promise<Page> => {
      const opening = context.waitForEvent('page');
      await page.getByRole('button', { name: 'Sign in in a window' }).click();
      return opening;
    };
    await (await opened()).close();
    await page.getByText('The window was closed.').waitFor();
    await atProvider(await opened(), 'bea');
    await shown(page, 'Orders, page 1');
    expect(page.url()).toBe(`${app.origin}/#/orders`);
    expect(await page.getByRole('banner').textContent()).toContain('bea');
    expect(app.calls).toEqual([200]);
  }, 30_000);

  for (const { way, options, provider, endedBy } of [
    {
      way: 'by refresh grants',
      options: { renewal: 'refresh-token' },
      provider: { refreshTokens: true },
      endedBy: (ending: PeerProvider) => ending.revokeGrants(),
    },
    {
      way: 'in hidden frames',
      options: { renewal: 'silent' },
      provider: { refreshTokens: false },
      endedBy: (ending: PeerProvider) => ending.endSessions(),
    },
  ] as const) {
    it(`outlives ten access tokens ${way}, and requests a sign-in when the provider ends the session`, async () => {
      const made = await world(options, { ...provider, accessTokenSeconds: 2 });
      const { app, page } = made;
      await signIn(page, 'ann');
      await shown(page, 'Orders, page 1');
      while (app.tokens.size <= 10) {
        await page.getByRole('button', { name: 'Load again' }).click();
        await page.waitForTimeout(200);
      }
      expect(new Set(app.calls)).toEqual(new Set([200]));
      const grants = new Set(made.provider.tokenRequests.slice(1).map(({ grantType }) => grantType));
      expect(grants).toEqual(new Set([provider.refreshTokens ? 'refresh_token' : 'authorization_code']));
      expect(await page.locator('iframe').count()).toBe(0);

      endedBy(made.provider);
      await page.getByText('Please sign in again.').waitFor();
      expect(page.url()).toBe(`${app.origin}/#/login`);
    }, 60_000);
  }

  it('signs out in all tabs when a logout frame reports a sign-out elsewhere', async () => {
    const { app, page, context, provider } = await world({}, { frontChannelLogout: true });
    await signIn(page, 'ann');
    await shown(page, 'Orders, page 1');
    const other = await context.newPage();
    await other.goto(app.origin);
    await shown(other, 'Orders, page 1');

    const elsewhere = await context.newPage();
    await elsewhere.goto(`${provider.issuer}/session/end`);
    await elsewhere.getByRole('button', { name: 'Yes, sign me out' }).click();
    for (const tab of [page, other]) await tab.getByText('You signed out elsewhere.').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('aurelia_authentication'))).toBeNull();
    await page.reload();
    await shown(page, 'Sign in');
  }, 30_000);
});

/** Signs in by redirect. */
async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await atProvider(page, user);
}

async function shown(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading, exact: true }).waitFor();
}
