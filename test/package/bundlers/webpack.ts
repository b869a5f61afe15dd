import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installed } from '../support/installed-packages.js';
import { runTool } from './run-tool.js';

/** Builds the app for production. Returns its page. */
export async function buildByWebpack(app: string): Promise<string> {
  await installed(['html-loader', 'webpack'], app);
  await runTool(app, 'webpack-cli/bin/cli.js', '--config', 'webpack.config.cjs');
  const page = '<!doctype html><body aurelia-app="main"><script src="webpack/app.js"></script></body>';
  await writeFile(join(app, 'webpack.html'), page);
  return 'webpack.html';
}
