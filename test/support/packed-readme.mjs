/**
 * The README of the tarball. Its readers have no `doc` folder: with `repository` in package.json, links and pictures are absolute;
 * without it, pictures are left out and links become text. `npm pack` writes this README before it packs and restores it afterwards.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [readme, original] = [join(root, 'README.md'), join(root, '.README.original.md')];
const relative = '(?![a-z]+:|#)[^)"\\s]+';

/** @param {string | undefined} repository address of the repository, without `.git` */
export function packedReadme(text, repository) {
  return text
    .replace(new RegExp(`!\\[([^\\]]*)\\]\\((${relative})\\)\\n*`, 'g'), (_, alternative, path) =>
      repository ? `![${alternative}](${repository}/raw/main/${path})\n\n` : '',
    )
    .replace(new RegExp(`<img src="(?:\\./)?(${relative})"([^>]*)>\\n*`, 'g'), (_, path, attributes) =>
      repository ? `<img src="${repository}/raw/main/${path}"${attributes}>\n\n` : '',
    )
    .replace(new RegExp(`(?<!!)\\[([^\\]]+)\\]\\((${relative})\\)`, 'g'), (_, title, path) =>
      repository ? `[${title}](${repository}/blob/main/${path})` : title,
    );
}

const [, script, mode] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  if (existsSync(original)) renameSync(original, readme);
  if (mode === 'write') {
    const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const text = readFileSync(readme, 'utf8');
    writeFileSync(original, text);
    writeFileSync(readme, packedReadme(text, repository?.url.replace(/^git\+|\.git$/g, '')));
  }
}
