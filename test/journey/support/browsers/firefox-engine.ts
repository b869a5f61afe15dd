import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Page } from 'puppeteer-core';
import { firefox } from '../../../support/browsers.mjs';
import type { JourneyEngine, Key, UploadedFile } from './app-page.js';
import type { DrivenPage, DrivenTab } from './driven-page.js';
import { profileOf } from './driven-profile.js';

const executablePath = firefox();

/** Firefox, driven by WebDriver BiDi. */
export const firefoxEngine: JourneyEngine<DrivenPage> = {
  name: 'Firefox',
  isInstalled: executablePath !== undefined,
  async start() {
    const browser = await launch({ browser: 'firefox', executablePath: executablePath ?? '', headless: true });
    const folder = await mkdtemp(join(tmpdir(), 'uploads-'));
    return {
      async openProfile() {
        const context = await browser.createBrowserContext();
        return profileOf({
          driver: browser.process()?.pid ?? 0,
          newTab: async () => new FirefoxTab(await context.newPage(), folder),
          close: () => context.close(),
        });
      },
      async close() {
        await browser.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};

class FirefoxTab implements DrivenTab {
  constructor(
    private readonly page: Page,
    private readonly folder: string,
  ) {}

  goto(url: string): Promise<unknown> {
    return this.page.goto(url);
  }

  reload(): Promise<unknown> {
    return this.page.reload();
  }

  evaluate(expression: string): Promise<unknown> {
    return this.page.evaluate(expression);
  }

  clickAt(x: number, y: number): Promise<unknown> {
    return this.page.mouse.click(x, y);
  }

  press(key: Key): Promise<unknown> {
    return this.page.keyboard.press(key);
  }

  type(text: string): Promise<unknown> {
    return this.page.keyboard.type(text);
  }

  async attach(selector: string, { name, buffer }: UploadedFile): Promise<unknown> {
    const path = join(this.folder, name);
    await writeFile(path, buffer);
    const field = await this.page.$(selector);
    return (await field?.toElement('input'))?.uploadFile(path);
  }
}
