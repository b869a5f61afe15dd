import hljs from 'highlight.js';
import { Marked, type Token } from 'marked';
import { getHeadingList, gfmHeadingId } from 'marked-gfm-heading-id';

export interface Heading {
  readonly level: number;
  readonly text: string;
  /** What an address has behind its `#`, as on GitHub. */
  readonly id: string;
}

/** A page of Markdown, as GitHub would show it. */
export interface MarkdownPage {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Addresses of links and images, as written. */
  readonly links: readonly string[];
  /** Everything an address can point at behind its `#`. */
  readonly anchors: ReadonlySet<string>;
}

/** @param address turns the address of a link or an image into the one to write */
export function markdownPage(text: string, address: (written: string) => string = same): MarkdownPage {
  const links: string[] = [];
  const marked = new Marked(gfmHeadingId(), {
    walkTokens: (token: Token) => {
      if (token.type !== 'link' && token.type !== 'image') return;
      links.push(token['href'] as string);
      token['href'] = address(token['href'] as string);
    },
    renderer: {
      code: ({ text: code, lang = '' }) =>
        lang === 'mermaid'
          ? `<pre class="mermaid">${escaped(code)}</pre>\n`
          : `<pre><code class="hljs">${highlighted(code, lang)}</code></pre>\n`,
      table(token) {
        const row = (cells: typeof token.header, tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        const body = token.rows.map(cells => row(cells, 'td')).join('\n');
        return `<div class="table"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(text, { async: false });
  const headings = getHeadingList().map(({ level, raw, id }) => ({ level, text: raw.replaceAll(/[`~*]/g, ''), id }));
  const written = [...html.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id);
  return {
    title: headings[0]?.text ?? '',
    html,
    headings,
    links,
    anchors: new Set([...headings.map(({ id }) => id), ...written]),
  };
}

/** Code of a language, highlighted, as the inside of an element. */
export function highlighted(code: string, language: string): string {
  return hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : escaped(code);
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function same(address: string): string {
  return address;
}
