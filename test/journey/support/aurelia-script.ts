import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { pageScript } from '../../support/page-script.js';

const root = join(import.meta.dirname, '../../..');

/** Paths of an Aurelia package, or of a module with its view beside it. */
export function bundled(options: BuildOptions): Promise<string> {
  return pageScript({
    // Its "module" build contains classes that the functions of other packages cannot extend.
    alias: { 'aurelia-router': 'aurelia-router/dist/native-modules/aurelia-router.js' },
    loader: { '.html': 'text' },
    ...options,
  });
}

/**
 * Bundles the Aurelia application of a guide: its `main.ts`, and the given view-models with their views.
 *
 * @param folder below `doc/guides`
 */
export function aureliaScript(folder: string, names: readonly string[], plugins: Plugin[] = []): Promise<string> {
  const contents = [
    `import { start } from '${import.meta.dirname}/aurelia-app.ts';`,
    `import { configure } from './main.ts';`,
    `import * as auth from 'aurelia-auth-refresh';`,
    ...names.flatMap(name => [`import * as ${name} from './${name}.ts';`, `import ${name}View from './${name}.html';`]),
    `const modules = { 'aurelia-auth-refresh': auth, ${names.map(name => `${name}, '${name}.html': ${name}View`).join(', ')} };`,
    `void start(configure, modules);`,
  ].join('\n');
  return bundled({ stdin: { contents, resolveDir: join(root, 'doc/guides', folder), loader: 'ts' }, plugins });
}
