import {
  AuthError,
  isLoggedIn,
  Session,
  type SessionChange,
  type SessionOptions,
  type SessionPorts,
} from '../../src/core.js';
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
  /** A tab with a session. `ports` replace those of the tab. */
  open(options?: Partial<SessionOptions>, ports?: (tab: TestTab) => Partial<SessionPorts>): Opened;
}

export interface Opened {
  readonly tab: TestTab;
  readonly session: Session;
  readonly changes: SessionChange[];
  readonly faults: unknown[];
}

type HouseOptions = Omit<FakeTokenServerOptions, 'clock'> & { locks?: boolean; propagationMs?: number };

/** Server, browser and clock for specs. */
export function house({ locks = true, propagationMs = 5, ...options }: HouseOptions = {}): House {
  const clock = new TestClock();
  const server = new FakeTokenServer({ ...options, clock });
  const browser = new TestBrowser({ clock, fetch: server.fetch, locks, propagationMs });
  return {
    clock,
    server,
    browser,
    open: (sessionOptions = {}, otherPorts = () => ({})) => {
      const tab = browser.openTab();
      const faults: unknown[] = [];
      const refresh = { url: '/auth/login' };
      const ports = { ...tab.ports, ...otherPorts(tab) };
      const session = new Session({ refresh, onError: fault => faults.push(fault), ...sessionOptions }, ports);
      const changes: SessionChange[] = [];
      session.subscribe(change => changes.push(change));
      return { tab, session, changes, faults };
    },
  };
}

/** Two tabs of one session. The first one refreshes, and its request receives no response. */
export async function hangingRefresh() {
  const { server, open, clock } = house({ graceSeconds: 60 });
  const [one, other] = [open(), open()];
  one.session.logIn(server.logIn());
  await clock.advance(100);
  server.fail({ delayMs: Number.POSITIVE_INFINITY });
  const hanging = one.session.updateToken();
  hanging.catch(() => undefined);
  return { server, clock, one, other, hanging };
}

/** State of a promise, without waiting for it. */
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

/** The code of an {@link AuthError}. */
export function code(error: unknown): string {
  return error instanceof AuthError ? error.code : `not an AuthError: ${String(error)}`;
}

/** Code of the rejection of a promise; `pending` or `resolved` if it was not rejected. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  const { error, pending } = await standing(promise);
  if (pending) return 'pending';
  return error === undefined ? 'resolved' : code(error);
}

/** End reason of the session; `undefined` while it continues. */
export function ended({ state }: Session): string | undefined {
  return state.status === 'logged-out' ? state.ended : undefined;
}

/** Current access token, fresh or not. */
export function accessToken({ state }: Session): string | undefined {
  return isLoggedIn(state) ? state.tokens.accessToken : undefined;
}

/** Current refresh token. */
export function refreshToken({ state }: Session): string | undefined {
  return isLoggedIn(state) ? state.tokens.refreshToken : undefined;
}
