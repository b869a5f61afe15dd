import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostileServer, type HostileServerOptions } from './hostile-server.js';
import { eventually, type OpenTab, type TabsOfServer } from './open-tab.js';
import { descendantProcesses } from './processes.js';
import { Steering } from './steering.js';
import type { TabOptions } from './tab-page.js';
import { startWebKit } from './webkit.mjs';

export interface WebKitOptions extends HostileServerOptions {
  /** Arguments of the MiniBrowser: `--private` for an ephemeral session, `--features=!WebLocksAPI` for an older engine. */
  readonly flags?: readonly string[];
  /** Environment variables of the browser, such as options of the JavaScript engine. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly tab?: TabOptions;
}

/**
 * A MiniBrowser as a user has it, with persistent storage, a network process and several web processes. Its tabs show the page of
 * a {@link HostileServer} of their own. No driver controls it: an automated WebKit is ephemeral and runs one command at a time.
 */
export class WebKitTabs implements TabsOfServer {
  private constructor(
    readonly server: HostileServer,
    private readonly browser: ChildProcess,
    private readonly steerings: readonly Steering[],
    private readonly home: string,
  ) {}

  static async open(
    count: number,
    { flags = [], variables, tab, ...options }: WebKitOptions = {},
  ): Promise<WebKitTabs> {
    const server = await HostileServer.start(options);
    const steerings = await Promise.all(Array.from({ length: count }, () => Steering.start()));
    const home = await mkdtemp(join(tmpdir(), 'webkit-'));
    const urls = steerings.map(({ hash }) => server.page() + hash);
    const browser = await startWebKit(home, [...flags, ...urls], variables);
    const opened = new WebKitTabs(server, browser, steerings, home);
    await Promise.all(steerings.map(page => page.evaluate(options => void startTab(options), tab ?? {})));
    return opened;
  }

  get tabs(): readonly OpenTab[] {
    return this.steerings;
  }

  /** Kills the network process, as iOS does in the background when memory is short. Resolves once the browser has a new one. */
  async killNetworkProcess(): Promise<void> {
    const networkProcesses = () => descendantProcesses(this.browser.pid ?? 0, 'WebKitNetworkProcess');
    const [killed] = await eventually(networkProcesses, ({ length }) => length === 1);
    process.kill(killed ?? 0, 'SIGKILL');
    await eventually(networkProcesses, ([pid]) => pid !== undefined && pid !== killed);
  }

  async close(): Promise<void> {
    const exited = once(this.browser, 'exit');
    this.browser.kill();
    await exited;
    for (const steering of this.steerings) steering.close();
    await this.server.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
