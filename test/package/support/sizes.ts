import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** Bytes that a page loads for given imports. */
export interface Size {
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
  /** Minified bytes by origin: `session/` or another folder of this package, or another package. */
  readonly parts: ReadonlyMap<string, number>;
  /** Minified bytes by module of this package, or another package. */
  readonly modules: ReadonlyMap<string, number>;
}

/** Imports of a page, as the source of an ES module. */
export const imports = {
  '.': `export * from 'aurelia-auth-refresh';`,
  './core': `export * from 'aurelia-auth-refresh/core';`,
  './oidc with ./core': `export * from 'aurelia-auth-refresh/core'; export * as oidc from 'aurelia-auth-refresh/oidc';`,
  './aurelia-api with .': `export * from 'aurelia-auth-refresh'; export * as api from 'aurelia-auth-refresh/aurelia-api';`,
  './aurelia2 with Session and Bearer': `export * from 'aurelia-auth-refresh/aurelia2'; export { Bearer, browserPorts, protectedUrls, Session } from 'aurelia-auth-refresh/core';`,
  './devtools with Session and Bearer': `export * from 'aurelia-auth-refresh/devtools'; export { Bearer, browserPorts, protectedUrls, Session } from 'aurelia-auth-refresh/core';`,
  'Session and Bearer of ./core': `export { Bearer, browserPorts, protectedUrls, Session } from 'aurelia-auth-refresh/core';`,
} as const;

export type Import = keyof typeof imports;

/** Gzip bytes. */
export interface Budget {
  /** Limit that fails a spec. */
  readonly limit: number;
  /** Target that is not reached. */
  readonly target?: number;
  /** An import set that the page has anyway and that does not count. */
  readonly besides?: Import;
}

/** Slightly above the current sizes. A commit that raises a limit states the reason. */
export const budgets: Readonly<Record<Import, Budget>> = {
  '.': { limit: 41_580, target: 10_000 },
  './core': { limit: 25_050 },
  './oidc with ./core': { limit: 19_300, target: 12_000, besides: './core' },
  './aurelia-api with .': { limit: 2_300, besides: '.' },
  './aurelia2 with Session and Bearer': { limit: 2_600, besides: 'Session and Bearer of ./core' },
  './devtools with Session and Bearer': { limit: 9_600, besides: 'Session and Bearer of ./core' },
  'Session and Bearer of ./core': { limit: 18_350, target: 5_000 },
};

/** Gzip bytes of each import set, without its base. */
export function counted(sizes: ReadonlyMap<string, Size>, name: Import): number {
  const of = (one: Import) => sizes.get(one)?.gzip ?? Number.NaN;
  const { besides } = budgets[name];
  return of(name) - (besides ? of(besides) : 0);
}

/** Framework packages are not counted, because an application has its own copy. */
const framework: Plugin = {
  name: 'framework',
  setup({ onResolve }) {
    const bundled = /^aurelia-(?:auth-refresh|authentication|api)(?:$|\/)/;
    onResolve({ filter: /^(?:aurelia-|@aurelia\/)/ }, ({ path }) =>
      bundled.test(path) ? null : { path, external: true },
    );
  },
};

/** Imports of framework packages, which disappear when a bundler adds these packages. */
const importStatements = /import(?:\{[^}]*\}from)?"[^"]*";/g;

/** @param folder from which the packages are resolved */
export async function sizeOf(source: string, folder: string): Promise<Size> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2020',
    mainFields: ['module', 'main'],
    plugins: [framework],
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const contents = Buffer.from((outputFiles[0]?.text ?? '').replace(importStatements, ''));
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs));
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents).length,
    parts: bytesBy(inputs, file => moduleOf(file).replace(/^([^@/]+\/).*/, '$1')),
    modules: bytesBy(inputs, moduleOf),
  };
}

/** Sums the bytes of input files by a name. */
function bytesBy(
  inputs: readonly (readonly [file: string, { readonly bytesInOutput: number }])[],
  nameOf: (file: string) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [file, { bytesInOutput }] of inputs) {
    const name = nameOf(file);
    if (bytesInOutput > 0) sums.set(name, (sums.get(name) ?? 0) + bytesInOutput);
  }
  return sums;
}

function moduleOf(file: string): string {
  return /native-modules\/(.*)/.exec(file)?.[1] ?? /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
}
