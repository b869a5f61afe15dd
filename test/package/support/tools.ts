import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from '../../support/npm.mjs';
import { root } from './tarball.js';

/**
 * Installs packages that are no development dependencies, because their versions or names conflict with those, or because they
 * bring too many packages. Installed ones are kept until the versions change.
 *
 * @param dependencies exact versions by name
 * @returns the folder, which has the packages in its `node_modules`
 */
export async function installTools(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, 'node_modules/.cache', name);
  const manifest = JSON.stringify({ private: true, dependencies });
  const file = join(folder, 'package.json');
  const done = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(done) && (await readFile(file, 'utf8')) === manifest) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(file, manifest);
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps'];
  if (!npm(['install', ...options])) throw new Error(`The packages for ${name} could not be installed.`);
  return folder;
}
