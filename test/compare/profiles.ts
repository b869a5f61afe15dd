import type { BrowserContext, Page } from 'playwright-core';
import { type Engine, launchFirefox } from '../support/engines.js';
import { launchChromium } from '../support/tabs.js';
import { freezeByLoop, type Profile, type ProfileBrowser, type Tab } from './profile.js';
import { webkitProfiles } from './webkit-profile.js';

/** Starts a browser of an engine. */
export const launchers: Readonly<Record<Engine, () => Promise<ProfileBrowser>>> = {
  chromium: chromiumProfiles,
  firefox: firefoxProfiles,
  webkit: webkitProfiles,
};

async function chromiumProfiles(): Promise<ProfileBrowser> {
  const browser = await launchChromium();
  return {
    title: `Chromium ${browser.version()}`,
    atOnce: 5,
    newProfile: async () => new ChromiumProfile(await browser.newContext()),
    close: () => browser.close(),
  };
}

class ChromiumProfile implements Profile {
  private readonly pages = new Map<Tab, Page>();

  constructor(private readonly context: BrowserContext) {}

  async newTab(): Promise<Tab> {
    const page = await this.context.newPage();
    this.pages.set(page, page);
    return page;
  }

  async freeze(tab: Tab): Promise<() => Promise<unknown>> {
    const page = this.pages.get(tab);
    if (!page) throw new Error('The tab is of another profile.');
    const devTools = await this.context.newCDPSession(page);
    await devTools.send('Debugger.enable');
    await devTools.send('Debugger.pause');
    return () => devTools.send('Debugger.disable');
  }

  setOffline(isOffline: boolean): Promise<void> {
    return this.context.setOffline(isOffline);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

async function firefoxProfiles(): Promise<ProfileBrowser> {
  const browser = await launchFirefox();
  const inTurn = oneAtATime();
  return {
    title: (await browser.version()).replace(/^firefox\//i, 'Firefox '),
    atOnce: 2,
    newProfile: async () => {
      const context = await inTurn(() => browser.createBrowserContext());
      return {
        newTab: () => inTurn(() => context.newPage()),
        freeze: freezeByLoop,
        close: () => inTurn(() => context.close()),
      };
    },
    close: () => browser.close(),
  };
}

/** Firefox cannot open a tab in one profile while it closes another profile. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}
