import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { pageScript } from '../../support/page-script.js';

const root = join(import.meta.dirname, '../../..');

/** A script of Aurelia's, or of one with the views beside it. */
export function bundled(options: BuildOptions): Promise<string> {
  return pageScript({
    // Its "module" has classes that those of other packages, which are functions, cannot extend.
    alias: { 'aurelia-router': 'aurelia-router/dist/native-modules/aurelia-router.js' },
    loader: { '.html': 'text' },
    ...options,
  });
}

/**
 * The Aurelia application of a guide: its `main.ts`, and the view-models and views of these names beside it.
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
