/** `npm run picture`: records the running demo, and writes the animated picture at the top of README.md. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { chromiumEngine } from '../../test/journey/support/browsers/chromium-engine.js';
import { startJourney } from '../../test/journey/support/journey.js';
import { buildDemo } from './build-demo.js';

const output = join(import.meta.dirname, '../images/demo.webp');
const size = { width: 1280, height: 800 };
const shownWidth = 960;
const frameMs = 500;
/** The picture shows half a second in this time. */
const shownFrameMs = 110;
/** Enough for a first visit, two expiries, and an outage of 20 seconds. */
const frames = 84;
const outageAtFrame = 24;

const appFolder = await buildDemo();
const browser = await chromiumEngine.start();
const { page, close } = await startJourney(browser, { appFolder, isFirstVisit: true });
try {
  await page.setViewportSize(size);
  await sharp(await recorded(page), { join: { animated: true } })
    .webp({ quality: 62, effort: 6, minSize: true, delay: Array(frames).fill(shownFrameMs), loop: 0 })
    .toFile(output);
  console.log(`${output}: ${Math.round((await stat(output)).size / 1000)} kB`);
} finally {
  await close();
  await browser.close();
}

async function recorded(page: Page): Promise<Buffer[]> {
  const pictures: Buffer[] = [];
  const start = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    await new Promise(resolve => setTimeout(resolve, start + frame * frameMs - performance.now()));
    if (frame === outageAtFrame) await page.getByRole('button', { name: 'Refresh outage of 20 s' }).click();
    pictures.push(
      await sharp(await page.screenshot())
        .resize(shownWidth)
        .png()
        .toBuffer(),
    );
  }
  return pictures;
}
