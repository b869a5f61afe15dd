/** Two readings of the machine's time. */
export interface Clock {
  /** Epoch ms. May be wrong by hours, and may be stepped while we run. */
  wall(): number;
  /** Ms since some origin, never stepped. May stand still while the machine sleeps. */
  monotonic(): number;
}

/** The two clocks disagree by more than this: one was stepped, or stood still. By less, they are only rounded differently. */
const disagreementMs = 250;

/**
 * What time it is, for deciding whether a token has expired.
 *
 * {@link ServerClock.now} never runs slower than real time and never goes back: it advances by whichever of the two
 * clocks advanced more. So a machine that slept knows it, and a clock set back does not make an old token young.
 */
export class ServerClock {
  private readonly clock: Clock;
  private line: number;
  private wall: number;
  private monotonic: number;
  /** Readings of one moment, from which passed time is counted: step by step, rounding would add up. */
  private anchor: { readonly line: number; readonly wall: number; readonly monotonic: number };
  private serverOffsetMs: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.wall = clock.wall();
    this.monotonic = clock.monotonic();
    this.line = this.wall;
    this.anchor = { line: this.line, wall: this.wall, monotonic: this.monotonic };
  }

  /** Epoch ms on our own line. Compare only with instants on the same line. */
  now(): number {
    const wall = this.clock.wall();
    const monotonic = this.clock.monotonic();
    const sinceAnchor = { wall: wall - this.anchor.wall, monotonic: monotonic - this.anchor.monotonic };
    if (Math.abs(sinceAnchor.wall - sinceAnchor.monotonic) > disagreementMs) {
      this.line += Math.max(wall - this.wall, monotonic - this.monotonic, 0);
      this.anchor = { line: this.line, wall, monotonic };
    } else {
      this.line = Math.max(this.line, this.anchor.line + Math.max(sinceAnchor.wall, sinceAnchor.monotonic));
    }
    this.wall = wall;
    this.monotonic = monotonic;
    return this.line;
  }

  /** An instant of the wall clock, as a record keeps it, on our line. */
  fromWall(instant: number): number {
    return instant + this.now() - this.wall;
  }

  /** An instant on our line as the wall clock has it, for a record that other tabs and later page loads read. */
  toWall(instant: number): number {
    return instant - this.now() + this.wall;
  }

  /** Tells what time the server says it is now, in epoch ms. */
  observe(serverNow: number): void {
    this.serverOffsetMs = serverNow - this.now();
  }

  /** How far the server's clock is ahead of ours in ms; absent until a server told. */
  get offsetMs(): number | undefined {
    return this.serverOffsetMs;
  }
}
