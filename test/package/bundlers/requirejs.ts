import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { amdSources } from './amd-sources.js';

/** Loads all modules except the app's own as published. Returns the app's page. */
export async function buildForRequireJs(app: string): Promise<string> {
  const baseUrl = await amdSources(app);
  const packages = (await readdir(join(app, 'node_modules')))
    .filter(name => name.startsWith('aurelia-'))
    .map(name => ({
      name,
      location: `../node_modules/${name}/dist/amd`,
      main: name,
    }));
  const config = { baseUrl, packages, paths: { text: '../node_modules/requirejs-text/text' } };
  const page = `<!doctype html><body aurelia-app="main"><script src="node_modules/requirejs/require.js"></script>
    <script>requirejs.config(${JSON.stringify(config)}); requirejs(['aurelia-bootstrapper']);</script></body>`;
  await writeFile(join(app, 'requirejs.html'), page);
  return 'requirejs.html';
}
