import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = join(import.meta.dirname, '../../..');

let packed: Promise<string> | undefined;

/** The package as `npm pack` makes it; made once, and gone when this process ends. `PACKED` names one that was made before. */
export function tarball(): Promise<string> {
  packed ??= process.env['PACKED'] ? Promise.resolve(process.env['PACKED']) : pack();
  return packed;
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const npm = process.env['npm_execpath'];
  const args = ['pack', '--silent', '--pack-destination', folder];
  await (npm ? run(process.execPath, [npm, ...args], { cwd: root }) : run('npm', args, { cwd: root, shell: true }));
  const [name = ''] = (await readdir(folder)).filter(file => file.endsWith('.tgz'));
  return join(folder, name);
}

/** Puts the packed package into an app's node_modules; returns its folder there. */
export async function unpack(app: string): Promise<string> {
  const folder = join(app, 'node_modules/aurelia-auth-refresh');
  await mkdir(folder, { recursive: true });
  const file = await tarball();
  // Git for Windows brings a tar that takes what stands before a colon, such as a drive, for a host.
  await run('tar', ['-xzf', basename(file), '--strip-components=1', '-C', folder], { cwd: dirname(file) });
  return folder;
}

/** Puts packages that this repository has into an app's node_modules, by reference. */
export async function link(packages: readonly string[], app: string): Promise<void> {
  for (const name of packages) {
    const place = join(app, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(root, 'node_modules', name), place, 'junction');
  }
}
