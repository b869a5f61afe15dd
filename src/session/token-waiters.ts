import { abortReason } from './abort-reason.js';
import type { WakeTimer } from './wake-timer.js';

/** What a waiter's check found: a function that returns its value, or the instant of the next check. */
export type Found<T> = (() => T | PromiseLike<T>) | number;

/**
 * Everything that waits for a fresh token, with one timer for all.
 *
 * A waiter is a check that runs again after every change. It settles in the same turn as the change, so nothing can happen to
 * the token in between.
 */
export class TokenWaiters {
  private readonly rechecks = new Set<() => void>();

  constructor(private readonly timer: WakeTimer) {}

  /**
   * Runs `check` now and at every recheck, until it finds a value or throws.
   *
   * @returns the value
   * @throws what `check` and the function of its value throw, and the reason of `signal` once it aborts
   */
  wait<T>(check: () => Found<T>, signal?: AbortSignal | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.rechecks.delete(recheck);
        if (this.rechecks.size === 0) this.timer.cancel();
        signal?.removeEventListener('abort', recheck);
      };
      const recheck = (): void => {
        if (!this.rechecks.has(recheck)) return;
        try {
          if (signal?.aborted) throw abortReason(signal);
          const found = check();
          if (typeof found === 'number') {
            this.recheckAt(found);
          } else {
            settle();
            resolve(found());
          }
        } catch (reason) {
          settle();
          reject(reason);
        }
      };
      this.rechecks.add(recheck);
      signal?.addEventListener('abort', recheck);
      recheck();
    });
  }

  /** Checks every waiter again. */
  recheck(): void {
    for (const recheck of [...this.rechecks]) recheck();
  }

  private recheckAt(instant: number): void {
    if (instant < this.timer.at) this.timer.set(instant, () => this.recheck());
  }
}
