import { chromium as playwright } from 'playwright-core';
import { chromium, chromiumFlags } from '../../support/browsers.mjs';
import { pageScript } from '../../support/page-script.js';

export type LibraryName = 'aurelia-authentication' | 'aurelia-auth-refresh';

export interface Comparison {
  readonly id: string;
  readonly says: string;
  /** Whether each of the libraries behaves so, in the order in which they were given. */
  readonly holds: readonly boolean[];
}

const address = 'http://localhost/';
const pagesAtOnce = 6;

/** Tries every behaviour with each of the libraries, in a page of its own whose time is ours. */
export async function compare(...libraries: LibraryName[]): Promise<Comparison[]> {
  const script = await bundled();
  const browser = await playwright.launch({ executablePath: chromium() ?? '', args: chromiumFlags });
  try {
    const run = async <T>(work: string): Promise<T> => {
      const context = await browser.newContext();
      await context.route('**/*', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
      const page = await context.newPage();
      await page.clock.install();
      await page.exposeFunction('pass', (ms: number) =>
        ms > 60_000 ? page.clock.fastForward(ms) : page.clock.runFor(ms),
      );
      await page.exposeFunction('sleep', async (ms: number) => {
        await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + ms);
      });
      await page.goto(address);
      await page.addScriptTag({ content: script });
      const result = await page.evaluate(work);
      await context.close();
      return result as T;
    };
    const behaviours = await run<(Pick<Comparison, 'id' | 'says'> & { readonly index: number })[]>('list()');
    const comparisons: Comparison[] = [];
    while (behaviours.length > 0) {
      const some = behaviours.splice(0, pagesAtOnce).map(async ({ index, id, says }) => {
        const holds = await Promise.all(libraries.map(library => run<boolean>(`holds('${library}', ${index})`)));
        return { id, says, holds };
      });
      comparisons.push(...(await Promise.all(some)));
    }
    return comparisons;
  } finally {
    await browser.close();
  }
}

/** One row for each id: it holds where all that goes by the id does. */
export function folded(comparisons: readonly Comparison[]): Comparison[] {
  const rows = new Map<string, Comparison>();
  for (const { id, says, holds } of comparisons) {
    const row = rows.get(id);
    const both = row?.holds.map((held, library) => held && holds[library] === true);
    rows.set(id, row && both ? { id, says: `${row.says}; ${says}`, holds: both } : { id, says, holds });
  }
  return [...rows.values()];
}

function bundled(): Promise<string> {
  return pageScript({ entryPoints: ['test/journey/defects/page.ts'], ignoreAnnotations: true, logLevel: 'error' });
}
