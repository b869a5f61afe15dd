import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { clientModule } from '../peers/peer-server.js';
import { type ContestantName, contestants } from './contestants.js';

const frameworks = ['aurelia', '@aurelia/*', '@angular/*', 'rxjs'];
const aurelia1 = ['b', 'd', 'e', 'f', 'h', 'l', 'm', 'p', 'r', 't'].map(letter => `aurelia-${letter}*`);

/** Bytes that a page loads at its start for each client as configured here, minified, by gzip. Frameworks are not counted. */
export async function clientSizes(): Promise<ReadonlyMap<ContestantName, number>> {
  const sizes = new Map<ContestantName, number>();
  for (const name of contestants) sizes.set(name, await clientBytes(name));
  return sizes;
}

async function clientBytes(name: ContestantName): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: clientModule(name),
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    target: 'es2022',
    tsconfig: join(import.meta.dirname, '../tsconfig.json'),
    mainFields: ['module', 'main'],
    external: [...frameworks, ...aurelia1],
    outdir: import.meta.dirname,
    metafile: true,
    write: false,
  });
  const loaded = staticChunks(metafile);
  const chunks = outputFiles.filter(({ path }) => [...loaded].some(chunk => path.endsWith(chunk.replace(/.*\//, '/'))));
  return chunks.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
}

/** The entry chunk, and the chunks that it imports without waiting for a reason to. */
function staticChunks({ outputs }: Metafile): Set<string> {
  const entry = Object.keys(outputs).find(path => outputs[path]?.entryPoint !== undefined) ?? '';
  const chunks = new Set([entry]);
  for (const chunk of chunks) {
    for (const { path, kind } of outputs[chunk]?.imports ?? []) if (kind === 'import-statement') chunks.add(path);
  }
  return chunks;
}
