import { type Browser, launch } from 'puppeteer-core';
import { firefox } from './browsers.mjs';

export const engines = ['chromium', 'firefox', 'webkit'] as const;

export type Engine = (typeof engines)[number];

/** Firefox, driven by WebDriver BiDi. */
export async function launchFirefox(): Promise<Browser> {
  const executablePath = firefox();
  if (executablePath === undefined) throw new Error('Firefox was not found.');
  return launch({ browser: 'firefox', executablePath, headless: true });
}
