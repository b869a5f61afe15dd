/**
 * Runs the specs of the guide about testing Aurelia 2 apps with the packed package in each test runner, and prints a row for
 * each. An argument selects runners by a part of their name.
 */
import { rm } from 'node:fs/promises';
import { launchChromium } from '../support/tabs.js';
import { project, writeFiles } from './project.js';
import { runners, specs } from './runners.js';

const guide = 'doc/guides/aurelia-2-testing.md';

const chosen = runners.filter(({ name }) => name.toLowerCase().includes(process.argv[2]?.toLowerCase() ?? ''));
const folder = await project(
  ['doc/guides/aurelia-2.md', guide],
  chosen.flatMap(({ packages = [] }) => packages),
);
await writeFiles(guide, folder, ['ts', 'js', 'html']);
const browser = await launchChromium();
let failed = 0;
try {
  for (const { name, run } of chosen) {
    const startMs = performance.now();
    const passed = await run(folder, browser).catch((error: Error) => error.message);
    const works = passed === specs;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`${name.padEnd(38)}${works ? 'works ' : 'FAILED'}${seconds.padStart(7)} s`);
    if (!works) console.log(`${passed} passed, expected: ${specs}`);
    failed += works ? 0 : 1;
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
