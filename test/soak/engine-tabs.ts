import { type Engine, launchFirefox } from '../support/engines.js';
import { HostileServer } from '../support/hostile-server.js';
import type { OpenTab, TabsOfServer } from '../support/open-tab.js';
import { launchChromium } from '../support/tabs.js';
import { WebKitTabs } from '../support/webkit-tabs.js';

export interface EngineTabs extends TabsOfServer {
  /** Kills the process that holds the storage, where the browser goes on without it. */
  killNetworkProcess?(): Promise<void>;
  close(): Promise<void>;
}

/** Tabs of one profile, each with a session. */
export async function openTabs(engine: Engine, count: number): Promise<EngineTabs> {
  if (engine === 'webkit') return WebKitTabs.open(count);
  const server = await HostileServer.start();
  const browser = engine === 'chromium' ? await launchChromium() : await launchFirefox();
  const profile = 'newContext' in browser ? await browser.newContext() : browser;
  const tabs: OpenTab[] = [];
  while (tabs.length < count) {
    const page: OpenTab & { goto(url: string): Promise<unknown> } = await profile.newPage();
    await page.goto(server.page());
    await page.evaluate(() => void startTab());
    tabs.push(page);
  }
  const close = async () => {
    await browser.close();
    await server.close();
  };
  return { server, tabs, close };
}
