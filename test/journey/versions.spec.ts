import type { Page } from 'playwright-core';
import type { LaterVersion } from '../support/later-version.js';
import { eventually, TabsForSpecs } from '../support/tabs.js';

describe('tabs with different versions of this library', () => {
  const tabs = new TabsForSpecs();

  it('[C-64] [F49] refresh once for both, and the earlier one keeps fields that a later minor version added', async () => {
    const [earlier, later] = await openBoth('minor');
    await tabs.logIn([later, earlier]);
    for (let round = 1; round <= 5; round++) {
      await tabs.until([earlier, later], ({ generation }) => generation === round - 1);
      await tabs.sleep([earlier, later]);
      const at = Date.now() + 50;
      const calls = [earlier, later].map(page => page.evaluate(at => tab.callAt(at), at));
      expect(await Promise.all(calls)).toEqual([{ value: 200 }, { value: 200 }]);
      expect(tabs.server.tokens.refreshes.length).withContext(`round ${round}`).toBe(round);
    }
    await later.close();
    expect((await earlier.evaluate(() => tab.update())).error).toBeUndefined();
    expect((await sharedRecord(earlier))['generation']).toBe(6);
    expect((await sharedRecord(earlier))['later']).toBe('kept');
    expect(tabs.server.tokens.reuseAlarms).toBe(0);
  });

  it('[C-64] [F49] leave the record of a later major version alone: the earlier tab stops sending tokens and ends only its own session', async () => {
    const [earlier, later] = await openBoth('major');
    await tabs.logIn([earlier, later]);
    expect((await later.evaluate(() => tab.update())).error).toBeUndefined();
    const written = await eventually(
      () => sharedRecord(later),
      ({ version }) => version === 2,
    );
    await tabs.sleep([earlier, later]);
    expect((await earlier.evaluate(() => tab.call())).error).toBe('session_ended');
    expect((await earlier.evaluate(() => tab.standing())).ended).toBe('newer_version');
    expect(await sharedRecord(later)).toEqual(written);
    expect(tabs.server.tokens.refreshes.length).toBe(1);

    expect(await later.evaluate(() => tab.call())).toEqual({ value: 200 });
    expect(await later.evaluate(() => tab.standing())).toEqual(
      jasmine.objectContaining({ status: 'logged-in', generation: 2 }),
    );
    expect(tabs.server.tokens.refreshes.length).toBe(2);
    expect(tabs.server.tokens.reuseAlarms).toBe(0);
    expect(tabs.server.tokens.calls.filter(({ expired }) => expired)).toEqual([]);
    await later.reload();
    expect((await sharedRecord(later))['version']).toBe(2);
  });

  async function openBoth(laterVersion: LaterVersion): Promise<[earlier: Page, later: Page]> {
    const [earlier] = await tabs.open(1);
    const [later] = await tabs.openMore(1, { tab: { laterVersion } });
    if (!earlier || !later) throw new Error('There are no two tabs.');
    return [earlier, later];
  }
});

/** The shared record in IndexedDB. */
async function sharedRecord(page: Page): Promise<Record<string, unknown>> {
  const [, , databases] = JSON.parse(await page.evaluate(() => stored()));
  return databases.flat(2)[0].record;
}
