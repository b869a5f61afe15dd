import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path/posix';
import { escaped, highlighted, markdownPage } from './markdown-page.js';
import { type MenuSection, menu } from './menu.js';
import { type Leaf, pageHtml } from './page-html.js';
import { kindOf, linked, markdownFiles, root } from './repository-files.js';

const site = join(root, '.docs');
const { resolve } = createRequire(import.meta.url);
const languages: Readonly<Record<string, string>> = { '.ts': 'typescript', '.mjs': 'javascript', '.html': 'xml' };

/**
 * Writes the documentation as a site into `.docs`, which needs no network. Files of the repository that a page links to come along.
 *
 * @returns the folder
 */
export async function buildSite(): Promise<string> {
  await rm(site, { recursive: true, force: true });
  await writeAssets();
  const sections = await menu();
  const waiting = await markdownFiles();
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    await writeToSite(path, sections, found => {
      if (!seen.has(found)) waiting.push(found);
      seen.add(found);
    });
  }
  return site;
}

async function writeAssets(): Promise<void> {
  await mkdir(join(site, 'assets'), { recursive: true });
  const styles = async (name: string) => readFile(resolve(`highlight.js/styles/${name}.css`), 'utf8');
  const dark = `@media (prefers-color-scheme: dark) {\n${await styles('github-dark')}\n}`;
  const own = await readFile(join(import.meta.dirname, 'site.css'), 'utf8');
  await writeFile(join(site, 'assets/site.css'), [await styles('github'), dark, own].join('\n'));
  await copyFile(join(import.meta.dirname, 'page.js'), join(site, 'assets/page.js'));
  await copyFile(resolve('@mermaid-js/tiny/dist/mermaid.tiny.js'), join(site, 'assets/mermaid.js'));
}

async function writeToSite(path: string, sections: readonly MenuSection[], found: (path: string) => void) {
  const file = join(site, addressOf(path));
  await mkdir(dirname(file), { recursive: true });
  if (kindOf(path) === 'image') return copyFile(join(root, path), file);
  const leaf = await leafOf(path, found);
  const href = (to: string) => relative(dirname(addressOf(path)), addressOf(to));
  return writeFile(
    file,
    pageHtml({ ...leaf, path, sections, href, assets: relative(dirname(addressOf(path)), 'assets') }),
  );
}

async function leafOf(path: string, found: (path: string) => void): Promise<Leaf> {
  const inSite = (address: string): string => {
    const target = linked(path, address);
    if (!target || kindOf(target.path) === 'missing') return address;
    found(target.path);
    const file = relative(dirname(addressOf(path)), addressOf(target.path));
    return target.anchor === '' ? file : `${target.path === path ? '' : file}#${target.anchor}`;
  };
  switch (kindOf(path)) {
    case 'page':
      return markdownPage(await readFile(join(root, path), 'utf8'), inSite);
    case 'folder': {
      const names = (await readdir(join(root, path))).filter(name => kindOf(join(path, name)) !== 'image').sort();
      const rows = await Promise.all(names.map(async name => `- [${await titleOf(join(path, name))}](${name})`));
      // The addresses of a folder's list are relative to the folder.
      return markdownPage(`# ${path}\n\n${rows.join('\n')}\n`, name => inSite(join(basename(path), name)));
    }
    default: {
      const code = highlighted(await readFile(join(root, path), 'utf8'), languages[extname(path)] ?? '');
      return {
        title: path,
        headings: [],
        html: `<h1>${escaped(path)}</h1><pre><code class="hljs">${code}</code></pre>`,
      };
    }
  }
}

/** A page goes by its title, anything else by its name. */
async function titleOf(path: string): Promise<string> {
  if (kindOf(path) !== 'page') return basename(path);
  return markdownPage(await readFile(join(root, path), 'utf8')).title;
}

/** Where in the site a file of the repository is. */
function addressOf(path: string): string {
  switch (kindOf(path)) {
    case 'page':
      return path.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html');
    case 'folder':
      return kindOf(join(path, 'README.md')) === 'page' ? join(path, 'index.html') : join(path, 'files.html');
    case 'image':
      return path;
    default:
      return `${path}.html`;
  }
}
