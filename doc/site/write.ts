import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './repository-files.js';
import { pagesWithWrittenParts } from './written-parts.js';

/** Updates the tables that are generated from the source. */
export async function writeGeneratedParts(): Promise<void> {
  for (const [path, text] of await pagesWithWrittenParts()) await writeFile(join(root, path), text);
}
