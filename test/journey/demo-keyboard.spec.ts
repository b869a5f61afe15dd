import type { Page } from 'playwright-core';
import { bothDemos, type Run } from './support/both-demos.js';
import { signIn } from './support/journey.js';
import { focusedName, tabOrder, tabStops } from './support/keyboard.js';

describe('the demos by keyboard', () => {
  const both = bothDemos();

  both('reach every control of every page, in its order and with a visible focus', async ({ begin, expect }) => {
    const { page } = await begin({ accessTokenLifetimeSeconds: 60 });
    const expectEveryControl = async (count: number) => {
      const stops = await tabStops(page);
      const order = await tabOrder(page, stops.length);
      expect(order.map(({ name }) => name)).toEqual(stops);
      expect(order.filter(({ isVisible }) => !isVisible)).toEqual([]);
      expect(stops.length).toBe(count);
    };
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expectEveryControl(16);
    await signIn(page);
    await expectEveryControl(19);
    await press(page, 'link', 'Profile');
    await page.getByText('Ada Lovelace').waitFor();
    await expectEveryControl(16);
  });

  both('keep the focus on a scenario', async ({ begin, expect }) => {
    const { page } = await begin({ accessTokenLifetimeSeconds: 60 });
    await signIn(page);
    for (const [name, outcome] of [
      ['Send 100 requests', '100 of 100 succeeded, 0 with a 401.'],
      ['Revoke access token', 'The next request received a 401, was replayed'],
      ['Refresh outage', 'The refresh endpoint responds with 503'],
    ] as const) {
      await press(page, 'button', name);
      await page.getByText(outcome).waitFor();
      expect(await focusedName(page)).toMatch(new RegExp(`^${name}`));
    }
  });

  both('keep the focus when a control changes the session or the page', async ({ begin, expect }) => {
    const { page } = await begin({ accessTokenLifetimeSeconds: 60 });
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    const expectFocus = async (name: string) => expect(await focusedName(page)).toMatch(new RegExp(`^${name}`));
    const endSession = async () => {
      await press(page, 'button', 'Revoke this session');
      await dialog.waitFor();
      await expectFocus('E-mail');
    };
    await press(page, 'button', 'Sign in');
    await page.getByRole('row').nth(1).waitFor();
    await expectFocus('Expenses');
    await endSession();
    await expectDialogKeepsFocus(page, expect);
    await press(page, 'button', 'Sign in and continue');
    await dialog.waitFor({ state: 'hidden' });
    await expectFocus('Revoke this session');
    for (const close of [() => page.keyboard.press('Escape'), () => press(page, 'button', 'Not now')]) {
      await endSession();
      await close();
      await dialog.waitFor({ state: 'hidden' });
      await expectFocus('Revoke this session');
      await press(page, 'link', 'Sign in');
      await press(page, 'button', 'Sign in');
      await page.getByRole('heading', { name: 'Expenses' }).waitFor();
      await expectFocus('Expenses');
    }
    await press(page, 'link', 'Profile');
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
    await expectFocus('Profile');
    await press(page, 'button', 'Log out');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expectFocus('Sign in');
  });
});

async function expectDialogKeepsFocus(page: Page, expect: Run['expect']): Promise<void> {
  const order: string[] = [];
  for (let each = 0; each < 3; each++) {
    order.push(await focusedName(page));
    await page.keyboard.press('Tab');
  }
  expect(order).toEqual(['E-mail', 'Password', 'Sign in and continue']);
  expect(await focusedName(page)).toBe('Not now');
}

/** Waits until the control does something. A link has no such state. */
async function press(page: Page, role: 'button' | 'link', name: string): Promise<void> {
  await page.getByRole(role, { name, exact: role === 'link', disabled: false }).focus();
  await page.keyboard.press('Enter');
}
