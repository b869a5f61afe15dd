import type { Page } from 'playwright-core';
import { axeFindings } from './support/axe.js';
import { bothDemos } from './support/both-demos.js';
import { hasShownLogin, signIn } from './support/journey.js';

describe('the page of the demos', () => {
  const both = bothDemos();

  both(
    'begins by itself on a first visit, with a timeline that shows a burst and a replay',
    async ({ begin, expect }) => {
      const { page, requests, errors } = await begin({ isFirstVisit: true, accessTokenLifetimeSeconds: 60 });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.getByText('100 requests at once, then a revoked access token').waitFor();
      await page.locator('.chart .replayed').waitFor();

      expect(await hasShownLogin(page)).toBe(false);
      expect(requests.refreshes().length).toBe(1);
      const { count, rejected, mark, key } = await boxes(page);
      expect(rejected.top).withContext('the 401 below the number of requests').toBeGreaterThan(count.bottom);
      expect(Math.abs(mark.x - key.x))
        .withContext('from the mark of the refresh to its key')
        .toBeLessThan(3);
      for (const scenario of await page.locator('.scenario').all()) {
        const { y, height } = (await scenario.boundingBox()) ?? { y: Number.NaN, height: 0 };
        expect(y + height)
          .withContext('a scenario within the first screen')
          .toBeLessThan(800);
      }
      await page.reload();
      await page.getByRole('row').nth(1).waitFor();
      expect(await errors()).toEqual([]);
    },
  );

  both('has no finding of axe-core, and is no wider than the window', async ({ begin, expect }) => {
    const { page } = await begin({ accessTokenLifetimeSeconds: 60 });
    const expectNoFinding = async (view: View) => {
      await show(page, view);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width);
      expect((await axeFindings(page)).map(finding => `${JSON.stringify(view)}: ${finding}`)).toEqual([]);
    };
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    for (const view of everyView ? views : []) await expectNoFinding(view);
    await signIn(page);
    for (const view of everyView ? views : [views[0], views[5], views[11]]) if (view) await expectNoFinding(view);
    if (!everyView) return;
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByText('Ada Lovelace').waitFor();
    for (const view of views) await expectNoFinding(view);
    await page.getByRole('button', { name: 'Revoke this session' }).click();
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    for (const view of views) await expectNoFinding(view);
  });

  both('can be used in a narrow window', async ({ begin, expect }) => {
    const { page } = await begin({ accessTokenLifetimeSeconds: 60 });
    await signIn(page);
    await page.setViewportSize({ width: 375, height: 812 });
    const cut = await page
      .locator('.what')
      .evaluateAll(all => all.filter(one => one.scrollWidth > one.clientWidth).length);
    expect(cut).withContext('descriptions that are cut').toBe(0);
    await page.getByRole('button', { name: 'Copy report' }).scrollIntoViewIfNeeded();
    await page.locator('.figures').evaluate(one => one.scrollIntoView({ block: 'end' }));
    expect((await page.locator('.status').boundingBox())?.y)
      .withContext('the status while the panel scrolls')
      .toBeGreaterThanOrEqual(0);
  });
});

/** Whether every page is checked in every view, and not one page in three: `npm run test:accessibility`. */
const everyView = process.env['EVERY_VIEW'] !== undefined;

interface View {
  readonly width: number;
  readonly colours: 'light' | 'dark' | 'forced';
}

const views: readonly View[] = [375, 768, 1280, 1920].flatMap(width =>
  (['light', 'dark', 'forced'] as const).map(colours => ({ width, colours })),
);

async function show(page: Page, { width, colours }: View): Promise<void> {
  await page.setViewportSize({ width, height: 812 });
  await page.emulateMedia({
    colorScheme: colours === 'dark' ? 'dark' : 'light',
    forcedColors: colours === 'forced' ? 'active' : 'none',
  });
}

interface Box {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly text: string | null;
}

/** Measures the first of each part of the panel, all at once because the panel is drawn several times a second. */
async function boxes(page: Page): Promise<{ status: Box; count: Box; rejected: Box; mark: Box; key: Box }> {
  const selectors = ['.status', '.chart text', '.chart .rejected', '.margin', '.margin-key'];
  const found = await page.locator('auth-devtools').evaluate(
    ({ shadowRoot }, all) =>
      all.map(selector =>
        [...(shadowRoot?.querySelectorAll(selector) ?? [])].map(one => {
          const { x, top, bottom } = one.getBoundingClientRect();
          return { x, top, bottom, text: one.textContent };
        }),
      ),
    selectors,
  );
  const [[status], texts, [rejected], [mark], [key]] = found as [Box[], Box[], Box[], Box[], Box[]];
  const count = texts.find(({ text }) => text?.startsWith('×'));
  if (!status || !count || !rejected || !mark || !key) throw new Error('A part of the panel is missing.');
  return { status, count, rejected, mark, key };
}
