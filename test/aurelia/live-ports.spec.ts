import { livePorts } from '../../src/aurelia/live-ports.js';
import { TestBrowser, TestClock } from '../../src/testing.js';

describe('the ports of the Aurelia session', () => {
  it('[F113] report a lost or blocked IndexedDB, as the ports of ./core do', () => {
    const clock = new TestClock();
    const { ports } = new TestBrowser({ clock, fetch: () => Promise.reject(new TypeError('offline')) }).openTab();
    const atomicStore = { ...ports.atomicStore, isShared: () => false, wasLost: () => true };
    const settings = { storage: 'localStorage', storageKey: 'key' } as Parameters<typeof livePorts>[0];
    const live = livePorts(settings, fail, () => ({ ...ports, atomicStore }));
    expect(live.atomicStore.isShared?.()).toBeFalse();
    expect(live.atomicStore.wasLost?.()).toBeTrue();
  });
});
