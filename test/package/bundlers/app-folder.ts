import { cp, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { link, root, unpack } from '../support/tarball.js';

/** The app's dependencies, besides the package. */
const packages = [
  'aurelia-bootstrapper',
  'aurelia-fetch-client',
  'aurelia-loader-default',
  'aurelia-loader-webpack',
  'aurelia-webpack-plugin',
  'requirejs',
  'requirejs-text',
];

const serverPackages = ['@node-oauth/oauth2-server', 'express', 'express-rate-limit', 'jose'];

/** What RequireJS loads. */
const requireJsApp = ['aurelia-bootstrapper', 'aurelia-fetch-client', 'aurelia-loader-default'];

/**
 * Creates a folder with the app and, in its node_modules, the packed package with the packages of Aurelia from another
 * `node_modules` folder, for RequireJS.
 */
export async function appFolderWith(peers: string): Promise<string> {
  const app = await sources();
  await unpack(app);
  for (const name of await withDependencies(requireJsApp, peers)) await copy(name, peers, app);
  for (const name of ['requirejs', 'requirejs-text']) await copy(name, join(root, 'node_modules'), app);
  await link(serverPackages, app);
  return app;
}

/**
 * Creates a folder with the app and, in its node_modules, the packed package and the dependencies of both.
 * Dependencies are copies, because bundlers resolve symbolic links.
 */
export async function appFolder(): Promise<string> {
  const app = await sources();
  const folder = await unpack(app);
  const modules = join(root, 'node_modules');
  for (const name of await withDependencies([...packages, ...(await dependenciesIn(folder))], modules)) {
    await copy(name, modules, app);
  }
  await link(serverPackages, app);
  return app;
}

async function sources(): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), 'app-'));
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  await cp(join(root, 'test/aurelia/support/static-loader.ts'), join(app, 'static-loader.ts'));
  return app;
}

function copy(name: string, modules: string, app: string): Promise<void> {
  return cp(join(modules, name), join(app, 'node_modules', name), { recursive: true });
}

async function withDependencies(names: readonly string[], modules: string): Promise<Set<string>> {
  const found = new Set(names);
  for (const name of found) {
    for (const dependency of await dependenciesIn(join(modules, name))) found.add(dependency);
  }
  return found;
}

async function dependenciesIn(folder: string): Promise<string[]> {
  const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies);
}
