import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Comparison, compare } from './compatibility/compare.js';
import { generatedFiles } from './compatibility/generated.js';
import { complaints } from './compatibility/report.js';

const root = join(import.meta.dirname, '../..');

describe('an app that was written for aurelia-authentication 3.8.3', () => {
  let comparisons: readonly Comparison[];

  beforeAll(async () => {
    comparisons = await compare();
  }, 240_000);

  it('finds every member as it was, or its difference in the migration table (`npm run compatibility` shows both)', () => {
    expect(complaints(comparisons)).toEqual([]);
    expect(comparisons.length).toBeGreaterThan(700);
  });

  it('finds the migration table of the current run', async () => {
    for (const [path, expected] of await generatedFiles(comparisons)) {
      expect((await readFile(join(root, path), 'utf8')) === expected)
        .withContext(`${path} is out of date: npm run compatibility -- --write`)
        .toBeTrue();
    }
  });
});
