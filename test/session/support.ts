import { Session, type SessionChange, type SessionOptions } from '../../src/core.js';
import {
  FakeTokenServer,
  type FakeTokenServerOptions,
  settled,
  TestBrowser,
  TestClock,
  type TestTab,
} from '../../src/testing.js';

export interface House {
  readonly clock: TestClock;
  readonly server: FakeTokenServer;
  readonly browser: TestBrowser;
  /** A tab with a session in it. */
  open(options?: Partial<SessionOptions>): Opened;
}

export interface Opened {
  readonly tab: TestTab;
  readonly session: Session;
  readonly changes: SessionChange[];
  readonly faults: unknown[];
}

/** A server, a browser and a clock for specs. */
export function house({ locks = true, ...options }: Partial<FakeTokenServerOptions> & { locks?: boolean } = {}): House {
  const clock = options.clock ?? new TestClock();
  const server = new FakeTokenServer({ ...options, clock });
  const browser = new TestBrowser({ clock, fetch: server.fetch, locks });
  return {
    clock,
    server,
    browser,
    open: (sessionOptions = {}) => {
      const tab = browser.openTab();
      const faults: unknown[] = [];
      const refresh = { url: '/auth/login' };
      const session = new Session({ refresh, onFault: fault => faults.push(fault), ...sessionOptions }, tab.ports);
      const changes: SessionChange[] = [];
      session.subscribe(change => changes.push(change));
      return { tab, session, changes, faults };
    },
  };
}

/** How a promise stands, without waiting for it. */
export async function standing<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown; pending?: true }> {
  const pending = settled().then(() => ({ pending: true as const }));
  return Promise.race([
    promise.then(
      value => ({ value }),
      error => ({ error }),
    ),
    pending,
  ]);
}
