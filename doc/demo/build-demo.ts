import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack, { type Stats } from 'webpack';

const root = join(import.meta.dirname, '../..');
const app = join(import.meta.dirname, 'app');

/** The framework of a demo app: Aurelia 1 built by webpack, or Aurelia 2 built by Vite. */
export type DemoFramework = keyof typeof builders;

const builders = { aurelia: buildApp, aurelia2: buildAurelia2App };

/**
 * Builds the package and a demo app, each only when one of its sources has changed since.
 *
 * @returns the folder to serve
 */
export async function buildDemo(framework: DemoFramework = 'aurelia'): Promise<string> {
  const name = `.demo/${framework}`;
  const appParts = ['dist/commonjs/package.json', 'package-lock.json', 'doc/demo'];
  buildPackage();
  if (isOutdated(`${name}/index.html`, appParts)) await builders[framework](join(root, name));
  return join(root, name);
}

function isOutdated(output: string, inputs: readonly string[]): boolean {
  const path = join(root, output);
  return !existsSync(path) || Math.max(...inputs.map(input => newest(join(root, input)))) > statSync(path).mtimeMs;
}

/** Epoch ms of the latest change of a file, or of any below a folder. */
function newest(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))));
}

/** Builds the package when something it is made of has changed since. */
export function buildPackage(): void {
  const parts = ['src', 'tsconfig.json', 'package.json', 'test/support/build.mjs'];
  if (!isOutdated('dist/commonjs/package.json', parts)) return;
  const { status } = spawnSync(process.execPath, [join(root, 'test/support/build.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The package could not be built: the lines above say why.');
}

/** The page is written last: it is there only when all that it loads is. */
async function buildApp(folder: string): Promise<void> {
  const assets = join(folder, 'assets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });
  const scripts = await bundle(assets);
  const style = await hashed(join(app, 'app.css'), assets);
  const icon = await hashed(join(app, 'icon.svg'), assets);
  const page = (await readFile(join(app, 'index.html'), 'utf8'))
    .replace('<!-- scripts -->', scripts.map(name => `<script defer src="assets/${name}"></script>`).join(''))
    .replace('"app.css"', `"assets/${style}"`)
    .replace('"icon.svg"', `"assets/${icon}"`);
  await writeFile(join(folder, 'index.html'), page);
}

async function bundle(folder: string): Promise<string[]> {
  const { config } = await import('./app/webpack.config.js');
  const compiler = webpack({ ...config, output: { ...config.output, path: folder } });
  const stats = await new Promise<Stats>((resolve, reject) => {
    compiler.run((error, result) => compiler.close(() => (result ? resolve(result) : reject(error))));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ preset: 'errors-warnings' }));
  const { entrypoints } = stats.toJson({ all: false, entrypoints: true });
  return (entrypoints?.['main']?.assets ?? []).map(({ name }) => name);
}

async function buildAurelia2App(outDir: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    root: join(import.meta.dirname, 'app-aurelia2'),
    base: './',
    configFile: false,
    logLevel: 'warn',
    // An app that installed the package needs no alias: here the package is this repository.
    resolve: { alias: Object.fromEntries(['core', 'aurelia2', 'devtools'].map(ownEntryPoint)) },
    // The content security policy of the server allows no data: URLs.
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0 },
  });
}

function ownEntryPoint(name: string): readonly [string, string] {
  const specifier = `aurelia-auth-refresh/${name}`;
  return [specifier, fileURLToPath(import.meta.resolve(specifier))];
}

/** Copies a file under a name that changes with its content, so that browsers may keep it for ever. */
async function hashed(file: string, folder: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 12);
  const name = `${basename(file, extname(file))}.${hash}${extname(file)}`;
  await cp(file, join(folder, name));
  return name;
}
