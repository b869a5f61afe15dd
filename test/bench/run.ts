/**
 * Measures the client beside other libraries and writes doc/performance.md with its plots. All figures are measured
 * in turn in one run. Compare the ratios of two lines; absolute numbers depend on the machine. Fails if a target is missed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ClientName } from '../peers/client-titles.js';
import type { Tokens } from '../peers/clients/client.js';
import { missedAims } from './aims.js';
import { BenchBrowser } from './chromium.js';
import type { Figures } from './figures.js';
import { inTurn, oneByOne } from './in-turn.js';
import type { Samples } from './page/authorising.js';
import type { Burst } from './page/burst.js';
import type { Leftovers } from './page/refreshes.js';
import type { Start } from './page/start.js';
import { pageLoads } from './page-load.js';
import { report } from './report.js';
import { sizes } from './sizes.js';
import { tabsOverExpiries } from './tabs.js';
import { jwtOfBytes } from './tokens.js';

const doc = join(import.meta.dirname, '../../doc');
/** Factor for the number of rounds. Below 1 nothing is written. */
const thoroughness = Number(process.env['THOROUGHNESS'] ?? 1);
const all: readonly ClientName[] = [
  'core',
  'aurelia',
  'predecessor',
  'oidcClientTs',
  'auth0SpaJs',
  'floor',
  'checkedFloor',
];
/** Figures that include the cost of an `HttpClient`. */
const withFittedFloor: readonly ClientName[] = [...all, 'interceptorFloor'];
/** Figures that do not depend on the URL check of the baseline. */
const withOneFloor = all.filter(name => name !== 'checkedFloor');
/** Figures that include the cost of loading Aurelia, and of what keeps tabs apart. */
const withPageFloors: readonly ClientName[] = [...withOneFloor, 'lockedFloor', 'interceptorFloor'];
const smallerBatches = { predecessor: 10, oidcClientTs: 80, auth0SpaJs: 50 };

const bench = await BenchBrowser.start();
try {
  const measured = await figures();
  const { page, plots } = report(measured);
  console.log(page);
  const missed = missedAims(measured);
  for (const aim of missed) console.log(`missed: ${aim}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
  if (thoroughness >= 1) {
    writeFileSync(join(doc, 'performance.md'), page);
    for (const [name, svg] of Object.entries(plots)) writeFileSync(join(doc, 'images', name), svg);
  }
} finally {
  await bench.stop();
}

async function figures(): Promise<Figures> {
  return {
    browser: bench.version,
    authorising: await told('authorising', () => authorising('authorising', rounds(1000))),
    throughHttpClient: await told('HttpClient', () => authorising('throughHttpClient', rounds(500))),
    bursts: {
      100: await told('100 at once', () => inTurn(withFittedFloor, rounds(7), name => burst(name, 100))),
      1000: await told('1,000 at once', () => inTurn(withFittedFloor, rounds(11), name => burst(name, 1000))),
    },
    tabs: await told('tabs', () =>
      oneByOne(withOneFloor, async name => ({
        strict: await tabsOverExpiries(name, 8, rounds(10)),
        lenient: await tabsOverExpiries(name, 8, rounds(10), { graceSeconds: 10 }),
      })),
    ),
    starts: await told('start', () => inTurn(withOneFloor, rounds(25), start)),
    pageLoads: await told('page load', () => pageLoads(withPageFloors, rounds(15))),
    leftovers: await told('refreshes', () => oneByOne(withOneFloor, leftovers)),
    sizes: await told('sizes', sizes),
  };
}

function authorising(figure: 'authorising' | 'throughHttpClient', rounds: number): Promise<Samples> {
  return bench.inFreshPage(page => {
    const options = { names: all, rounds, batch: smallerBatches, tokens: tokensFrom(page) };
    return page.evaluate(([figure, options]) => globalThis.bench[figure](options), [figure, options] as const);
  });
}

function burst(name: ClientName, count: number): Promise<Burst> {
  return bench.inFreshPage(page =>
    page.evaluate(([name, count]) => globalThis.bench.burst(name, count, 50), [name, count] as const),
  );
}

function start(name: ClientName): Promise<Start> {
  return bench.inFreshPage(async page => {
    const session = [name, tokensFrom(page)] as const;
    await page.evaluate(([name, tokens]) => globalThis.bench.leaveSession(name, tokens), session);
    await page.reload();
    return page.evaluate(name => globalThis.bench.start(name), name);
  });
}

function leftovers(name: ClientName): Promise<Leftovers> {
  return bench.inFreshPage(page =>
    page.evaluate(([name, count]) => globalThis.bench.refreshes(name, count), [name, rounds(10_000)] as const),
  );
}

/** Realistic sizes: an access token of 1.2 kB, a refresh token and an id token. */
function tokensFrom(page: Page): Tokens {
  const issuer = new URL(page.url()).origin;
  return {
    access_token: jwtOfBytes(1200, issuer),
    refresh_token: 'a'.repeat(60),
    id_token: jwtOfBytes(900, issuer),
    token_type: 'Bearer',
    expires_in: 3600,
  };
}

function rounds(usual: number): number {
  return Math.max(1, Math.round(usual * thoroughness));
}

async function told<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const measured = await work();
  console.error(`${title}: ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  return measured;
}
