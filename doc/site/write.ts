import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reference } from './reference.js';
import { pagesWithWrittenParts } from './written-parts.js';

const root = join(import.meta.dirname, '../..');

/** Brings what is made from the source up to date. Returns what the docstrings leave to be desired. */
export async function writeMadePages(): Promise<readonly string[]> {
  const { pages, complaints } = await reference();
  await rm(join(root, 'doc/reference'), { recursive: true, force: true });
  for (const [path, text] of [...pages, ...(await pagesWithWrittenParts())]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return complaints;
}
