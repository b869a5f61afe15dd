import { setTimeout as wait } from 'node:timers/promises';
import { descendantProcesses, signalProcesses } from '../../../support/processes.js';
import type { Profile } from './app-page.js';
import { DrivenPage, type DrivenTab } from './driven-page.js';

/** A profile of a browser that Playwright does not drive. */
export interface DrivenProfile {
  /** The process that started the browser, which all processes of the browser descend from. */
  readonly driver: number;
  newTab(): Promise<DrivenTab>;
  close(): Promise<void>;
}

export function profileOf({ driver, newTab, close }: DrivenProfile): Profile<DrivenPage> {
  const pages: DrivenPage[] = [];
  let stopped: number[] = [];
  return {
    async openTab(url) {
      const page = new DrivenPage(await newTab());
      await page.goto(url);
      pages.push(page);
      return page;
    },
    async errors() {
      const seen = () => (window as unknown as { readonly seenErrors: readonly string[] }).seenErrors;
      return (await Promise.all(pages.map(page => page.evaluate(seen)))).flat();
    },
    /** Stops the processes of the browser, as a machine that sleeps does. */
    async freeze() {
      stopped = descendantProcesses(driver, '');
      signalProcesses(stopped, 'SIGSTOP');
      return async () => resume();
    },
    clock: async () => ms => wait(ms),
    close() {
      resume();
      return close();
    },
  };

  function resume(): void {
    signalProcesses(stopped.splice(0), 'SIGCONT');
  }
}
