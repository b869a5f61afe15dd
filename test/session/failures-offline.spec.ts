import { asIs, skewed } from './skewed.js';
import { accessToken, refreshToken, rejection } from './support.js';

describe('a session without network', () => {
  it('[C-52] is kept through ten minutes without network, sends few requests, and recovers at once', async () => {
    const { server, session, tab, clock, changes } = skewed(0, asIs, 60);
    await clock.advance(10_000);
    const phases: (() => void)[] = [
      () => {
        server.failAlways({ status: 503 });
      },
      () => {
        server.failAlways({ status: 429, headers: { 'Retry-After': '45' } });
      },
      () => {
        tab.online = false;
        server.goOffline();
      },
    ];
    for (const begin of phases) {
      begin();
      const before = server.refreshes.length;
      await clock.advance(200_000);
      expect(server.refreshes.length - before).toBeLessThan(20);
    }
    server.failAlways(undefined);
    tab.online = true;
    server.goOnline();
    tab.wake();
    await clock.advance(1000);
    expect(session.freshToken()).toBeDefined();
    expect(changes.some(({ state }) => state.status === 'logged-out')).toBeFalse();
    expect(server.reuseAlarms).toBe(0);
  });

  it('[C-52] waits for the Retry-After of a server that responds, although the browser reports no network', async () => {
    const { server, session, tab, clock } = skewed(0, asIs, 60);
    tab.online = false;
    server.fail({ status: 429, headers: { 'Retry-After': '5' } });
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    await clock.advance(4900);
    expect(server.refreshes.length).toBe(1);
    await clock.advance(54_000);
    expect(refreshToken(session)).toBe('rt-0-1');
  });

  it('[C-52] retries at once when the network is back, even after a reload in between', async () => {
    const { server, session, tab, clock, open } = skewed(0, asIs, 60);
    tab.online = false;
    server.goOffline();
    expect(await rejection(session.updateToken())).toBe('refresh_postponed');
    session.dispose();
    tab.close();
    const reloaded = open();
    await clock.advance(1000);
    server.goOnline();
    server.expireAccess();
    reloaded.tab.wake();
    const replaced = reloaded.session.getFreshToken({ rejected: accessToken(reloaded.session) ?? '' });
    await clock.advance(1000);
    expect(await rejection(replaced)).toBe('resolved');
  });

  it('[C-52] waits for the Retry-After of a 429 after a network failure, regardless of wake-ups', async () => {
    const { server, session, tab, clock } = skewed(0, asIs, 60);
    server.goOffline();
    await clock.advance(200_000);
    server.goOnline();
    server.failAlways({ status: 429, headers: { 'Retry-After': '45' } });
    tab.wake();
    await clock.advance(1000);
    const before = server.refreshes.length;
    for (let round = 0; round < 43; round++) {
      tab.wake();
      await clock.advance(1000);
    }
    expect(server.refreshes.length).toBe(before);
    server.failAlways(undefined);
    await clock.advance(2000);
    expect(session.freshToken()).toBeDefined();
  });
});
