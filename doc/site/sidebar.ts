import { menu } from './menu.js';
import { entryPoints } from './reference.js';

interface SidebarSection {
  readonly text: string;
  readonly collapsed?: boolean;
  readonly items: { readonly text: string; readonly link: string }[];
}

/** Returns the sidebar of the site: the pages that `doc/README.md` lists, and the API reference. */
export async function sidebar(): Promise<SidebarSection[]> {
  const pages = (await menu()).map(({ title, entries }) => ({
    text: title,
    items: entries.map(({ title: text, path }) => ({ text, link: linkOf(path) })),
  }));
  const api = Object.keys(entryPoints).map(name => ({ text: name, link: `/doc/reference/${name}/` }));
  return [...pages.filter(({ items }) => items.length > 0), { text: 'API reference', items: api }];
}

function linkOf(path: string): string {
  return `/${path}`.replace(/\/README\.md$/, '/').replace(/\.md$/, '');
}
