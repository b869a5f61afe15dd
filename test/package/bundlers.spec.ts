import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/tabs.js';
import { appFolder } from './bundlers/app-folder.js';
import { expectedVisit, usualBundlers } from './bundlers/bundlers.js';
import { firstVisit } from './bundlers/first-visit.js';

describe('an Aurelia app with the packed package', () => {
  let app: string;
  let browser: Browser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([appFolder(), launchChromium()]);
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    await rm(app, { recursive: true });
  }, 30_000);

  for (const { name, build } of usualBundlers) {
    it(`signs in, refreshes and signs out when built with ${name}`, async () => {
      expect(await firstVisit(browser, app, await build(app))).toEqual(expectedVisit);
    }, 60_000);
  }
});
