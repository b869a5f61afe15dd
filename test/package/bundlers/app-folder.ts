import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dependenciesIn, installed } from '../support/installed-packages.js';
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
  await installed(requireJsApp, app, peers);
  await installed(['requirejs', 'requirejs-text'], app);
  await link(serverPackages, app);
  return app;
}

/** Creates a folder with the app and, in its node_modules, the packed package and the dependencies of both. */
export async function appFolder(): Promise<string> {
  const app = await sources();
  await installed([...packages, ...(await dependenciesIn(await unpack(app)))], app);
  await link(serverPackages, app);
  return app;
}

async function sources(): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), 'app-'));
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  await cp(join(root, 'test/aurelia/support/static-loader.ts'), join(app, 'static-loader.ts'));
  return app;
}
