import type { Browser, Page } from 'playwright-core';
import { betterSqlite3 } from '../support/databases.mjs';
import { launchChromium } from '../support/tabs.js';
import { GuideWalk, type Language } from './support/guide-walk.js';
import { tarball } from './support/tarball.js';

const languages: readonly Language[] = ['ts', 'js'];
const bundlers = ['webpack', 'Vite'];
const guides = ['doc/getting-started.md', 'doc/guides/aurelia-2.md'];
/** A bundler and a language for each guide; with `npm run test:first-hour`, every combination. */
const walks = guides.flatMap((guide, index) =>
  bundlers
    .flatMap(bundler => languages.map(language => [guide, bundler, language] as const))
    .filter(
      ([, bundler, language]) =>
        process.env['EVERY_WALK'] || (bundler === bundlers[index] && language === languages[index]),
    ),
);
const packages = process.env['EVERY_WALK'] ? 'registry' : 'repository';
/** npm compiles better-sqlite3 if it can download no binary. */
const timeoutMs = packages === 'registry' ? 1_800_000 : 300_000;
const clients = ['Aurelia 1', 'Aurelia 2', 'Without a framework'];

describe('the first hour, from an empty folder', () => {
  let browser: Browser;

  beforeAll(async () => {
    [browser] = await Promise.all([launchChromium(), tarball()]);
  }, 300_000);

  afterAll(() => browser?.close());

  for (const client of clients) {
    it(
      `reaches a protected request by README.md: ${client}`,
      async () => {
        if (!betterSqlite3()) return pending('better-sqlite3 cannot be loaded');
        const walk = await GuideWalk.begin('js', packages);
        const others = clients.filter(other => other !== client);
        try {
          await walk.follow('README.md', heading => !others.includes(heading));
          const empty = await fetch(`${walk.origin}/auth/login`, { method: 'POST' });
          expect([empty.status, empty.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8']);
          await visit(browser, walk.origin, async page => {
            await page.getByRole('button', { name: 'Sign in' }).click();
            await page.getByText('Signed in as user-1').waitFor();
          });
        } finally {
          await walk.end();
        }
      },
      timeoutMs,
    );
  }

  for (const [guide, bundler, language] of walks) {
    it(
      `reaches a protected request by ${guide} with ${bundler}, as ${language}`,
      async () => {
        if (!betterSqlite3()) return pending('better-sqlite3 cannot be loaded');
        const walk = await GuideWalk.begin(language, packages);
        const others = bundlers.filter(other => other !== bundler);
        try {
          await walk.follow(guide, heading => !others.includes(heading));
          if (language === 'ts') await walk.follow('doc/guides/server.md');
          else await walk.follow('README.md', heading => !clients.includes(heading));
          await visit(browser, walk.origin, async page => {
            await page.getByLabel('Email').fill('ada@example.com');
            await page.getByLabel('Password').fill('analytical engine');
            await page.getByRole('button', { name: 'Sign in' }).click();
            await page.getByText('Signed in as user-1').waitFor();
            if (packages === 'registry') report([guide, bundler, language].join(', '), walk);
            await page.reload();
            await page.getByText('Signed in as user-1').waitFor();
            await page.getByRole('button', { name: 'Sign out' }).click();
            await page.getByLabel('Password').waitFor();
          });
        } finally {
          await walk.end();
        }
      },
      timeoutMs,
    );
  }
});

/** Prints how long the commands of a guide took, up to the first protected request. */
function report(title: string, { seconds }: GuideWalk): void {
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  console.log(`${title}: ${total.toFixed(1)} s`);
  for (const [command, each] of Object.entries(seconds)) console.log(`${each.toFixed(1).padStart(8)} s  ${command}`);
}

/** Opens a page without a session. Expects an empty console. */
async function visit(browser: Browser, address: string, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  try {
    await page.goto(address);
    await work(page).catch(error => {
      throw new Error([error.message, ...complaints].join('\n'));
    });
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}
