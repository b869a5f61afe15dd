import type { BrowserContext, Page } from 'playwright-core';
import type { ThirdParty } from './third-party.js';

/** A tab with the application. */
export class Visit {
  /** Console errors, and warnings of the application's log. */
  readonly complaints: string[] = [];

  private constructor(readonly tab: Page) {
    tab.on('pageerror', error => this.complaints.push(error.message));
    tab.on('console', message => {
      const isOfBrowser = message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isOfBrowser) this.complaints.push(message.text());
    });
  }

  static async begin(profile: BrowserContext, address: string): Promise<Visit> {
    const visit = new Visit(await profile.newPage());
    visit.tab.setDefaultTimeout(20_000);
    await visit.tab.goto(address);
    return visit;
  }

  /**
   * Waits for a page of the application and describes it.
   *
   * @returns its address and heading; the menu; its text about the visitor, and the values of `authentication-change`
   * since the page was loaded
   */
  async sees(heading: string): Promise<string> {
    await this.tab.getByRole('heading', { name: heading, exact: true }).waitFor();
    const { pathname, search, hash } = new URL(this.tab.url());
    const menu = await this.texts('#menu a');
    const news = (await this.texts('#news li')) || 'nothing';
    return `${pathname}${search}${hash} ${heading} [${menu}] ${await this.text('#standing')}, told ${news}`;
  }

  async text(selector: string): Promise<string> {
    return (await this.tab.locator(selector).textContent()) ?? '';
  }

  async texts(selector: string): Promise<string> {
    return (await this.tab.locator(selector).allTextContents()).join(', ');
  }

  async fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [id, value] of Object.entries(fields)) await this.tab.fill(`#${id}`, value);
  }

  click(id: string): Promise<void> {
    return this.tab.click(`#${id}`);
  }

  async signUp(): Promise<void> {
    await this.fill({ name: 'Ada', email: 'ada@example.com', password: 'engine' });
    await this.click('signup');
  }

  async logIn(password = 'engine'): Promise<void> {
    await this.fill({ email: 'ada@example.com', password });
    await this.click('login');
  }

  /** Navigates to another page of the application by its address, without a reload. */
  async goTo(fragment: string): Promise<void> {
    await this.tab.evaluate(hash => {
      location.hash = hash;
    }, fragment);
  }

  /** Clicks the link that opens a third party's popup, and a link in the popup. */
  async atThirdParty(id: string, link: 'continue' | 'cancel' = 'continue'): Promise<void> {
    const opening = this.tab.waitForEvent('popup');
    await this.click(id);
    const popup = await opening;
    const closing = popup.waitForEvent('close');
    await popup.click(`#${link}`);
    await closing;
  }
}

/** Routes requests for the third party's public site to the local server. */
export async function standIn(profile: BrowserContext, site: string, { origin }: ThirdParty): Promise<void> {
  await profile.route(`${site}/**`, async route => {
    const { pathname, search } = new URL(route.request().url());
    await route.fulfill({ status: 302, headers: { location: origin + pathname + search } });
  });
}
