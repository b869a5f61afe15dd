import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs npm in the project's folder with inherited output.
 *
 * @returns whether it succeeded
 */
export function npm(args, env = {}) {
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } };
  const { npm_execpath: npmScript } = process.env;
  const { status } = npmScript
    ? spawnSync(process.execPath, [npmScript, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  return status === 0;
}

/** Runs npm in a folder and returns its output. Throws if it failed. */
export function npmOutput(args, cwd) {
  const options = { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const { npm_execpath: npmScript } = process.env;
  return npmScript
    ? execFileSync(process.execPath, [npmScript, ...args], options)
    : execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
}
