import type { ServerClock } from './server-clock.js';
import type { After } from './time-limit.js';

/** Longest delay that `setTimeout` accepts. It fires at once for a longer one. */
export const longestDelayMs = 2 ** 31 - 1;

/** One timer for an instant on the session's clock. Long waits run in legs. Fires late if the machine slept. */
export class WakeTimer {
  /** When it fires; `Infinity` while it is not set. */
  at = Number.POSITIVE_INFINITY;
  private cancelLeg: (() => void) | undefined;

  constructor(
    private readonly clock: ServerClock,
    private readonly after: After,
  ) {}

  set(at: number, action: () => void): void {
    this.cancel();
    this.at = at;
    const delayMs = Math.max(0, Math.ceil(at - this.clock.now()));
    this.cancelLeg = this.after(Math.min(delayMs, longestDelayMs), () => {
      this.cancel();
      if (this.clock.now() >= at) action();
      else this.set(at, action);
    });
  }

  cancel(): void {
    this.cancelLeg?.();
    this.at = Number.POSITIVE_INFINITY;
  }
}
