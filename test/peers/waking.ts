import type { OpenTab } from '../support/open-tab.js';

export interface Waking<T> {
  /** The wake instant, in epoch ms of the real clock. */
  readonly at: number;
  /** Tabs that received the command too late because their client blocked them; they have not slept. */
  readonly late: readonly T[];
}

/**
 * Lets tabs wake from sleep at one instant, as the tabs of one machine do. Every tab receives the instant before it
 * comes, so that none refreshes while another one still sleeps.
 *
 * @param marginMs more time for a busy machine
 */
export async function wakeTogether<T extends OpenTab>(
  asleep: readonly (readonly [tab: T, sleptMs: number])[],
  marginMs = 100,
): Promise<Waking<T>> {
  const before = Date.now();
  await Promise.all(asleep.map(([tab]) => tab.evaluate(() => peer.moment(0))));
  const tellingMs = Date.now() - before;
  const at = Date.now() + marginMs + 5 * tellingMs;
  const late: T[] = [];
  const tell = async ([tab, ms]: readonly [T, number]): Promise<void> => {
    if (!(await tab.evaluate(([ms, at]) => peer.sleep(ms, at), [ms, at] as const))) late.push(tab);
  };
  await Promise.all(asleep.map(tell));
  return { at, late };
}
