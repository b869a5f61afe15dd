import type { HostileServer } from '../support/hostile-server.js';
import { type OpenTab, pause } from '../support/open-tab.js';

/** A tab of any engine. Its scripts run again after {@link Tab.goto} and {@link Tab.reload}. */
export interface Tab extends OpenTab {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** A browser profile: tabs that share storage. */
export interface Profile {
  newTab(): Promise<Tab>;
  /** Stops a page as a browser does in the background. Returns a function that resumes it. */
  freeze(tab: Tab): Promise<() => Promise<unknown>>;
  /** Disconnects the browser. If unset, the server has to stop instead. */
  setOffline?(isOffline: boolean): Promise<void>;
  /** Kills the process that holds the storage and sends the requests. */
  killNetworkProcess?(): Promise<void>;
  close(): Promise<unknown>;
}

export interface ProfileOptions {
  readonly server: HostileServer;
  /** Maximum number of tabs that are open at once. */
  readonly tabs: number;
}

/** A browser that opens profiles. */
export interface ProfileBrowser {
  /** Name and version. */
  readonly title: string;
  /** Number of profiles that two cores can drive at once. */
  readonly atOnce: number;
  newProfile(options: ProfileOptions): Promise<Profile>;
  close(): Promise<unknown>;
}

/** Longer than any request waits in a comparison. */
const frozenMs = 50_000;
/** A page that does not respond for this time is frozen. */
const frozenAfterMs = 500;

/** Keeps a page busy, so that none of its callbacks runs. It is not resumed. */
export async function freezeByLoop(tab: Tab): Promise<() => Promise<unknown>> {
  await tab.evaluate(ms => peer.block(ms), frozenMs);
  const responds = () => {
    const response = tab.evaluate(() => true).catch(() => false);
    return Promise.race([response, pause(frozenAfterMs).then(() => false)]);
  };
  while (await responds());
  return async () => undefined;
}
