import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { marked, type Token } from 'marked';
import { linked, root } from './repository-files.js';

export interface MenuSection {
  readonly title: string;
  readonly entries: readonly { readonly title: string; readonly path: string }[];
}

const index = 'doc/README.md';

/** The pages under the headings of `doc/README.md`, in its order. */
export async function menu(): Promise<readonly MenuSection[]> {
  const sections: { title: string; entries: { title: string; path: string }[] }[] = [];
  const visit = (token: Token): void => {
    if (token.type === 'heading' && token['depth'] === 2) sections.push({ title: token['text'], entries: [] });
    if (token.type !== 'link') return;
    const target = linked(index, token['href']);
    const known = sections.flatMap(({ entries }) => entries).some(({ path }) => path === target?.path);
    if (target && !known)
      sections.at(-1)?.entries.push({ title: token['text'].replaceAll('`', ''), path: target.path });
  };
  await Promise.all(marked.walkTokens(marked.lexer(await readFile(join(root, index), 'utf8')), visit));
  return sections;
}
