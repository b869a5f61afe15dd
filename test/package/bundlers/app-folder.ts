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

/**
 * Creates a folder with the app and, in its node_modules, the packed package and the dependencies of both.
 * Dependencies are copies, because bundlers resolve symbolic links.
 */
export async function appFolder(): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), 'app-'));
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  await cp(join(root, 'test/aurelia/support/static-loader.ts'), join(app, 'static-loader.ts'));
  const folder = await unpack(app);
  for (const name of await withDependencies([...packages, ...(await dependenciesIn(folder))])) {
    await cp(join(root, 'node_modules', name), join(app, 'node_modules', name), { recursive: true });
  }
  await link(serverPackages, app);
  return app;
}

async function withDependencies(names: readonly string[]): Promise<Set<string>> {
  const found = new Set(names);
  for (const name of found) {
    for (const dependency of await dependenciesIn(join(root, 'node_modules', name))) found.add(dependency);
  }
  return found;
}

async function dependenciesIn(folder: string): Promise<string[]> {
  const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies);
}
