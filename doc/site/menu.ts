import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linked, root } from './repository-files.js';

export interface MenuEntry {
  readonly title: string;
  /** Path in the repository. */
  readonly path: string;
  /** Text behind the link, such as `: every option`. */
  readonly summary: string;
}

export interface MenuSection {
  readonly title: string;
  readonly entries: readonly MenuEntry[];
}

const index = 'doc/README.md';

/** Returns the pages that `doc/README.md` lists, by heading. */
export async function menu(): Promise<readonly MenuSection[]> {
  const [, ...sections] = (await readFile(join(root, index), 'utf8')).split(/^## /m);
  return sections.map(section => {
    const [title = ''] = section.split('\n', 1);
    return { title, entries: [...section.matchAll(/^- \[(.+?)\]\((.+?)\)(.*)$/gm)].map(entryOf) };
  });
}

function entryOf([, title = '', address = '', summary = '']: RegExpMatchArray): MenuEntry {
  return { title: title.replaceAll('`', ''), path: linked(index, address)?.path ?? address, summary };
}
