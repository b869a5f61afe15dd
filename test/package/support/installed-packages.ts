import { existsSync, lstatSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './tarball.js';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const ownModules = join(root, 'node_modules');

/**
 * Puts packages into an app's node_modules, with the packages that npm installs for them. Bundlers resolve symbolic links, so files
 * are hard links where the system allows it.
 *
 * @param modules folder that has them
 */
export async function installed(names: readonly string[], app: string, modules = ownModules): Promise<void> {
  const found = new Set(names);
  for (const name of found) {
    const folder = join(modules, name);
    const target = join(app, 'node_modules', name);
    if (existsSync(target)) continue;
    if (lstatSync(folder).isSymbolicLink()) {
      // Its dependencies are beside the folder that it leads to.
      await symlink(await realpath(folder), target, 'junction');
      continue;
    }
    for (const dependency of await dependenciesIn(folder, modules)) found.add(dependency);
    await linkFolder(folder, target);
  }
}

/**
 * Packages that npm installs beside a package: dependencies, peers that are not optional, and optional dependencies for
 * this system. A package in its own node_modules is replaced by the dependencies of that package.
 */
export async function dependenciesIn(folder: string, modules = ownModules): Promise<readonly string[]> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter(name => peerDependenciesMeta[name]?.optional !== true);
  const optional = Object.keys(optionalDependencies).filter(name => existsSync(join(modules, name)));
  const required = Object.keys(dependencies).filter(name => !(name in optionalDependencies));
  const found = [...required, ...optional, ...peers].map(async name => {
    const nested = join(folder, 'node_modules', name);
    return existsSync(nested) ? dependenciesIn(nested, modules) : [name];
  });
  return (await Promise.all(found)).flat();
}

async function linkFolder(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await linkFolder(from, to);
    else if (entry.isSymbolicLink()) await symlink(from, to);
    else await linkFile(from, to);
  }
}

async function linkFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
