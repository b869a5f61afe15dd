import type { HostileServer } from './hostile-server.js';
import type { Standing } from './tab-page.js';

/** A page of any browser, in which specs run functions. Argument and result are plain data. */
export interface OpenTab {
  evaluate<A, R>(code: (argument: A) => R, argument: A): Promise<Awaited<R>>;
  evaluate<R>(code: () => R): Promise<Awaited<R>>;
}

/** Tabs of one browser, a session in each, and the server that they all use. */
export interface TabsOfServer {
  readonly server: HostileServer;
  readonly tabs: readonly OpenTab[];
}

/** Signs a user in at the first tab, and waits until all tabs have adopted the session. */
export async function logIn({ server, tabs }: TabsOfServer, subject = 'ann'): Promise<void> {
  await tabs[0]?.evaluate(body => tab.logIn(body), server.tokens.logIn(subject));
  await untilAll(tabs, ({ status, subject: who }) => status === 'logged-in' && who === subject);
}

/** Waits until every tab is as expected. */
export function untilAll(
  tabs: readonly OpenTab[],
  isExpected: (standing: Standing) => boolean,
  withinMs?: number,
): Promise<Standing[]> {
  return eventually(
    () => standings(tabs),
    seen => seen.every(isExpected),
    withinMs,
  );
}

export function standings(tabs: readonly OpenTab[]): Promise<Standing[]> {
  return Promise.all(tabs.map(page => page.evaluate(() => tab.standing())));
}

/** Puts the clocks of server and tabs forward. Timers do not notice, as after sleep. */
export async function sleepAll({ server, tabs }: TabsOfServer, ms = 3_600_000): Promise<void> {
  server.forward(ms);
  await Promise.all(tabs.map(page => page.evaluate(ms => tab.sleep(ms), ms)));
}

/** Polls until the condition holds, for a generous time. */
export async function eventually<T>(
  see: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await see();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`Still not after ${withinMs} ms: ${JSON.stringify(seen)}`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
