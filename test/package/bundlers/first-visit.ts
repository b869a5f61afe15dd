import type { Browser, Page } from 'playwright-core';
import { startAppServer } from './app-server.js';

/** Observations of a visit to a built app. */
export interface Visit {
  /** Navigation links before login, after login, and after logout. */
  readonly links: { readonly before: string; readonly during: string; readonly after: string };
  /** User of the profile, before and after a 401. */
  readonly profile: string;
  readonly profileAfterRejection: string;
  readonly refreshes: number;
  /** Whether a template showed the user as signed in: before login, after login, after logout. */
  readonly knewInTemplate: readonly boolean[];
  /** Whether the session is an instance of the class in `aurelia-auth-refresh/core` as the app loads it. */
  readonly sharesTheCore: string;
  /** Occurrences in the scripts that the page loaded. */
  readonly copiesOfTheCore: number;
  readonly errors: readonly string[];
}

/** A string literal that occurs once in the core. */
const ofTheCore = 'refreshToken not set: no user is signed in.';

/** Opens a page of the app, signs in, receives a 401, and signs out. */
export async function firstVisit(browser: Browser, app: string, page: string): Promise<Visit> {
  const server = await startAppServer(app);
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    tab.setDefaultTimeout(15_000);
    const errors: string[] = [];
    const scripts: Promise<string>[] = [];
    tab.on('pageerror', error => errors.push(error.stack ?? error.message));
    tab.on('console', message => {
      if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
    });
    tab.on('response', response => {
      if (response.request().resourceType() === 'script') scripts.push(response.text());
    });
    await tab.goto(`${server.origin}/${page}`);
    await tab.getByRole('heading', { name: 'Welcome' }).waitFor().catch(explained(errors));
    const before = await links(tab);
    const knewBefore = await tab.locator('#signed-in').isVisible();

    await tab.click('#log-in');
    await tab.locator('#name').filter({ hasText: 'ann' }).waitFor().catch(explained(errors));
    const profile = await text(tab, '#name');
    const during = await links(tab);
    const knewDuring = await tab.locator('#signed-in').isVisible();

    server.rejectNext();
    const answer = tab.waitForResponse(response => response.url().endsWith('/api/me') && response.ok());
    await tab.click('#load');
    await answer;
    const profileAfterRejection = await text(tab, '#name');
    const sharesTheCore = await text(tab, '#shares-the-core');

    await tab.click('#log-out');
    await tab.getByRole('heading', { name: 'Welcome' }).waitFor();
    return {
      links: { before, during, after: await links(tab) },
      profile,
      profileAfterRejection,
      refreshes: server.refreshes,
      knewInTemplate: [knewBefore, knewDuring, await tab.locator('#signed-in').isVisible()],
      sharesTheCore,
      copiesOfTheCore: (await Promise.all(scripts)).join('').split(ofTheCore).length - 1,
      errors,
    };
  } finally {
    await context.close();
    server.close();
  }
}

async function links(tab: Page): Promise<string> {
  return (await tab.locator('nav a').allTextContents()).join(', ');
}

async function text(tab: Page, selector: string): Promise<string> {
  return (await tab.locator(selector).textContent()) ?? '';
}

function explained(errors: readonly string[]): (error: Error) => never {
  return error => {
    throw new Error([error.message, ...errors].join('\n'));
  };
}
