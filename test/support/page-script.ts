import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Bundles a page's script with all of its imports. */
export async function pageScript(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    bundle: true,
    format: 'iife',
    target: 'es2022',
    tsconfig: join(import.meta.dirname, '../tsconfig.json'),
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    ...options,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
