interface Timer {
  readonly id: number;
  readonly at: number;
  readonly every: number | undefined;
  readonly action: () => void;
}

/** Real time for storage and locks, which no clock controls, to finish what a timer began. */
const settleMs = 20;

/**
 * Replaces the clock and the timers of this frame.
 *
 * @returns a function that lets `ms` milliseconds pass and runs the timers that are due meanwhile
 */
export function installClock(): (ms: number) => Promise<void> {
  const realTimeout = globalThis.setTimeout;
  const timers = new Map<number, Timer>();
  const RealDate = Date;
  let now = RealDate.now();
  const startedAt = now;
  let ids = 0;

  const add = (every: boolean) => (action: () => void, delayMs?: number) => {
    const delay = Math.max(Number(delayMs) || 0, 0);
    ids += 1;
    timers.set(ids, { id: ids, at: now + delay, every: every ? Math.max(delay, 1) : undefined, action });
    return ids;
  };
  const remove = (id?: number) => void timers.delete(Number(id));
  Object.assign(globalThis, {
    setTimeout: add(false),
    setInterval: add(true),
    clearTimeout: remove,
    clearInterval: remove,
    Date: class extends RealDate {
      constructor(...values: [] | [number]) {
        super(...((values.length === 0 ? [now] : values) as [number]));
      }
      static override now(): number {
        return now;
      }
    },
  });
  performance.now = () => now - startedAt;

  const next = (until: number): Timer | undefined => {
    const [first] = [...timers.values()].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
    return first;
  };
  return async ms => {
    const until = now + ms;
    for (let timer = next(until); timer; timer = next(until)) {
      now = Math.max(now, timer.at);
      timers.delete(timer.id);
      if (timer.every !== undefined) timers.set(timer.id, { ...timer, at: now + timer.every });
      timer.action();
      await nextTask();
    }
    now = until;
    await new Promise(resolve => realTimeout(resolve, settleMs));
  };
}

/** Resolves after the tasks that are queued now. */
export function nextTask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(0);
  });
}
