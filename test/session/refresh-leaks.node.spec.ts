import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { house } from './support.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('refreshes', () => {
  it('[C-73] leave as many listeners and timers after ten thousand as after one, and the heap unchanged', async () => {
    const { server, open, clock } = house();
    const login = server.logIn();
    const { session, tab, changes } = open({}, () => ({ fetch: async () => Response.json(login) }));
    session.logIn(login);
    const refresh = async (times: number) => {
      for (let round = 0; round < times; round++) await session.updateToken();
      changes.length = 0;
      return { listeners: tab.listeners, timers: clock.armed, heap: usedHeap() };
    };
    await refresh(2000);
    const before = await refresh(1);
    const after = await refresh(10_000);
    expect([after.listeners, after.timers]).toEqual([before.listeners, before.timers]);
    // A listener or a promise for each would take three times as much. Compilation takes some of it.
    expect(after.heap - before.heap).toBeLessThan(700_000);
    session.dispose();
    expect([tab.listeners, clock.armed]).toEqual([0, 0]);
  });
});
