/** Bundles the browser specs into one file, with every browser module of `src` instrumented for coverage. */

import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';
import { createInstrumenter } from 'istanbul-lib-instrument';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const bundle = '.karma/specs.js';

/** Specs under these folders run in Node, against the package or in a browser they drive themselves. */
const elsewhere = /^test\/(?:server|express|package|journey|peers|support)\/|\.node\.spec\.ts$/;

export function browserSpecs() {
  return filesIn('test', '.spec.ts').filter(file => !elsewhere.test(file));
}

/** What a browser may load: all of `src` but the server companion and the command. Loading it all lets untested files count. */
export function browserSources() {
  return filesIn('src', '.ts').filter(file => !/^src\/(?:server|express|check)[./]/.test(file));
}

/**
 * Writes {@link bundle}; a bundle of an earlier run is deleted first.
 *
 * @param options.watch writes it again whenever a source or a spec changes
 */
export async function bundleSpecs({ watch = false } = {}) {
  await rm(join(root, '.karma'), { recursive: true, force: true });
  const build = await context({
    absWorkingDir: root,
    entryPoints: ['browser-specs'],
    outfile: bundle,
    bundle: true,
    format: 'iife',
    // As the package's own code, so that an older engine runs them as well.
    target: 'es2019',
    sourcemap: 'inline',
    tsconfig: 'test/tsconfig.json',
    mainFields: ['module', 'main'],
    // Loaders that aurelia-bootstrapper picks by environment; none of them is this one.
    external: ['aurelia-loader-nodejs', 'aurelia-loader-webpack'],
    // The entry imports src for its effect, which `sideEffects: false` would drop.
    ignoreAnnotations: true,
    logLevel: 'warning',
    plugins: [entry, instrument],
  });
  await build.rebuild();
  await (watch ? build.watch() : build.dispose());
}

const entry = {
  name: 'entry',
  setup(build) {
    build.onResolve({ filter: /^browser-specs$/ }, ({ path }) => ({ path, namespace: 'entry' }));
    build.onLoad({ filter: /.*/, namespace: 'entry' }, () => ({
      contents: ['aurelia-polyfills', ...[...browserSources(), ...browserSpecs()].map(file => `./${file}`)]
        .map(module => `import '${module}';`)
        .join('\n'),
      resolveDir: root,
      watchDirs: [...foldersIn('src'), ...foldersIn('test')],
    }));
  },
};

/** Counts how often each statement and branch of `src` runs, in `globalThis.__coverage__` by path. */
export const instrument = {
  name: 'instrument',
  setup(build) {
    const instrumenter = createInstrumenter({
      esModules: true,
      produceSourceMap: true,
      parserPlugins: ['typescript', 'classProperties', 'dynamicImport', 'importMeta'],
    });
    build.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(join(root, 'src') + sep)) {
        return undefined;
      }
      const instrumented = instrumenter.instrumentSync(await readFile(path, 'utf8'), path);
      const map = Buffer.from(JSON.stringify(instrumenter.lastSourceMap())).toString('base64');
      return {
        contents: `${instrumented}\n//# sourceMappingURL=data:application/json;base64,${map}`,
        loader: 'ts',
      };
    });
  },
};

function filesIn(folder, extension) {
  return entriesIn(folder)
    .filter(entry => entry.isFile() && entry.name.endsWith(extension))
    .map(pathFromRoot)
    .sort();
}

function foldersIn(folder) {
  const below = entriesIn(folder).filter(entry => entry.isDirectory());
  return [folder, ...below.map(pathFromRoot)].map(path => join(root, path));
}

function entriesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
}

function pathFromRoot(entry) {
  return join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/');
}
