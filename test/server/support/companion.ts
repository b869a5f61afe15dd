import {
  type CompletedOperation,
  type MemoryStore,
  memoryStore,
  type SessionStore,
  type TokenEvent,
  type TokenIssuer,
  type TokenIssuerOptions,
  tokenIssuer,
} from '../../../src/server.js';
import { type TestClock, testClock } from './test-clock.js';

export const secret = 'a secret for tests that is long enough';
export const audience = 'https://api.example.com';
export const day = 86_400;

export interface Companion {
  readonly tokens: TokenIssuer;
  readonly store: SessionStore;
  readonly clock: TestClock;
  /** All events except `completed`. */
  readonly events: TokenEvent[];
  /** The events `completed`. */
  readonly operations: CompletedOperation[];
}

/** A token issuer with a memory store and a test clock. */
export function companion(overrides: Partial<TokenIssuerOptions> = {}, clock: TestClock = testClock()): Companion {
  const events: TokenEvent[] = [];
  const operations: CompletedOperation[] = [];
  const store: SessionStore | MemoryStore = overrides.store ?? memoryStore({ clock });
  const tokens = tokenIssuer({
    issuer: 'https://login.example.com',
    audience,
    secret,
    accessTokenLifetimeSeconds: 10,
    refreshToken: { idleLifetimeSeconds: 7 * day, absoluteLifetimeSeconds: 30 * day, graceSeconds: 10 },
    clock,
    clockToleranceSeconds: 0,
    onEvent: event => (event.type === 'completed' ? operations.push(event) : events.push(event)),
    ...overrides,
    store,
  });
  return { tokens, store, clock, events, operations };
}

/** A listener that keeps all events except `completed`. */
export function keepEvents(events: TokenEvent[]): (event: TokenEvent) => void {
  return event => {
    if (event.type !== 'completed') events.push(event);
  };
}
