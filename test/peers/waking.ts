import type { Page } from 'playwright-core';

export interface Waking {
  /** The moment, epoch ms without any sleep. */
  readonly at: number;
  /** Tabs whose client kept them so busy that they heard of it too late; they have not slept at all. */
  readonly late: readonly Page[];
}

/**
 * Lets tabs wake from a sleep of so many ms in the same moment, as those of one machine do: every tab is told that moment before it
 * comes, so that none refreshes while another one still sleeps.
 */
export async function wakeTogether(asleep: readonly (readonly [tab: Page, sleptMs: number])[]): Promise<Waking> {
  const before = Date.now();
  await Promise.all(asleep.map(([tab]) => tab.evaluate(() => peer.moment(0))));
  const tellingMs = Date.now() - before;
  const at = Date.now() + 100 + 5 * tellingMs;
  const late: Page[] = [];
  const tell = async ([tab, ms]: readonly [Page, number]): Promise<void> => {
    if (!(await tab.evaluate(([ms, at]) => peer.sleep(ms, at), [ms, at] as const))) late.push(tab);
  };
  await Promise.all(asleep.map(tell));
  return { at, late };
}
