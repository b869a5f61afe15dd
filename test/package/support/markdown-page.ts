import { Marked, type Token } from 'marked';
import { getHeadingList, gfmHeadingId } from 'marked-gfm-heading-id';

/** Links and anchors of a Markdown page. */
export interface MarkdownPage {
  /** Addresses of links and images, as written. */
  readonly links: readonly string[];
  /** Ids of headings, as on GitHub, and explicit anchors. */
  readonly anchors: ReadonlySet<string>;
}

export function markdownPage(text: string): MarkdownPage {
  const links: string[] = [];
  const walkTokens = (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push(token['href'] as string);
  };
  const html = new Marked(gfmHeadingId(), { walkTokens }).parse(text, { async: false });
  const explicit = [...html.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id);
  return { links, anchors: new Set([...getHeadingList().map(({ id }) => id), ...explicit]) };
}
