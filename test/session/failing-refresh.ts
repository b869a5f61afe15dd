import type { ScriptedFailure } from '../../src/testing.js';
import { house, rejection } from './support.js';

/** Instant at which the token of a login is refreshed. */
export const dueMs = 54_000;

/** A session whose first refresh, shortly before it is due, meets the given failures. */
export async function after(faults: ScriptedFailure | ScriptedFailure[], options: Parameters<typeof house>[0] = {}) {
  const all = house(options);
  const opened = all.open();
  opened.session.logIn(all.server.logIn());
  await all.clock.advance(dueMs - 1);
  all.server.fail(...[faults].flat());
  const update = opened.session.updateToken();
  update.catch(() => undefined);
  const outcome = await rejection(update);
  return { ...all, ...opened, update, outcome };
}

/** Milliseconds between consecutive refresh requests. */
export function pauses({ refreshes }: { refreshes: readonly { at: number }[] }): number[] {
  return refreshes.slice(1).map(({ at }, index) => at - (refreshes[index]?.at ?? 0));
}
