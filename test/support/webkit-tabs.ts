import { HostileServer, type HostileServerOptions } from './hostile-server.js';
import type { OpenTab, TabsOfServer } from './open-tab.js';
import { SteeredWebKit, type SteeredWebKitOptions } from './steered-webkit.js';
import type { TabOptions } from './tab-page.js';

export interface WebKitOptions extends HostileServerOptions, SteeredWebKitOptions {
  readonly tab?: TabOptions;
}

/** A {@link SteeredWebKit} whose tabs show the page of a {@link HostileServer} of their own. */
export class WebKitTabs implements TabsOfServer {
  private constructor(
    readonly server: HostileServer,
    private readonly browser: SteeredWebKit,
  ) {}

  static async open(count: number, { tab, ...options }: WebKitOptions = {}): Promise<WebKitTabs> {
    const server = await HostileServer.start(options);
    const browser = await SteeredWebKit.open(count, server.page(), options);
    await Promise.all(browser.tabs.map(page => page.evaluate(options => void startTab(options), tab ?? {})));
    return new WebKitTabs(server, browser);
  }

  get tabs(): readonly OpenTab[] {
    return this.browser.tabs;
  }

  /** @see SteeredWebKit.killNetworkProcess */
  killNetworkProcess(): Promise<void> {
    return this.browser.killNetworkProcess();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}
