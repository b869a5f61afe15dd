import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildContext, context, type Plugin } from 'esbuild';
import { browserSpecs, instrument } from '../support/bundle-specs.mjs';

const root = join(import.meta.dirname, '../..');

/** Bundles the browser specs of some folders into one script, with changed sources. */
export class SpecBundle {
  private constructor(
    private readonly build: BuildContext,
    private readonly change: Change,
  ) {}

  static async create(folders: readonly string[], { instrumented = false } = {}): Promise<SpecBundle> {
    const specs = browserSpecs().filter(spec => folders.some(folder => spec.startsWith(`test/${folder}/`)));
    const change: Change = {};
    const build = await context({
      absWorkingDir: root,
      entryPoints: ['specs'],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      tsconfig: 'test/tsconfig.json',
      mainFields: ['module', 'main'],
      external: ['aurelia-loader-nodejs', 'aurelia-loader-webpack'],
      // The entry imports the specs for their effect, which `sideEffects: false` would drop.
      ignoreAnnotations: true,
      write: false,
      logLevel: 'silent',
      plugins: [entry(specs, change), instrumented ? instrument : changedSource(change)],
    });
    return new SpecBundle(build, change);
  }

  /**
   * Returns the script, with `source` in place of `file` and the specs of that file first. Rejects if `source` has a syntax
   * error.
   */
  async script(file?: string, source?: string): Promise<string> {
    Object.assign(this.change, { file, source });
    return (await this.build.rebuild()).outputFiles?.[0]?.text ?? '';
  }

  dispose(): Promise<void> {
    return this.build.dispose();
  }
}

interface Change {
  readonly file?: string;
  readonly source?: string;
}

function entry(specs: readonly string[], change: Change): Plugin {
  return {
    name: 'entry',
    setup(build) {
      build.onResolve({ filter: /^specs$/ }, ({ path }) => ({ path, namespace: 'entry' }));
      build.onLoad({ filter: /.*/, namespace: 'entry' }, () => {
        const own = change.file?.replace(/^src/, 'test').replace(/\.ts$/, '.spec.ts');
        const ordered = [...specs].sort((one, other) => Number(other === own) - Number(one === own));
        return {
          contents: ['aurelia-polyfills', ...ordered.map(spec => `./${spec}`)]
            .map(file => `import '${file}';`)
            .join('\n'),
          resolveDir: root,
        };
      });
    },
  };
}

function changedSource(change: Change): Plugin {
  return {
    name: 'changed source',
    setup(build) {
      build.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
        const isChanged = change.file !== undefined && path === join(root, change.file);
        const source = isChanged ? change.source : undefined;
        return { contents: source ?? (await readFile(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}
