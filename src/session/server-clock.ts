/** Two readings of the machine's time. */
export interface Clock {
  /** Epoch ms. May be wrong by hours, and may be stepped while we run. */
  wall(): number;
  /** Ms since some origin, never stepped. May stand still while the machine sleeps. */
  monotonic(): number;
}

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
  private serverOffsetMs: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.wall = clock.wall();
    this.monotonic = clock.monotonic();
    this.line = this.wall;
  }

  /** Epoch ms on our own line. Compare only with instants on the same line. */
  now(): number {
    const wall = this.clock.wall();
    const monotonic = this.clock.monotonic();
    this.line += Math.max(wall - this.wall, monotonic - this.monotonic, 0);
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
