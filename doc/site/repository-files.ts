import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';

export const root = join(import.meta.dirname, '../..');

export type FileKind = 'page' | 'image' | 'code' | 'folder' | 'missing';

export function kindOf(path: string): FileKind {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return 'missing';
  if (stats.isDirectory()) return 'folder';
  if (path.endsWith('.md')) return 'page';
  return /\.(png|svg|jpg|webp)$/.test(path) ? 'image' : 'code';
}

/** Returns the pages of the documentation: Markdown files at the top and under `doc`, without the generated reference. */
export async function markdownFiles(): Promise<string[]> {
  const top = await readdir(root);
  const below = (await readdir(join(root, 'doc'), { recursive: true })).map(
    name => `doc/${name.replaceAll('\\', '/')}`,
  );
  return [...top, ...below].filter(name => name.endsWith('.md') && !name.startsWith('doc/reference/')).sort();
}

/** Returns the file of this repository that a link points to, or `undefined` for other links. */
export function linked(page: string, address: string): { readonly path: string; readonly anchor: string } | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(address)) return undefined;
  const [file = '', anchor = ''] = address.split('#');
  const path = file === '' ? page : normalize(join(dirname(page), decodeURI(file))).replace(/\/$/, '');
  return { path, anchor };
}
