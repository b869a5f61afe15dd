import { browserPorts } from '../../src/core.js';

describe('the browser ports of a session on a server', () => {
  it('work without a navigator', () => {
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Reflect.deleteProperty(globalThis, 'navigator');
    try {
      const { isOnline, locks, environment } = browserPorts();
      expect(isOnline()).toBeTrue();
      expect(locks).toBeUndefined();
      expect(environment()['locks']).toBe('lease');
    } finally {
      if (navigator) Object.defineProperty(globalThis, 'navigator', navigator);
    }
  });
});
