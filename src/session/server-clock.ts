/** Two readings of the machine's time. */
export interface Clock {
  /** Epoch ms. May be wrong by hours, and may be stepped while we run. */
  wall(): number;
  /** Ms since some origin, never stepped. May stand still while the machine sleeps. */
  monotonic(): number;
}

/** Clocks that disagree by more than this were stepped, or stood still; by less, they are only rounded differently. */
const disagreementMs = 250;

/** What the clock lines of two tabs may be apart. */
const toleranceMs = 50;

/** Whether an instant has come that another tab may have told. */
export function hasCome(instant: number, now: number): boolean {
  return instant <= now + toleranceMs;
}

/**
 * What time it is, for deciding whether a token has expired.
 *
 * {@link ServerClock.now} never runs slower than real time and never goes back: it goes by whichever of the two clocks is ahead,
 * and sets both to its own line when they part. So a machine that slept knows it, and a clock set back does not make an old
 * token young.
 */
export class ServerClock {
  /** How far the server's clock is ahead of ours in ms; absent until a server told. */
  offsetMs: number | undefined;
  private line: number;
  /** What makes a reading of each clock an instant on our line. */
  private wallToLineMs = 0;
  private monotonicToLineMs: number;

  constructor(private readonly clock: Clock) {
    this.line = clock.wall();
    this.monotonicToLineMs = this.line - clock.monotonic();
  }

  /** Epoch ms on our own line. Compare only with instants on the same line. */
  now(): number {
    const wall = this.clock.wall();
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

  /** An instant of the wall clock, as a record keeps it, on our line. */
  fromWall(instant: number): number {
    this.now();
    return instant + this.wallToLineMs;
  }

  /** An instant on our line as the wall clock has it, for a record that other tabs and later page loads read. */
  toWall(instant: number): number {
    this.now();
    return instant - this.wallToLineMs;
  }

  /** Returns the server's time, as far as a server told; otherwise the time of this clock. */
  serverNow(): number {
    return this.now() + (this.offsetMs ?? 0);
  }

  /** Tells what time the server says it is now, in epoch ms. */
  observe(serverNow: number): void {
    this.offsetMs = serverNow - this.now();
  }
}
