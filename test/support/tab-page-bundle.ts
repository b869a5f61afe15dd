import { join } from 'node:path';
import { build } from 'esbuild';

let bundle: Promise<string> | undefined;

/** The script of the page that specs open in tabs, bundled once. */
export function tabPage(): Promise<string> {
  bundle ??= bundled();
  return bundle;
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'tab-page.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    sourcemap: 'inline',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
