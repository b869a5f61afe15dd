import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/tabs.js';
import { appFolderWith } from './bundlers/app-folder.js';
import { expectedVisit } from './bundlers/bundlers.js';
import { firstVisit } from './bundlers/first-visit.js';
import { buildForRequireJs } from './bundlers/requirejs.js';
import { floorPeers } from './support/floor-peers.js';

describe('an Aurelia app with the oldest packages that the peer dependencies allow', () => {
  let app: string;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    app = await appFolderWith(await floorPeers());
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await rm(app, { recursive: true });
  }, 30_000);

  it('signs in, refreshes and signs out', async () => {
    expect(await firstVisit(browser, app, await buildForRequireJs(app))).toEqual(expectedVisit);
  }, 60_000);
});
