/** Stands still until it is moved. Epoch milliseconds. */
export interface TestClock {
  (): number;
  advance(seconds: number): void;
}

export function testClock(start = Date.UTC(2030, 0, 1)): TestClock {
  let now = start;
  return Object.assign(() => now, {
    advance(seconds: number) {
      now += seconds * 1000;
    },
  });
}
