/** Runs `action` after `delayMs`. Returns a function that cancels it. */
export type After = (delayMs: number, action: () => void) => () => void;

export interface TimeLimit {
  /** Aborts when the time is over, or earlier with `abort`. */
  readonly signal: AbortSignal;
  /** Removes the timer and the listener. */
  lift(): void;
}

/** Creates a signal that aborts after `delayMs`, or with `abort`. */
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

/** Resolves to the result of `make` when the signal aborts. */
export function whenAborted<T>(signal: AbortSignal, make: () => T): Promise<T> {
  return new Promise(resolve => {
    const aborted = () => resolve(make());
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
  });
}

/** Resolves after `delayMs`, or when `abort` aborts. */
export function pause(after: After, delayMs: number, abort: AbortSignal): Promise<void> {
  const { signal, lift } = timeLimit(after, delayMs, abort);
  return whenAborted(signal, lift);
}
