import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig, type MarkdownRenderer } from 'vitepress';
import { tabsMarkdownPlugin } from 'vitepress-plugin-tabs';
import { asTabs } from '../javascript-blocks.js';
import { kindOf, linked, root } from '../repository-files.js';
import { sidebar } from '../sidebar.js';

const { version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly repository?: { readonly url: string };
};
const sources = repository && `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;

/** Themes with a contrast of at least 4.5 : 1. */
const themes = { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } as const;

/** Pages that consist of tables. They get the width of the outline. */
const wide = [
  'doc/servers.md',
  'doc/guides/backends.md',
  'doc/options.md',
  'doc/comparison.md',
  'doc/failure-modes.md',
  'doc/requirements.md',
  'doc/entry-points.md',
  'doc/troubleshooting.md',
];

export default defineConfig({
  title: 'aurelia-auth-refresh',
  description: 'Authentication with dependable token refresh for Aurelia and any other framework',
  lang: 'en',
  srcDir: '../..',
  srcExclude: ['**/node_modules/**', 'test/**', 'src/**', 'dist/**', 'coverage/**'],
  outDir: '../../.docs',
  cleanUrls: true,
  cacheDir: '../../.docs-cache',
  rewrites: path => path.replace(/(^|\/)README\.md$/, '$1index.md'),
  ignoreDeadLinks: 'localhostLinks',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/doc/' },
      { text: 'Options', link: '/doc/options' },
      { text: 'Troubleshooting', link: '/doc/troubleshooting' },
      { text: 'API', link: '/doc/reference/core/' },
      { text: `v${version}`, link: '/doc/CHANGELOG' },
    ],
    sidebar: await sidebar(),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            boost: { title: 8, titles: 3 },
            boostDocument: (id: string) => (id.includes('/reference/') ? 0.2 : 1),
          },
        },
      },
    },
    ...(sources && { editLink: { pattern: `${sources.replace('/blob/', '/edit/')}:path`, text: 'Edit this page' } }),
  },
  markdown: { config: useRepositoryMarkdown, anchor: { slugify: text => slug(text) }, theme: themes },
  transformPageData: ({ filePath }) =>
    wide.includes(filePath) ? { frontmatter: { aside: false, pageClass: 'wide' } } : {},
  vite: { logLevel: 'warn' },
});

/** Adds diagrams, tabs, focusable tables, headers that may be empty, and links to files of the repository. */
function useRepositoryMarkdown(md: MarkdownRenderer): void {
  md.use(tabsMarkdownPlugin);
  md.core.ruler.before('normalize', 'javascript-blocks', state => {
    state.src = asTabs(state.src);
  });
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? '';
    return `<Diagram source="${encodeURIComponent(token.content)}"></Diagram>`;
  };
  md.renderer.rules['table_open'] = () => '<table tabindex="0">\n';
  md.core.ruler.push('empty-headers', ({ tokens }) => {
    tokens.forEach((token, index) => {
      if (token.type !== 'th_open' || tokens[index + 1]?.content !== '') return;
      for (const cell of [token, tokens[index + 2]]) if (cell) cell.tag = 'td';
    });
  });
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const page = env.relativePath.replace(/(^|\/)index\.md$/, '$1README.md');
    for (const { children } of tokens) {
      children?.forEach((token, index) => {
        const target = token.type === 'link_open' && linked(page, token.attrGet('href') ?? '');
        if (!target || !['code', 'folder'].includes(kindOf(target.path))) return;
        const close = children.slice(index).find(({ type }) => type === 'link_close');
        if (sources) token.attrSet('href', sources + target.path);
        else for (const end of [token, close]) Object.assign(end ?? {}, { tag: 'span', attrs: null });
      });
    }
  });
}
