import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatted } from '../../support/formatted.js';
import type { Comparison } from './compare.js';
import { membersModule, migrationTable } from './report.js';

const root = join(import.meta.dirname, '../../..');
const page = 'doc/coming-from-aurelia-authentication.md';
const marked = /(<!-- made by npm run compatibility -->\n)[\s\S]*?(<!-- end -->)/;

/** The files that the run writes, by path, with their contents as they should be. */
export async function generatedFiles(comparisons: readonly Comparison[]): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, page), 'utf8');
  return new Map([
    [
      page,
      text.replace(marked, (_, begin: string, end: string) => `${begin}\n${migrationTable(comparisons)}\n\n${end}`),
    ],
    ['src/check/members.ts', formatted('members.ts', membersModule(comparisons))],
  ]);
}
