import type { Clock } from './server-clock.js';
import type { AtomicStore } from './shared-record.js';
import type { After } from './time-limit.js';
import type { TokenStore } from './token-store.js';

/** The part of the Web Locks API that is used here. @see https://w3c.github.io/web-locks/ */
export interface Locks {
  request<T>(name: string, options: { signal: AbortSignal }, callback: () => Promise<T>): Promise<T>;
}

/** What a session needs from its environment. `browserPorts()` returns the real ones. */
export interface SessionPorts {
  readonly clock: Clock;
  /** Keeps the session between page loads. */
  readonly store: TokenStore;
  /** Shared by all tabs. `memoryAtomicStore()` for a session that is not shared between tabs. */
  readonly atomicStore: AtomicStore;
  /** Unset if the browser has none, or the session is not shared between tabs. */
  readonly locks?: Locks | undefined;
  /** Name of the lock for all tabs with this session. */
  readonly lockName: string;
  /** Sends refresh and revocation requests. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Runs `action` after `delayMs`. Returns a function that cancels it. */
  readonly after: After;
  /** From 0 up to 1. */
  random(): number;
  /** False only if the browser reports that it is offline. */
  isOnline(): boolean;
  /** False while the page is prerendered and may never be shown. Nothing is refreshed automatically then. */
  isActive(): boolean;
  /** Where the session is kept, for a report. */
  environment(): Readonly<Record<string, string>>;
  /** Calls `wake` when the page returns from sleep, hiding, prerendering or lack of network. Returns a function that stops it. */
  onWake(wake: () => void): () => void;
}
