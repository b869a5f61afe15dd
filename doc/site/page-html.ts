import { escaped, type Heading } from './markdown-page.js';
import type { MenuSection } from './menu.js';

/** What a page says. */
export interface Leaf {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

export interface Page extends Leaf {
  /** Of the file that it shows. */
  readonly path: string;
  readonly sections: readonly MenuSection[];
  /** The folder of styles and scripts, seen from this page. */
  readonly assets: string;
  /** The address of another file, seen from this page. */
  href(path: string): string;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'";

export function pageHtml({ title, html, headings, path, sections, assets, href }: Page): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <title>${escaped(title)} · aurelia-auth-refresh</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${assets}/site.css">
    <script src="${assets}/page.js" data-mermaid="${assets}/mermaid.js" defer></script>
  </head>
  <body>
    <a class="skip" href="#main">To the text</a>
    <header><a href="${href('README.md')}">aurelia-auth-refresh</a></header>
    <nav aria-label="Pages">
      <details id="menu" open><summary>Pages</summary>${menuHtml(sections, path, href)}</details>
    </nav>
    <main id="main">
${html}
    </main>
    <aside aria-label="On this page">${contentsHtml(headings)}</aside>
  </body>
</html>
`;
}

function menuHtml(sections: readonly MenuSection[], path: string, href: (path: string) => string): string {
  return sections
    .map(({ title, entries }) => {
      const items = entries.map(entry => {
        const current = entry.path === path ? ' aria-current="page"' : '';
        return `<li><a href="${href(entry.path)}"${current}>${escaped(entry.title)}</a></li>`;
      });
      return `<h2>${escaped(title)}</h2><ul>${items.join('')}</ul>`;
    })
    .join('');
}

function contentsHtml(headings: readonly Heading[]): string {
  const items = headings
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`);
  return items.length < 2 ? '' : `<h2>On this page</h2><ul>${items.join('')}</ul>`;
}
