import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { browserTable } from './browser-table.js';
import { withJavaScript } from './javascript-blocks.js';
import { optionTables, providerTable } from './options.js';
import { markdownFiles, root } from './repository-files.js';
import { stateTable } from './state-table.js';

const parts: Readonly<Record<string, () => string>> = {
  options: optionTables,
  'a provider': providerTable,
  states: stateTable,
  browsers: browserTable,
};

/** Pages by path, with their parts that are made from the source, as they should be. */
export async function pagesWithWrittenParts(): Promise<ReadonlyMap<string, string>> {
  const texts = (await markdownFiles()).map(async page => {
    return [page, withParts(await readFile(join(root, page), 'utf8'))] as const;
  });
  return withJavaScript(new Map(await Promise.all(texts)));
}

function withParts(text: string): string {
  return text.replace(
    /(<!-- made by npm run docs: (.*) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const part = parts[name];
      if (!part) throw new Error(`There is no part "${name}".`);
      return `${begin}\n${part()}\n\n${end}`;
    },
  );
}
