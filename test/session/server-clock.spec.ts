import { ServerClock } from '../../src/session/server-clock.js';

describe('the clock of a session', () => {
  let wall: number;
  let monotonic: number;
  let clock: ServerClock;

  beforeEach(() => {
    wall = 1_000_000;
    monotonic = 0;
    clock = new ServerClock({ wall: () => wall, monotonic: () => monotonic });
  });

  it('keeps time for any number of readings, although its two sources are rounded differently', () => {
    for (let ms = 0; ms <= 600_000; ms += 5.3) {
      wall = 1_000_000 + Math.floor(ms);
      monotonic = Math.round(ms * 10) / 10;
      clock.now();
    }
    expect(Math.abs(clock.now() - wall)).toBeLessThan(2);
  });

  it('advances by the time asleep, each time', () => {
    for (let sleep = 1; sleep <= 5; sleep++) {
      wall += 60_000;
      monotonic += 5;
      expect(clock.now()).toBe(1_000_000 + sleep * 60_000);
    }
  });

  it('advances by elapsed time when the wall clock is set back, and detects a sleep afterwards', () => {
    wall -= 3_600_000;
    monotonic += 1000;
    expect(clock.now()).toBe(1_001_000);
    wall += 60_000;
    expect(clock.now()).toBe(1_061_000);
  });

  it('never goes back', () => {
    let latest = clock.now();
    for (const [wallStep, monotonicStep] of [
      [200, 0],
      [-200, 1],
      [-400, 1],
      [0, 0],
      [300, 1],
      [-300, 1],
    ] as const) {
      wall += wallStep;
      monotonic += monotonicStep;
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(latest);
      latest = now;
    }
  });
});
