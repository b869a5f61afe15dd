import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from '../../support/npm.mjs';
import { root } from '../support/tarball.js';
import { amdSources } from './amd-sources.js';

const version = '3.0.8';
/** Not a development dependency, because it installs about six hundred packages. */
const tools = join(root, 'node_modules/.cache/aurelia-cli');

/** Builds the app for production with aurelia-cli's built-in bundler. Returns the app's page. */
export async function buildByAureliaCli(app: string): Promise<string> {
  await installTools();
  // Babel resolves its plugins from the app.
  await symlink(join(tools, 'node_modules/@babel'), join(app, 'node_modules/@babel'), 'junction');
  const sources = await amdSources(app);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', buildScript, tools, sources], {
    cwd: app,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  const page =
    '<!doctype html><body aurelia-app="main">' +
    '<script src="scripts/vendor-bundle.js" data-main="aurelia-bootstrapper"></script></body>';
  await writeFile(join(app, 'index.html'), page);
  return 'index.html';
}

async function installTools(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: { 'aurelia-cli': version } });
  const file = join(tools, 'package.json');
  const done = join(tools, 'node_modules/.package-lock.json');
  if (existsSync(done) && (await readFile(file, 'utf8')) === manifest) return;
  await mkdir(tools, { recursive: true });
  await writeFile(file, manifest);
  const options = ['--prefix', tools, '--no-audit', '--no-fund', '--loglevel=error'];
  if (!npm(['install', ...options])) throw new Error('aurelia-cli could not be installed.');
}

/** The steps of a generated app's `build` task after transpilation. */
const buildScript = `
const [, tools, sources] = process.argv;
const { createRequire } = require('node:module');
const fromTools = createRequire(tools + '/package.json');
const fromCli = createRequire(fromTools.resolve('aurelia-cli/package.json'));
const { build, CLIOptions } = fromTools('aurelia-cli');
const vinylFs = fromCli('vinyl-fs');
Object.assign(new CLIOptions(), { args: ['--env', 'prod'] });
(async () => {
  await build.src(require(process.cwd() + '/aurelia_project/aurelia.json'));
  await new Promise((resolve, reject) => {
    vinylFs.src(sources + '/*').pipe(build.bundle()).on('data', () => undefined).on('end', resolve).on('error', reject);
  });
  await build.dest();
})().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
`;
