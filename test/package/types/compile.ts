import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/tarball.js';
import type { Compiler } from './compilers.js';

const run = promisify(execFile);

export const apps = join(import.meta.dirname, 'apps');

const common = {
  lib: ['es2017', 'dom', 'dom.iterable'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/**
 * Compiles the apps, with aurelia-authentication as they were written, or with the package in its place.
 *
 * @param folder an empty folder
 * @param packed the package; undefined for aurelia-authentication
 * @returns the errors
 */
export async function compile(folder: string, compiler: Compiler, strict: boolean, packed?: string): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  cpSync(apps, folder, { recursive: true });
  if (packed) replaceLibrary(folder);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(compiler.peers).filter(name => name.startsWith('aurelia-')))
    symlinkSync(join(compiler.peers, name), join(modules, name), 'junction');
  for (const name of ['idb-keyval', 'jwt-decode'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  if (packed) symlinkSync(packed, join(modules, 'aurelia-auth-refresh'), 'junction');
  const compilerOptions = { ...common, ...compiler.options, strict };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*/*.ts'] }));
  const { stdout } = await run(process.execPath, [compiler.script, '-p', folder]).catch(error => error);
  return stdout.trim().split('\n').filter(Boolean);
}

function replaceLibrary(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('aurelia-authentication', 'aurelia-auth-refresh'));
  }
}
