import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePort } from '../server/support/http-server.js';
import { runTool } from './project.js';

/** Number of specs in the guide. */
export const specs = 4;

/** A way to run the specs of the guide. */
export interface Runner {
  readonly name: string;
  /** Packages that the guide names in prose only. */
  readonly packages?: readonly string[];
  /** Runs the specs. Returns the number of passed ones, and throws if one failed. */
  run(project: string, browser: Browser): Promise<number>;
}

export const runners: readonly Runner[] = [
  { name: 'Vitest, jsdom', run: project => vitest(project) },
  {
    name: 'Vitest, happy-dom',
    packages: ['happy-dom@20.14.5'],
    run: project => vitest(project, '--environment', 'happy-dom'),
  },
  { name: 'Jest, jsdom', run: project => jest(project) },
  {
    name: 'Jest, jsdom with the fetch of Node.js',
    packages: ['jest-fixed-jsdom@0.0.11'],
    run: project => jest(project, '--env', 'jest-fixed-jsdom'),
  },
  {
    name: 'Jest, happy-dom',
    packages: ['@happy-dom/jest-environment@20.14.5'],
    run: project => jest(project, '--env', '@happy-dom/jest-environment'),
  },
  { name: 'Mocha in Chromium', run: mocha },
];

async function vitest(project: string, ...args: string[]): Promise<number> {
  return passedOf(await runTool(project, 'vitest/vitest.mjs', 'run', '--reporter', 'json', ...args));
}

async function jest(project: string, ...args: string[]): Promise<number> {
  return passedOf(await runTool(project, 'jest/bin/jest.js', '--json', ...args));
}

/** Vitest reports in the format of Jest. */
function passedOf(report: string): number {
  const { numPassedTests } = JSON.parse(report.slice(report.indexOf('{"num')));
  return numPassedTests;
}

async function mocha(project: string, browser: Browser): Promise<number> {
  const spec = join(project, 'profile.spec.ts');
  const text = await readFile(spec, 'utf8');
  await writeFile(spec, text.replaceAll('.toBe(', '.to.equal('));
  const port = String(await freePort());
  const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--port', port], { cwd: project });
  const page = await browser.newPage();
  try {
    await once(vite.stdout, 'data');
    await page.goto(`http://localhost:${port}/mocha.html`);
    await page.waitForFunction(`document.querySelectorAll("#mocha-report .test").length === ${specs}`);
    const failures = await page.locator('#mocha-report .test.fail').allTextContents();
    if (failures.length > 0) throw new Error(failures.join('\n'));
    return await page.locator('#mocha-report .test.pass').count();
  } finally {
    await page.close();
    vite.kill();
    await writeFile(spec, text);
  }
}
