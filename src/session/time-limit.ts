/** Calls back after a while; returns how to cancel. */
export type After = (delayMs: number, action: () => void) => () => void;

export interface TimeLimit {
  /** Aborts when the time is over, or earlier when it is called off. */
  readonly signal: AbortSignal;
  /** Leaves no timer and no listener behind. */
  lift(): void;
}

/** @param abort calls off what the limit is for */
export function timeLimit(after: After, delayMs: number, abort: AbortSignal): TimeLimit {
  const limit = new AbortController();
  const end = () => limit.abort();
  const cancel = after(delayMs, end);
  abort.addEventListener('abort', end);
  if (abort.aborted) end();
  return {
    signal: limit.signal,
    lift: () => {
      cancel();
      abort.removeEventListener('abort', end);
    },
  };
}

/** Resolves when the signal aborts, to what is made of that. */
export function whenAborted<T>(signal: AbortSignal, make: () => T): Promise<T> {
  return new Promise(resolve => {
    const aborted = () => resolve(make());
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
  });
}

/** Resolves after a while, or as soon as the waiting is called off. */
export function pause(after: After, delayMs: number, abort: AbortSignal): Promise<void> {
  const { signal, lift } = timeLimit(after, delayMs, abort);
  return whenAborted(signal, lift);
}
