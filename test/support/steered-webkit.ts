import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './open-tab.js';
import { descendantProcesses } from './processes.js';
import { Steering } from './steering.js';
import { startWebKit } from './webkit.mjs';

export interface SteeredWebKitOptions {
  /** Arguments of the MiniBrowser: `--private` for an ephemeral session, `--features=!WebLocksAPI` for an older engine. */
  readonly flags?: readonly string[];
  /** Environment variables of the browser, such as options of the JavaScript engine. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A MiniBrowser as a user has it, with persistent storage, a network process and several web processes. No driver controls it: an
 * automated WebKit is ephemeral and runs one command at a time.
 */
export class SteeredWebKit {
  private constructor(
    private readonly browser: ChildProcess,
    /** The tabs, each with a page that can be steered. */
    readonly tabs: readonly Steering[],
    private readonly home: string,
  ) {}

  /** Opens a page, whose script obeys its address, in several tabs. */
  static async open(
    count: number,
    url: string,
    { flags = [], variables }: SteeredWebKitOptions = {},
  ): Promise<SteeredWebKit> {
    const tabs = await Promise.all(Array.from({ length: count }, () => Steering.start()));
    const home = await mkdtemp(join(tmpdir(), 'webkit-'));
    const browser = await startWebKit(home, [...flags, ...tabs.map(({ hash }) => url + hash)], variables);
    return new SteeredWebKit(browser, tabs, home);
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
    for (const tab of this.tabs) tab.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
