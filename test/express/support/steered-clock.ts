/**
 * For `--import` in a process that knows of no clock but the real one: time stands still there until the spec moves it, by
 * sending the process how many seconds to move it by.
 */
let now = Date.now();

globalThis.Date = class extends Date {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [now] : given) as [number]));
  }

  static override now(): number {
    return now;
  }
} as DateConstructor;

process.on('message', (seconds: number) => {
  now += seconds * 1000;
  process.send?.('moved');
});
// Listening to a spec is no reason to live on.
process.channel?.unref();
