import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from '../../../doc/demo/build-demo.js';
import { runTool } from '../../package/bundlers/run-tool.js';
import { link, root } from '../../package/support/tarball.js';

/** The original library of the application, and its replacement. */
export type LibraryName = 'aurelia-authentication' | 'aurelia-auth-refresh';

export interface BuiltApp {
  /** The folder to serve. */
  readonly folder: string;
  /** Lines of the application that contain the name of the library. */
  readonly renamed: readonly string[];
}

const built = new Map<LibraryName, Promise<BuiltApp>>();

/**
 * The application as built by webpack, with the package name replaced everywhere. Built once, and deleted when this
 * process ends.
 */
export function builtApp(library: LibraryName): Promise<BuiltApp> {
  const app = built.get(library) ?? buildApp(library);
  built.set(library, app);
  return app;
}

async function buildApp(library: LibraryName): Promise<BuiltApp> {
  const app = await mkdtemp(join(tmpdir(), 'drop-in-'));
  process.once('exit', () => rmSync(app, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  const renamed: string[] = [];
  for (const file of await readdir(app, { recursive: true })) {
    if (!/\.(?:js|cjs|html)$/.test(file)) continue;
    const source = await readFile(join(app, file), 'utf8');
    renamed.push(...source.split('\n').filter(line => line.includes('aurelia-authentication')));
    await writeFile(join(app, file), source.replaceAll('aurelia-authentication', library));
  }
  await install(app);
  await runTool(app, 'webpack-cli/bin/cli.js', '--config', 'webpack.config.cjs');
  const folder = join(app, 'served');
  await cp(join(app, 'index.html'), join(folder, 'index.html'));
  return { folder, renamed };
}

/** Both libraries and their dependencies. This library is a copy, because bundlers resolve symbolic links. */
async function install(app: string): Promise<void> {
  buildPackage();
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const others = await readdir(join(root, 'node_modules'));
  const aurelia = others.filter(name => name.startsWith('aurelia-'));
  await link([...Object.keys(dependencies), ...aurelia, 'html-loader', 'webpack'], app);
  const folder = join(app, 'node_modules/aurelia-auth-refresh');
  for (const part of ['package.json', 'dist']) await cp(join(root, part), join(folder, part), { recursive: true });
}
