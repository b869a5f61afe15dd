import 'aurelia-polyfills';
import { initialize } from 'aurelia-pal-browser';
import { Application, type Library } from './application.js';
import { installClock, nextTask } from './clock.js';
import { described } from './described.js';
import { rows } from './rows/all.js';

declare global {
  /** The rows, without their functions. */
  function listed(): object[];
  /** What one row observes. */
  function observed(index: number): Promise<string>;
}

/** Offers the driver of the run the rows, for one library. */
export function offer(...modules: readonly object[]): void {
  initialize();
  globalThis.pass = installClock();
  // Writes of the frame before may still be on their way here. Rows dispatch the events of other tabs themselves.
  addEventListener('storage', event => event.isTrusted && event.stopImmediatePropagation(), true);
  const library = Object.assign({}, ...modules) as Library;
  globalThis.listed = () => rows.map(({ observe: _, ...row }, index) => ({ ...row, index }));
  globalThis.observed = async index => {
    const row = rows[index];
    if (!row) throw new Error(`There is no row ${index}.`);
    return settled(described(() => row.observe(new Application(library))));
  };
}

/** The outcome, for which half a minute may have to pass. */
async function settled(outcome: Promise<string>): Promise<string> {
  let text: string | undefined;
  void outcome.then(found => {
    text = found;
  });
  for (let turn = 0; turn < 50 && text === undefined; turn++) await nextTask();
  for (let seconds = 0; seconds < 30 && text === undefined; seconds++) await pass(1000);
  return text ?? 'does not settle';
}
