import { hasCome, ServerClock } from '../../src/session/server-clock.js';

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

  it('reads the monotonic clock once in a millisecond of the wall clock', () => {
    let readings = 0;
    clock = new ServerClock({ wall: () => wall, monotonic: () => readings++ });
    readings = 0;
    for (let request = 0; request < 100; request++) clock.now();
    expect(readings).toBe(1);
    wall += 1;
    clock.now();
    expect(readings).toBe(2);
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

  it('advances by elapsed time when the wall clock is set back after a sleep', () => {
    wall += 60_000;
    monotonic += 5;
    expect(clock.now()).toBe(1_060_000);
    wall -= 3_600_000;
    monotonic += 1000;
    expect(clock.now()).toBe(1_061_000);
  });

  it('converts an instant to the wall clock at once after that was set', () => {
    wall -= 3_600_000;
    expect(clock.toWall(1_000_000)).toBe(wall);
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

  it('converts instants of the wall clock and back, also after that was set', () => {
    expect(clock.fromWall(1_000_500)).toBe(1_000_500);
    wall -= 3_600_000;
    expect(clock.fromWall(wall)).toBe(clock.now());
    expect(clock.toWall(clock.now())).toBe(wall);
    expect(clock.toWall(clock.fromWall(42))).toBe(42);
  });

  it('realigns a difference above 250 ms only', () => {
    wall += 1;
    monotonic += 251;
    expect(clock.now()).toBe(1_000_251);
    wall += 250;
    expect(clock.now()).toBe(1_000_251);
    wall += 1;
    monotonic += 252;
    expect(clock.now()).toBe(1_000_503);
    wall += 1;
    expect(clock.now()).toBe(1_000_504);
  });

  it('estimates the time of the server from its latest response', () => {
    expect(clock.serverNow()).toBe(1_000_000);
    clock.observe(1_007_000);
    monotonic += 10;
    wall += 10;
    expect(clock.serverNow()).toBe(1_007_010);
    expect(clock.offsetMs).toBe(7000);
  });
});

describe('an instant of another tab', () => {
  it('has come within 50 ms of its time', () => {
    expect(hasCome(1050, 1000)).toBeTrue();
    expect(hasCome(1051, 1000)).toBeFalse();
  });
});
