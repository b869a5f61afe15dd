/**
 * Runs the packed package in an Aurelia app, built by each bundler, in Chromium, and prints a row for each. An
 * argument selects bundlers by a part of their name.
 */
import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { launchChromium } from '../../support/tabs.js';
import { appFolder } from './app-folder.js';
import { allBundlers, expectedVisit } from './bundlers.js';
import { firstVisit } from './first-visit.js';

const chosen = allBundlers.filter(({ name }) => name.toLowerCase().includes(process.argv[2]?.toLowerCase() ?? ''));
const app = await appFolder();
const browser = await launchChromium();
let failed = 0;
try {
  for (const { name, build } of chosen) {
    const startMs = performance.now();
    const complaint = await tried(async () => firstVisit(browser, app, await build(app)));
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`${name.padEnd(38)}${complaint === undefined ? 'works ' : 'FAILED'}${seconds.padStart(7)} s`);
    if (complaint !== undefined) console.log(complaint);
    failed += complaint === undefined ? 0 : 1;
  }
} finally {
  await browser.close();
  await rm(app, { recursive: true });
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function tried(visit: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const seen = await visit();
    if (isDeepStrictEqual(seen, expectedVisit)) return undefined;
    return `seen:     ${JSON.stringify(seen)}\nexpected: ${JSON.stringify(expectedVisit)}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
