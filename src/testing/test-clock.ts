import type { SessionPorts } from '../core.js';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/**
 * Manual clock and timers for the `clock` and `after` ports.
 *
 * @example
 * const clock = new TestClock();
 * let rang = false;
 * clock.after(60_000, () => {
 *   rang = true;
 * });
 * await clock.advance(59_999);
 * expect(rang).toBe(false);
 * await clock.advance(1);
 * expect(rang).toBe(true);
 */
export class TestClock {
  private real: number;
  private sleptMs = 0;
  private readonly timers = new Set<Timer>();

  /** @param start initial time in epoch ms */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.real = start;
  }

  /** Current time in epoch ms. */
  now(): number {
    return this.real;
  }

  /** Epoch ms of a correct clock. */
  wall = (): number => this.real;

  /** Ms; does not advance during {@link sleep}. */
  monotonic = (): number => this.real - this.sleptMs;

  /** `setTimeout` on this clock. Returns a function that cancels the timer. */
  after: SessionPorts['after'] = (delayMs, action) => {
    if (!(delayMs <= 2 ** 31 - 1)) throw new RangeError(`setTimeout would fire at once after ${delayMs} ms.`);
    const timer = { due: this.monotonic() + Math.max(0, delayMs), action };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  /** Number of armed timers. */
  get armed(): number {
    return this.timers.size;
  }

  /** Advances the clock and fires each timer when it is due, with all pending work. */
  async advance(ms: number): Promise<void> {
    const end = this.real + ms;
    await settled();
    for (let next = this.nextDue(end); next; next = this.nextDue(end)) {
      this.real = Math.max(this.real, next.due + this.sleptMs);
      this.timers.delete(next);
      next.action();
      await settled();
    }
    this.real = end;
    await settled();
  }

  /** Puts the machine to sleep: the wall clock advances, the monotonic clock and all timers do not. */
  async sleep(ms: number): Promise<void> {
    this.real += ms;
    this.sleptMs += ms;
    await settled();
  }

  private nextDue(end: number): Timer | undefined {
    const due = [...this.timers].filter(timer => timer.due + this.sleptMs <= end);
    return due.sort((one, other) => one.due - other.due)[0];
  }
}

const underWay = new Set<Promise<unknown>>();

/** Registers work of the platform, such as reading a body, so that {@link settled} waits for it. */
export function counted<T>(work: Promise<T>): Promise<T> {
  const end = work.catch(() => undefined);
  underWay.add(end);
  void end.then(() => underWay.delete(end));
  return work;
}

/** Resolves when all pending work that needs no time has finished, including registered work of the platform. */
export async function settled(): Promise<void> {
  await nextTask();
  while (underWay.size > 0) {
    await Promise.all(underWay);
    await nextTask();
  }
}

/** Node's message ports keep the process alive unless they are unreferenced. */
interface Port extends MessagePort {
  ref?(): void;
  unref?(): void;
}

let channel: { readonly port1: Port; readonly port2: MessagePort } | undefined;
const waiting: (() => void)[] = [];

/** The timer of the runner, before a spec replaces it. */
const realSetTimeout = setTimeout;

/** Resolves in a new task, after all microtasks. Jest has no `MessageChannel`. */
function nextTask(): Promise<void> {
  if (typeof MessageChannel === 'undefined') return new Promise(resolve => void realSetTimeout(resolve));
  channel ??= openChannel();
  const { port1, port2 } = channel;
  port1.ref?.();
  return new Promise(resolve => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}

function openChannel(): NonNullable<typeof channel> {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    waiting.shift()?.();
    if (waiting.length === 0) (port1 as Port).unref?.();
  };
  return { port1, port2 };
}
