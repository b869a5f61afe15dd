import { setTimeout as wait } from 'node:timers/promises';
import { descendantProcesses } from '../../../support/processes.js';
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
      return (
        await Promise.all(
          pages.map(page => page.evaluate(() => (window as unknown as { seenErrors: string[] }).seenErrors)),
        )
      ).flat();
    },
    /** Stops the processes of the browser, as a machine that sleeps does. */
    async freeze() {
      stopped = descendantProcesses(driver, '');
      for (const id of stopped) process.kill(id, 'SIGSTOP');
      return async () => resume();
    },
    clock: async () => ms => wait(ms),
    close() {
      resume();
      return close();
    },
  };

  function resume(): void {
    for (const id of stopped.splice(0)) process.kill(id, 'SIGCONT');
  }
}
