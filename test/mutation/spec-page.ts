import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumFlags, chromium as executable } from '../support/browsers.mjs';
import { respond } from '../support/echo.mjs';
import { pageScript } from '../support/page-script.js';

/** Result of a run of specs. */
export interface SpecRun {
  /** Name of the first failed spec, or why the run ended. Undefined if all passed. */
  readonly failure: string | undefined;
  /** Names of the specs by executed statement: `file:statement`. Only with an instrumented bundle. */
  readonly coverage: Readonly<Record<string, readonly string[]>>;
  /** Positions of the statements of each file. Only with an instrumented bundle. */
  readonly statements: Readonly<Record<string, Readonly<Record<string, Range>>>>;
  /** Names of the executed specs. */
  readonly names: readonly string[];
}

/** Lines from 1, columns from 0. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

const jasmineCore = readFileSync(
  createRequire(import.meta.url).resolve('jasmine-core/lib/jasmine-core/jasmine.js'),
  'utf8',
);

const noRun: SpecRun = { failure: undefined, coverage: {}, statements: {}, names: [] };
/** The specs run in an iframe, as with Karma. */
const frame = `<script>document.write('<iframe src="/specs.html' + location.search + '"></iframe>')</script>`;
const html = ['names', 'jasmine', 'boot', 'specs'].map(script => `<script src="/${script}.js"></script>`).join('');

/** Runs bundles of specs in one page of Chromium, which it loads again for each run. */
export class SpecPage {
  private readonly scripts: Record<string, string>;
  private readonly server: Server;
  private browser: Browser | undefined;
  private tab: Page | undefined;
  private settle: (run: SpecRun) => void = () => undefined;
  private runs = 0;

  private constructor(boot: string) {
    this.scripts = { '/jasmine.js': jasmineCore, '/boot.js': boot };
    this.server = createServer((request, response) => {
      respond(request, response, () => {
        const script = this.scripts[request.url ?? ''];
        response.setHeader('Content-Type', `${script === undefined ? 'text/html' : 'text/javascript'}; charset=utf-8`);
        response.end(script ?? `<!doctype html>${request.url?.startsWith('/specs.html') ? html : frame}`);
      });
    });
  }

  static async open(): Promise<SpecPage> {
    const page = new SpecPage(await pageScript({ entryPoints: [join(import.meta.dirname, 'page-boot.ts')] }));
    await new Promise<void>(resolve => page.server.listen(0, resolve));
    await page.launch();
    return page;
  }

  /**
   * Runs the specs of a bundle until the first one fails.
   *
   * @param names specs to run; if unset, all
   */
  async run(script: string, timeoutMs: number, names?: readonly string[]): Promise<SpecRun> {
    this.runs += 1;
    this.scripts['/specs.js'] = script;
    this.scripts['/names.js'] = `globalThis.specNames = ${JSON.stringify(names ?? null)}`;
    const { port } = this.server.address() as AddressInfo;
    const origin = `http://localhost:${port}`;
    let timer: NodeJS.Timeout | undefined;
    const run = await new Promise<SpecRun>((resolve, reject) => {
      this.settle = resolve;
      timer = setTimeout(() => resolve({ ...noRun, failure: timedOut }), timeoutMs);
      this.load(origin).catch(reject);
    }).finally(() => clearTimeout(timer));
    // A page in an endless loop cannot be loaded again.
    if (run.failure === timedOut) await this.launch();
    return run;
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async load(origin: string): Promise<void> {
    const { tab, runs } = this;
    const client = await tab?.context().newCDPSession(tab);
    await client?.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await client?.detach();
    await tab?.goto(`${origin}/context.html?run=${runs}`, { timeout: 0 });
  }

  private async launch(): Promise<void> {
    const hanging = this.browser?.close();
    await Promise.race([hanging, new Promise(resolve => setTimeout(resolve, 3000))]);
    this.browser = await chromium.launch({ executablePath: executable() ?? '', args: chromiumFlags });
    this.tab = await this.browser.newPage();
    await this.tab.exposeFunction('reportRun', (address: string, run: SpecRun) => {
      if (address.endsWith(`?run=${this.runs}`)) this.settle(run);
    });
  }
}

const timedOut = 'no result in time';
