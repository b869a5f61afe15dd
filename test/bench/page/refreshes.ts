import { type ClientName, clientKinds } from '../../peers/clients/all.js';
import type { Tokens } from '../../peers/clients/client.js';
import { idToken, stopwatch } from './wire.js';

export interface Leftovers {
  readonly ms: number;
  /** Refreshes that the server executed. */
  readonly done: number;
  readonly listeners: number;
  readonly timers: number;
  readonly heapKilobytes: number;
}

declare global {
  interface Performance {
    readonly memory: { readonly usedJSHeapSize: number };
  }
}

let listeners = 0;
const timers = new Set<unknown>();

/** Memory and listeners that remain after the refreshes. */
export async function refreshes(name: ClientName, count: number): Promise<Leftovers> {
  localStorage.clear();
  countListeners();
  countTimers();
  const pageFetch = globalThis.fetch;
  let issued = 0;
  globalThis.fetch = async () => Response.json(tokens(issued++));
  const client = await clientKinds[name].open();
  await client.logIn(tokens(issued++));
  for (let index = 0; index < 100; index++) await client.refresh();
  const before = await counted();
  const issuedBefore = issued;
  const startMs = stopwatch();
  for (let index = 0; index < count; index++) await client.refresh();
  const ms = stopwatch() - startMs;
  const after = await counted();
  const done = issued - issuedBefore;
  await client.logOut();
  globalThis.fetch = pageFetch;
  return {
    ms,
    done,
    listeners: after.listeners - before.listeners,
    timers: after.timers - before.timers,
    heapKilobytes: Math.round((after.heap - before.heap) / 1024),
  };
}

/** The server keeps no state, so its memory does not count. */
function tokens(serial: number): Tokens {
  const id_token = idToken('ann');
  return {
    access_token: id_token.replace('c2ln', `at${serial}`),
    refresh_token: `rt-${serial}`,
    expires_in: 3600,
    token_type: 'Bearer',
    id_token,
  };
}

async function counted() {
  await new Promise(resolve => setTimeout(resolve, 50));
  // Chromium with --expose-gc.
  globalThis.gc?.();
  return { listeners, timers: timers.size, heap: performance.memory.usedJSHeapSize };
}

function countListeners(): void {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (...args) {
    if (this === globalThis || this === document) listeners++;
    return addEventListener.apply(this, args);
  };
  EventTarget.prototype.removeEventListener = function (...args) {
    if (this === globalThis || this === document) listeners--;
    return removeEventListener.apply(this, args);
  };
}

function countTimers(): void {
  const { setTimeout: set, clearTimeout: clear, setInterval: setEvery, clearInterval: clearEvery } = globalThis;
  globalThis.setTimeout = ((action: () => void, delayMs?: number, ...rest: []) => {
    const timer = set(
      (...given: []) => {
        timers.delete(timer);
        action(...given);
      },
      delayMs,
      ...rest,
    );
    timers.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = timer => {
    timers.delete(timer);
    clear(timer);
  };
  globalThis.setInterval = ((action: () => void, delayMs?: number) => {
    const timer = setEvery(action, delayMs);
    timers.add(timer);
    return timer;
  }) as typeof setInterval;
  globalThis.clearInterval = timer => {
    timers.delete(timer);
    clearEvery(timer);
  };
}
