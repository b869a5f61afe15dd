import { spawnSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installTools } from '../support/tools.js';
import { amdSources } from './amd-sources.js';

const version = '3.0.8';

/** Builds the app for production with aurelia-cli's built-in bundler. Returns the app's page. */
export async function buildByAureliaCli(app: string): Promise<string> {
  // No development dependency, because it installs about six hundred packages.
  const tools = await installTools('aurelia-cli', { 'aurelia-cli': version });
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
