import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'vitepress';
import { llmsText } from './llms.js';
import { reference } from './reference.js';
import { root } from './repository-files.js';

/**
 * Writes the API reference into `doc/reference` and the site into `.docs`.
 *
 * @returns the folder of the site
 */
export async function buildSite(): Promise<string> {
  await writeReference();
  await build(import.meta.dirname);
  const folder = join(root, '.docs');
  await writeFile(join(folder, 'llms.txt'), await llmsText());
  return folder;
}

async function writeReference(): Promise<void> {
  await rm(join(root, 'doc/reference'), { recursive: true, force: true });
  for (const [path, text] of (await reference()).pages) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
