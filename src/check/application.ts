import { posix } from 'node:path';
import type { AppFile } from './app-files.js';
import { type SourceFile, sourceFile } from './source-file.js';
import type { Place } from './syntax.js';

const extensions = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '/index.ts', '/index.js'];

/** An application, with its sources parsed. */
export class Application {
  /** Sources by path. */
  readonly sources = new Map<string, SourceFile>();
  /** Sources with a syntax error, and the error. */
  readonly unreadable = new Map<string, Error>();

  constructor(readonly files: readonly AppFile[]) {
    for (const file of files.filter(({ path }) => /\.[cm]?[jt]sx?$/.test(path))) {
      try {
        this.sources.set(file.path, sourceFile(file));
      } catch (error) {
        this.unreadable.set(file.path, error as Error);
      }
    }
  }

  /** The value that another source file exports, with that file. */
  exported(
    from: SourceFile,
    module: string,
    name: string,
  ): { readonly file: SourceFile; readonly place: Place } | undefined {
    const file = this.imported(from, module);
    const place = file?.exported.get(name === '*' ? 'default' : name);
    return file && place && { file, place };
  }

  /** Modules without `.` at their start are found by the end of a path, since loaders have different roots. */
  private imported(from: SourceFile, module: string): SourceFile | undefined {
    if (module.startsWith('.')) {
      const path = posix.join(posix.dirname(from.path), module);
      return this.sources.get(extensions.map(end => path + end).find(file => this.sources.has(file)) ?? '');
    }
    const ends = extensions.slice(1).map(end => `/${module}${end}`);
    return [...this.sources.values()].find(({ path }) => ends.some(end => `/${path}`.endsWith(end)));
  }
}
