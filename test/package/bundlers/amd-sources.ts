import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** Writes the app's modules in AMD format, and its views beside them. Returns the folder's name. */
export async function amdSources(app: string): Promise<string> {
  await mkdir(join(app, 'amd'), { recursive: true });
  for (const file of await readdir(join(app, 'src'))) {
    const source = await readFile(join(app, 'src', file), 'utf8');
    await writeFile(join(app, 'amd', file), file.endsWith('.js') ? amd(source) : source);
  }
  return 'amd';
}

function amd(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.AMD, target: ts.ScriptTarget.ES2019 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
