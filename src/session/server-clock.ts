/** The two clocks of the device. */
export interface Clock {
  /** Epoch ms. May be wrong by hours, and may be set while the page runs. */
  wall(): number;
  /** Ms since some origin, never set. May stop while the device sleeps. */
  monotonic(): number;
}

/** A larger difference means that a clock was set or has stopped; a smaller one is rounding. */
const disagreementMs = 250;

/** Maximum difference between the session clocks of two tabs. */
const toleranceMs = 50;

/** Whether an instant has come. It may be of another tab. */
export function hasCome(instant: number, now: number): boolean {
  return instant <= now + toleranceMs;
}

/**
 * Clock for the expiry of tokens. It never runs slower than real time and never goes back.
 *
 * It follows the clock of the device that is ahead, and realigns both when they differ. So expiry accounts for time asleep, and a
 * clock that is set back does not extend the life of a token.
 */
export class ServerClock {
  /** How far the server's clock is ahead of this one, in ms; `undefined` until a response had a `Date`. */
  offsetMs: number | undefined;
  private line: number;
  /** The latest reading of the wall clock. */
  private wall = Number.NaN;
  /** Added to a reading of the wall clock. */
  private wallToLineMs = 0;
  /** Added to a reading of the monotonic clock. */
  private monotonicToLineMs: number;

  constructor(private readonly clock: Clock) {
    this.line = clock.wall();
    this.monotonicToLineMs = this.line - clock.monotonic();
  }

  /** Returns epoch ms. Compare it only with instants of this clock. */
  now(): number {
    const wall = this.clock.wall();
    // Requests come in bursts, and reading the monotonic clock takes longer than the rest.
    if (wall === this.wall) return this.line;
    this.wall = wall;
    const monotonic = this.clock.monotonic();
    const byWall = wall + this.wallToLineMs;
    const byMonotonic = monotonic + this.monotonicToLineMs;
    this.line = Math.max(this.line, byWall, byMonotonic);
    if (Math.abs(byWall - byMonotonic) > disagreementMs) {
      this.wallToLineMs = this.line - wall;
      this.monotonicToLineMs = this.line - monotonic;
    }
    return this.line;
  }

  /** Converts an instant of the wall clock, as in a record, to this clock. */
  fromWall(instant: number): number {
    this.now();
    return instant + this.wallToLineMs;
  }

  /** Converts an instant of this clock to the wall clock, for a record that other tabs and page loads read. */
  toWall(instant: number): number {
    this.now();
    return instant - this.wallToLineMs;
  }

  /** Returns the server's time, estimated from the latest `Date`; the time of this clock if there was none. */
  serverNow(): number {
    return this.now() + (this.offsetMs || 0);
  }

  /** Takes the server's time from a response. @param serverNow epoch ms */
  observe(serverNow: number): void {
    this.offsetMs = serverNow - this.now();
  }
}
