import { join } from 'node:path';
import { pageScript } from './page-script.js';

let bundle: Promise<string> | undefined;

/** The script of the page that specs open in tabs, bundled once. */
export function tabPage(): Promise<string> {
  bundle ??= pageScript({ entryPoints: [join(import.meta.dirname, 'tab-page.ts')], sourcemap: 'inline' });
  return bundle;
}
