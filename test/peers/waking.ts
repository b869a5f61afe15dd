import type { Page } from 'playwright-core';

/**
 * Lets tabs wake from a sleep of so many ms in the same moment, as those of one machine do: every tab is told that moment before it
 * comes, so that none refreshes while another one still sleeps. Returns it, epoch ms without any sleep.
 */
export async function wakeTogether(asleep: readonly (readonly [tab: Page, sleptMs: number])[]): Promise<number> {
  const before = Date.now();
  await Promise.all(asleep.map(([tab]) => tab.evaluate(() => peer.moment(0))));
  const tellingMs = Date.now() - before;
  const at = Date.now() + 100 + 5 * tellingMs;
  await Promise.all(asleep.map(([tab, ms]) => tab.evaluate(([ms, at]) => peer.sleep(ms, at), [ms, at] as const)));
  return at;
}
