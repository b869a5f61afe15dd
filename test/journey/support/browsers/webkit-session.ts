import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../server/support/http-server.js';
import { eventually } from '../../../support/open-tab.js';
import { descendantProcesses, signalProcesses } from '../../../support/processes.js';
import { startWebKitDriver } from '../../../support/webkit.mjs';

/**
 * A WebDriver session of WebKitGTK: one MiniBrowser with storage in memory, which runs one command at a time.
 *
 * @see https://www.w3.org/TR/webdriver2/
 */
export class WebKitSession {
  private queue: Promise<unknown> = Promise.resolve();
  private window: string | undefined;

  private constructor(
    readonly driver: ChildProcess,
    /** A folder for everything that browser and specs write. */
    readonly home: string,
    private readonly url: string,
  ) {}

  static async start(): Promise<WebKitSession> {
    const home = await mkdtemp(join(tmpdir(), 'webkit-'));
    const port = await freePort();
    const { driver, capabilities } = await startWebKitDriver(home, port);
    const origin = `http://127.0.0.1:${port}`;
    await eventually(
      () => fetch(`${origin}/status`).catch(() => undefined),
      response => response?.ok === true,
    );
    const session = await send('POST', `${origin}/session`, { capabilities: { alwaysMatch: capabilities } });
    return new WebKitSession(driver, home, `${origin}/session/${(session as { sessionId: string }).sessionId}`);
  }

  /** Returns a tab: first the visible one that the browser started with, then new tabs in the background. */
  open(): Promise<string> {
    return this.queued(async () => {
      if (this.window === undefined) return ((await send('GET', `${this.url}/window/handles`)) as string[])[0] ?? '';
      return ((await send('POST', `${this.url}/window/new`, { type: 'tab' })) as { handle: string }).handle;
    });
  }

  /** Runs a command in a tab. */
  run(handle: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    return this.queued(async () => {
      if (this.window !== handle) await send('POST', `${this.url}/window`, { handle });
      this.window = handle;
      return send(method, this.url + path, body);
    });
  }

  /** Ends all processes, also when a command does not end. */
  async close(): Promise<void> {
    const exited = once(this.driver, 'exit');
    const { pid = 0 } = this.driver;
    signalProcesses([...descendantProcesses(pid, ''), pid], 'SIGKILL');
    await exited;
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private queued<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

async function send(method: 'GET' | 'POST' | 'DELETE', url: string, body: object = {}): Promise<unknown> {
  const response = await fetch(url, { method, ...(method === 'POST' && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${method} ${url}: ${JSON.stringify(value)}`);
  return value;
}
