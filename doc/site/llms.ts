import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { menu } from './menu.js';
import { root } from './repository-files.js';

/**
 * Returns an index of the documentation for language models.
 *
 * @see https://llmstxt.org
 */
export async function llmsText(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, summary = ''] = /^# .*\n\n(?:<img .*\n\n)?([^\n]+(?:\n[^\n]+)*)/.exec(readme) ?? [];
  const sections = (await menu()).map(({ title, entries }) => {
    const links = entries.map(
      ({ title: text, path, summary: about }) =>
        `- [${text}](${path.replace(/README\.md$/, '').replace(/\.md$/, '.html')})${about}`,
    );
    return `## ${title}\n\n${links.join('\n')}`;
  });
  return `# aurelia-auth-refresh\n\n> ${summary.replaceAll('\n', ' ')}\n\n${sections.join('\n\n')}\n`;
}
