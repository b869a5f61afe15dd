import { bothDemos, type Run } from './support/both-demos.js';
import type { AppPage } from './support/browsers/app-page.js';
import { journeyEngines } from './support/browsers/journey-engines.js';
import {
  figure,
  focused,
  hasShownLogin,
  type Journey,
  lifetime,
  type RequestsSeen,
  shows,
  signIn,
  until,
  untilExpiry,
} from './support/journey.js';

/** A JWT is refreshed a second before its expiry, because its `exp` has a resolution of a second. */
const earliestRefreshMs = lifetime * 1000 - 1000;
const toleranceMs = 150;
const shortJourney = 'is continued in a dialog when the server revokes it, and a filled form is saved once';

for (const engine of journeyEngines) {
  describe(`a session with access tokens of three seconds in the demos of Aurelia 1 and 2, in ${engine.name}`, () => {
    const both = bothDemos(engine, shortJourney);

    both('continues over each expiry, with one refresh each and no rejected request', async ({ begin, expect }) => {
      const { page, requests, errors } = await begin();
      await signIn(page);
      await until('three refreshes', () => requests.refreshes().length >= 3);
      const loads = requests.toApi().length;
      await until('a load after them', () => requests.toApi().length > loads);
      await until(
        'every refresh is shown',
        async () => (await figure(page, 'Refreshes')) === requests.refreshes().length,
      );

      expectNoRejectedToken(requests, expect);
      expect(Math.min(...intervals(requests.refreshes()))).toBeGreaterThan(earliestRefreshMs - toleranceMs);
      expect(await errors()).toEqual([]);
    });

    both('sends no expired token after the machine slept over an expiry', async ({ begin, expect }) => {
      const { page, requests, freeze } = await begin();
      await signIn(page);
      const thaw = await freeze(page);
      await untilExpiry(requests);
      const before = { loads: requests.toApi().length, refreshes: requests.refreshes().length };
      await thaw();
      await until('a load after the sleep', () => requests.toApi().length > before.loads);

      expectNoRejectedToken(requests, expect);
      expect(requests.refreshes().length).toBe(before.refreshes + 1);
    });

    both('sends a hundred requests just after expiry with one refresh', async ({ begin, expect }) => {
      // A new token must live until a busy machine has sent all of them.
      const { page, requests, freeze, hold } = await begin({ accessTokenLifetimeSeconds: 8 });
      await signIn(page);
      const thaw = await freeze(page);
      await untilExpiry(requests, 8);
      const before = { loads: requests.toApi().length, refreshes: requests.refreshes().length };
      const release = hold('POST /auth/login');
      await thaw();
      await page.getByRole('button', { name: 'Send 100 requests' }).click();
      release();
      await page.getByText('100 of 100 succeeded, 0 with a 401.').waitFor();

      expectNoRejectedToken(requests, expect);
      const burst = requests.toApi().slice(before.loads, before.loads + 100);
      expect(burst.length).toBe(100);
      expect(new Set(burst.map(({ token }) => token?.id)).size).toBe(1);
      const end = Math.max(...burst.map(({ at }) => at));
      expect(requests.refreshes().filter(({ at }) => at < end).length).toBe(before.refreshes + 1);
      expect(await figure(page, 'Waited for a token')).toBeGreaterThanOrEqual(100);
    });

    for (const { kind, path, receipt } of [
      { kind: 'JSON', path: '/api/expenses', receipt: undefined },
      {
        kind: 'a form with a file',
        path: '/api/receipts',
        receipt: Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256)),
      },
    ]) {
      both(`replays a POST with ${kind} byte for byte when the server revoked its token`, async ({ begin, expect }) => {
        const { page, requests, server } = await begin({ accessTokenLifetimeSeconds: 600 });
        await signIn(page);
        await page.getByLabel('What for').fill('Ferry to Texel – return ✓');
        await page.getByLabel('Amount').fill('12.50');
        if (receipt) {
          const file = { name: 'receipt.bin', mimeType: 'application/octet-stream', buffer: receipt };
          await page.getByLabel('Receipt').setInputFiles(file);
        }
        const loads = requests.toApi().length;
        await until('the list was just loaded', () => requests.toApi().length > loads);
        server.scenarios.revokeAccessToken(requests.toApi().at(-1)?.token?.id ?? '');
        await page.getByRole('button', { name: 'Add' }).click();
        await page.getByText('Added.').waitFor();

        const posts = requests.all().filter(request => request.path === path && request.method === 'POST');
        expect(posts.map(({ status }) => status)).toEqual([401, 201]);
        expect(posts[0]?.bodySha256).toMatch(/^[0-9a-f]{64}$/);
        expect(posts[1]?.bodySha256).toBe(posts[0]?.bodySha256);
        expect(posts[1]?.token?.id).not.toBe(posts[0]?.token?.id);
        expect(requests.refreshes().length).toBe(1);
        const row = page.getByRole('row', { name: 'Ferry to Texel – return ✓ €12.50' });
        await row.first().waitFor();
        expect(await row.count()).toBe(1);
      });
    }

    both('stays signed in while the refresh endpoint is down, and resumes automatically', async ({ begin, expect }) => {
      const { page, requests, server } = await begin();
      await signIn(page);
      server.scenarios.takeDown(4);
      await shows(page, 'Waiting for the server');
      await untilExpiry(requests);
      const loads = requests.toApi().length;
      await until('a load after the outage', () => requests.toApi().length > loads);
      await shows(page, 'Signed in');

      expectNoRejectedToken(requests, expect);
      expect(await hasShownLogin(page))
        .withContext('the form it was signed in with')
        .toBe(true);
      expect(await page.evaluate(() => location.hash)).toBe('#/expenses');
      expect(requests.refreshes().filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    });

    both('replays the next request each time its access token was revoked', async ({ begin, expect }) => {
      const { page, requests } = await begin({ accessTokenLifetimeSeconds: 60 });
      await signIn(page);
      for (let count = 1; count <= 5; count++) {
        await page.getByRole('button', { name: 'Revoke access token' }).click();
        await until('a replay', () => requests.refreshes().length === count);
        await page.getByText('The next request received a 401, was replayed with a new token').waitFor();
      }
      expect(requests.refreshes().length).toBe(5);
    });

    both('removes the outage notice when the refresh endpoint is available again', async ({ begin, expect }) => {
      const { page, clock } = await begin();
      await signIn(page);
      const passTime = await clock(page);
      await page.getByRole('button', { name: 'Refresh outage of 20 s' }).click();
      await page.getByText('The refresh endpoint responds with 503 until the countdown ends.').waitFor();
      expect(await focused(page)).toMatch(/^Refresh outage: \d+ s/);
      await passTime(21_000);
      await page.getByText('The refresh endpoint is available again.').waitFor({ timeout: 5000 });
      expect(await page.getByText('until the countdown ends').count()).toBe(0);
    });

    both('ends once and shows the reason when the server revokes it', async ({ begin, expect }) => {
      const { page, requests } = await begin({ accessTokenLifetimeSeconds: 600 });
      await signIn(page);
      await page.getByRole('button', { name: 'Revoke this session' }).click();
      const dialog = page.getByRole('dialog', { name: 'Sign in again' });
      await dialog.waitFor();
      await shows(page, 'Signed out');

      expect(await dialog.textContent()).toContain('The server ended the session');
      expect(requests.unauthorized().length).toBe(1);
      expect(requests.refreshes().map(({ status }) => status)).toEqual([400]);
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await shows(page, 'Signed in');
      const loads = requests.toApi().length;
      await until('a load after signing in', () => requests.toApi().length > loads);
      expect(requests.unauthorized().length).withContext('401s after signing in again').toBe(1);
      expect(await page.getByText('The server revoked this session.').count()).toBe(0);
      expect(await focused(page)).toMatch(/^Revoke this session/);
      expect(await figure(page, 'Replayed')).toBe(1);
    });

    both(shortJourney, async ({ begin, expect }) => {
      const { page, requests, errors, hold } = await begin({ accessTokenLifetimeSeconds: 600 });
      const { dialog, releaseLoads } = await addAfterRevocation(page, hold);
      expect(await page.evaluate(() => document.querySelector('dialog:modal')?.contains(document.activeElement))).toBe(
        true,
      );
      expect(await page.getByLabel('What for').inputValue()).toBe('Ferry to Texel');
      releaseLoads();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('Added.').waitFor();

      const saves = requests.all().filter(({ path, method }) => path === '/api/expenses' && method === 'POST');
      expect(saves.map(({ status }) => status)).toEqual([401, 201]);
      const row = page.getByRole('row', { name: 'Ferry to Texel €12.50' });
      await row.first().waitFor();
      expect(await row.count()).toBe(1);
      expect(await page.evaluate(() => location.hash)).toBe('#/expenses');
      expect(await errors()).toEqual([]);
    });

    both('rejects what waits if the user closes the dialog, and keeps the form', async ({ begin, expect }) => {
      const { page, requests, hold } = await begin({ accessTokenLifetimeSeconds: 600 });
      const { dialog, releaseLoads } = await addAfterRevocation(page, hold);
      releaseLoads();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('status').getByText('You are no longer signed in.').first().waitFor();

      expect(await page.getByLabel('What for').inputValue()).toBe('Ferry to Texel');
      expect(requests.all().filter(({ path, method }) => path === '/api/expenses' && method === 'POST').length).toBe(1);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page);
      expect(await page.getByLabel('What for').inputValue()).toBe('Ferry to Texel');
      expect(await focused(page)).toBe('Expenses');
    });

    both('stays ended when the user logs out during a refresh, and after a reload', async ({ begin, expect }) => {
      const { page, requests } = await begin({ accessTokenLifetimeSeconds: 600, refreshDelayMs: 1000 });
      await signIn(page);
      await page.getByRole('button', { name: 'Refresh now' }).click();
      await shows(page, 'Refreshing');
      await page.getByRole('button', { name: 'Log out' }).click();
      await shows(page, 'Signed out');
      await until('the refresh is over', () => requests.refreshes().length === 1);

      await page.reload();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await shows(page, 'Signed out');
      expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('refresh');
    });

    both('refreshes once per expiry for two tabs', async ({ begin, expect }) => {
      const { page, requests, openTab } = await begin();
      await signIn(page);
      const other = await openTab();
      await other.getByRole('row').nth(1).waitFor();
      await until('three refreshes', () => requests.refreshes().length >= 3);
      const loads = requests.toApi().length;
      await until('loads of both after them', () => requests.toApi().length >= loads + 4);
      await until(
        'the first tab shows the refreshes of both',
        async () => (await figure(page, 'Refreshes')) === requests.refreshes().length,
      );

      expectNoRejectedToken(requests, expect);
      expect(requests.refreshes().every(({ status }) => status === 200)).toBe(true);
      expect(Math.min(...intervals(requests.refreshes()))).toBeGreaterThan(earliestRefreshMs - toleranceMs);
    });

    both(
      'continues after a reload with an expired access token, without showing the login page',
      async ({ begin, expect }) => {
        const { page, requests } = await begin();
        const url = await page.evaluate(() => location.href);
        await signIn(page);
        expect(await hasShownLogin(page))
          .withContext('before the reload')
          .toBe(true);
        await page.goto('about:blank');
        await untilExpiry(requests);
        const refreshes = requests.refreshes().length;
        await page.goto(url);
        await page.getByRole('row').nth(1).waitFor();

        expectNoRejectedToken(requests, expect);
        expect(await hasShownLogin(page))
          .withContext('after the reload')
          .toBe(false);
        expect(requests.refreshes().length).toBe(refreshes + 1);
      },
    );
  });
}

/** Signs in, and adds an expense once the server has revoked the session. Reloads of the list are held until released. */
async function addAfterRevocation(page: AppPage, hold: Journey['hold']) {
  await signIn(page);
  const releaseLoads = hold('GET /api/expenses');
  await page.getByLabel('What for').fill('Ferry to Texel');
  await page.getByLabel('Amount').fill('12.50');
  await page.getByRole('button', { name: 'Revoke this session' }).click();
  await page.getByText('The server revoked this session.').waitFor();
  await page.getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByText('One request waits for you.').waitFor();
  return { dialog, releaseLoads };
}

function expectNoRejectedToken(requests: RequestsSeen, expect: Run['expect']): void {
  expect(requests.unauthorized()).withContext('requests answered with 401').toEqual([]);
  expect(requests.expired()).withContext('requests with an expired token').toEqual([]);
}

/** Milliseconds between consecutive events. */
function intervals(events: readonly { readonly at: number }[]): number[] {
  return events.slice(1).map(({ at }, index) => at - (events[index]?.at ?? at));
}
