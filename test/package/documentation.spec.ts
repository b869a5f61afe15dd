import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { menu } from '../../doc/site/menu.js';
import { reference } from '../../doc/site/reference.js';
import { kindOf, linked, markdownFiles } from '../../doc/site/repository-files.js';
import { pagesWithWrittenParts } from '../../doc/site/written-parts.js';
import { blocks, complaints } from '../support/examples.js';
import { type MarkdownPage, markdownPage } from './support/markdown-page.js';

const root = join(import.meta.dirname, '../..');
const remedy = 'npm run docs -- --write';

describe('the documentation', () => {
  const pages = new Map<string, MarkdownPage>();

  beforeAll(async () => {
    for (const path of await markdownFiles()) pages.set(path, markdownPage(await read(path)));
  }, 60_000);

  it('has no broken link to a file or heading', () => {
    const broken = [...pages].flatMap(([path, { links }]) =>
      links.filter(link => !leadsSomewhere(path, link)).map(link => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect(pages.size).toBeGreaterThan(20);
  });

  it('lists every page in its index', async () => {
    const listed = (await menu()).flatMap(({ entries }) => entries.map(({ path }) => path));
    const unlisted = [...pages.keys()].filter(
      path => !listed.some(one => path === one || path.startsWith(one.replace(/README\.md$/, ''))),
    );
    expect(unlisted).toEqual(['README.md', 'doc/README.md']);
  });

  it('contains current tables of options and states, and the JavaScript of each example', async () => {
    for (const [path, expected] of await pagesWithWrittenParts()) {
      expect((await read(path)) === expected)
        .withContext(`${path} is out of date: ${remedy}`)
        .toBeTrue();
    }
  }, 60_000);

  it('names in README.md the browser versions that every entry point needs', async () => {
    const readme = await read('README.md');
    const [, said = ''] = /<summary><b>Browsers<\/b>: (.*) and later<\/summary>/.exec(readme) ?? [];
    const rows = [...readme.matchAll(/^\| `[^|]*(?:\| [\d.]+ \([^|]*){5}\|$/gm)].map(([row]) =>
      row.split('|').slice(2, 6),
    );
    const latest = ['Chrome', 'Edge', 'Firefox', 'Safari'].map((name, column) => {
      return `${name} ${Math.max(...rows.map(cells => Number.parseFloat(cells[column] ?? '')))}`;
    });
    expect(said).toBe(latest.join(', '));
  });

  it('explains every end reason and every error code', async () => {
    const page = await read('doc/guides/why-signed-out.md');
    const [, reasons = '', codes = ''] = /## End reasons\n([\s\S]*)## Error codes\n([\s\S]*)/.exec(page) ?? [];
    expect(firstColumn(reasons)).toEqual(await members('src/session/session-state.ts', 'EndReason'));
    expect(firstColumn(codes)).toEqual(await members('src/errors.ts', 'AuthErrorCode'));
  });

  it('shows examples that compile', () => {
    // The specs in doc/testing.md run elsewhere.
    const shown = [...pages.keys()].filter(path => path !== 'doc/testing.md');
    expect(complaints(shown)).toEqual([]);
    expect(shown.flatMap(path => blocks(path, 'ts')).length).toBeGreaterThan(40);
  }, 60_000);

  it('shows the files beside a guide unchanged', async () => {
    let shown = 0;
    for (const path of pages.keys()) {
      for (const block of ['ts', 'html'].flatMap(language => blocks(path, language))) {
        const [, name = '', text = ''] = /^(?:\/\/|<!--) ([\w.-]+\.\w+)(?: -->)?\n([\s\S]*)$/.exec(block) ?? [];
        const file = join(path.replace(/\.md$/, ''), name);
        if (name === '' || kindOf(file) !== 'code') continue;
        expect(text)
          .withContext(file)
          .toBe(await read(file));
        shown += 1;
      }
    }
    expect(shown).toBe(39);
  });

  function leadsSomewhere(path: string, link: string): boolean {
    const target = linked(path, link);
    if (!target) return true;
    if (kindOf(target.path) === 'missing') return false;
    return target.anchor === '' || pages.get(target.path)?.anchors.has(target.anchor) === true;
  }
});

describe('the API reference', () => {
  it('documents every public name', async () => {
    const { pages, complaints: undocumented } = await reference();
    expect(undocumented).toEqual([]);
    expect(pages.size).toBeGreaterThan(100);
  }, 120_000);
});

function firstColumn(table: string): string[] {
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
}

/** The members of a union of string literals. */
async function members(path: string, type: string): Promise<string[]> {
  const [, union = ''] = new RegExp(`export type ${type} =([^;]*);`).exec(await read(path)) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
}

/** Returns an empty string if there is no such file. */
function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}
