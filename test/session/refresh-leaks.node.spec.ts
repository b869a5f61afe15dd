import { house } from './support.js';

describe('refreshes', () => {
  it('[C-73] ten thousand leave the same listeners and timers behind as one', async () => {
    const { server, open, clock } = house({ rotation: false });
    const { session, tab } = open();
    session.logIn(server.logIn());
    await session.updateToken();
    const before = [tab.listeners, clock.armed];
    for (let round = 0; round < 10_000; round++) await session.updateToken();
    expect([tab.listeners, clock.armed]).toEqual(before);
    session.dispose();
    expect([tab.listeners, clock.armed]).toEqual([0, 0]);
  });
});
