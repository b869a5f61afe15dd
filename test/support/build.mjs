/**
/**
 * Builds what the package ships: `dist/native-modules` (ESM) and `dist/commonjs`, each with its typings, `dist/amd` for RequireJS,
 * `dist/ts3.9` with typings for TypeScript 3.9 to 4.4, the page that an OpenID provider sends windows back to, `dist/callback.html`
 * with its script, and `dist/check.js`, the command `aurelia-auth-refresh`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { rollup } from 'rollup';
import { downlevelTypes } from './downlevel-types.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = fileURLToPath(new URL('../../node_modules/@typescript/native/bin/tsc', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
compile('dist/native-modules');
compile('dist/commonjs', '--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false');
await bundleForRequireJs();
for (const folder of ['amd', 'commonjs']) {
  writeFileSync(`${root}dist/${folder}/package.json`, '{ "type": "commonjs" }\n');
}
nameMainModules();
downlevelTypes(`${root}dist/native-modules`, `${root}dist/ts3.9`);
copyCallbackPage();
bundleCommand();

function compile(outDir, ...options) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', outDir, ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    rmSync(`${root}dist`, { recursive: true, force: true });
    console.error(`The build failed: ${outDir} was not written, dist/ is gone.`);
    process.exit(1);
  }
}

/** A main module of the package's own name: configurations of aurelia-cli and aliases name it so. */
function nameMainModules() {
  const { name } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const contents = {
    amd: "define(['./index'], function (index) { return index; });",
    commonjs: "module.exports = require('./index.js');",
    'native-modules': "export * from './index.js';",
  };
  for (const [folder, content] of Object.entries(contents)) {
    writeFileSync(`${root}dist/${folder}/${name}.js`, `${content}\n`);
    if (folder !== 'amd') writeFileSync(`${root}dist/${folder}/${name}.d.ts`, "export * from './index.js';\n");
  }
}

function copyCallbackPage() {
  copyFileSync(`${root}src/callback/callback.html`, `${root}dist/callback.html`);
  buildSync({
    entryPoints: [`${root}src/callback/callback-page.ts`],
    outfile: `${root}dist/callback.js`,
    bundle: true,
    format: 'iife',
    target: 'es2019',
    logLevel: 'warning',
  });
}

/** One file with its packages, so that applications do not install them. Their licences are at its end. */
function bundleCommand() {
  const licences = ['@babel/parser', 'semver'].map(
    name => `/*\n${name}\n\n${readFileSync(`${root}node_modules/${name}/LICENSE`, 'utf8').trim()}\n*/`,
  );
  buildSync({
    entryPoints: [`${root}src/check/cli.ts`],
    outfile: `${root}dist/check.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    footer: { js: licences.join('\n') },
    logLevel: 'warning',
  });
}

/**
 * One file for each door that a browser may open, and further ones for what they share. What is no part of Aurelia is packed in,
 * since there is no AMD build of it.
 */
async function bundleForRequireJs() {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const inNodeOnly = ['./server', './express', './package.json'];
  const doors = Object.keys(exports).filter(door => !inNodeOnly.includes(door) && !door.startsWith('./dist/'));
  const names = doors.map(door => (door === '.' ? 'index' : door.slice(2)));
  const bundle = await rollup({
    input: Object.fromEntries(names.map(name => [name, `${root}dist/native-modules/${name}.js`])),
    external: /^(?:aurelia-|@aurelia\/)/,
    plugins: [
      {
        name: 'packages',
        resolveId: id => (/^(?!aurelia-|@aurelia\/)[a-z@]/.test(id) ? fileURLToPath(import.meta.resolve(id)) : null),
      },
    ],
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  await bundle.write({ dir: `${root}dist/amd`, format: 'amd', chunkFileNames: 'shared/[name].js' });
  await bundle.close();
}
