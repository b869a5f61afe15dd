import { type Browser, type BrowserContext, type CDPSession, chromium as launcher, type Page } from 'playwright-core';
import { chromium, chromiumFlags } from '../../../support/browsers.mjs';
import type { JourneyEngine, Profile } from './app-page.js';

/** Chromium, driven by Playwright. */
export const chromiumEngine: JourneyEngine<Page> = {
  name: 'Chromium',
  isInstalled: true,
  async start() {
    const browser = await startBrowser();
    return { openProfile: async () => profileOf(await browser.newContext()), close: () => browser.close() };
  },
};

export async function startBrowser(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error('There is no Chromium, Chrome or Edge on this machine.');
  return launcher.launch({ executablePath, args: chromiumFlags });
}

function profileOf(context: BrowserContext): Profile<Page> {
  const errors: string[] = [];
  return {
    async openTab(url) {
      const page = await context.newPage();
      page.on('pageerror', error => errors.push(error.message));
      page.on('console', message => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          errors.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    errors: async () => errors,
    freeze,
    async clock({ clock }) {
      await clock.install();
      return ms => clock.fastForward(ms);
    },
    close: () => context.close(),
  };
}

/** Pauses in the debugger, which other tabs do not notice. */
async function freeze(page: Page): Promise<() => Promise<void>> {
  const debug: CDPSession = await page.context().newCDPSession(page);
  await debug.send('Debugger.enable');
  const paused = new Promise(resolve => debug.once('Debugger.paused', resolve));
  await debug.send('Debugger.pause');
  await paused;
  return async () => {
    await debug.send('Debugger.disable');
    await debug.detach();
  };
}
