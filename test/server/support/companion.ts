import {
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
  readonly events: TokenEvent[];
}

/** A token issuer with a memory store and a test clock. */
export function companion(overrides: Partial<TokenIssuerOptions> = {}, clock: TestClock = testClock()): Companion {
  const events: TokenEvent[] = [];
  const store: SessionStore | MemoryStore = overrides.store ?? memoryStore({ clock });
  const tokens = tokenIssuer({
    issuer: 'https://login.example.com',
    audience,
    secret,
    accessTokenLifetimeSeconds: 10,
    refreshToken: { idleLifetimeSeconds: 7 * day, absoluteLifetimeSeconds: 30 * day, graceSeconds: 10 },
    clock,
    clockToleranceSeconds: 0,
    onEvent: event => events.push(event),
    ...overrides,
    store,
  });
  return { tokens, store, clock, events };
}
