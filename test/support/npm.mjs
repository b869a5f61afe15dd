import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs npm in the project's folder with inherited output.
 *
 * @returns whether it succeeded
 */
export function npm(args, env = {}) {
  const { file, parameters, options } = command(args);
  const { status } = spawnSync(file, parameters, {
    ...options,
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status === 0;
}

/** Runs npm in a folder and returns its output. Throws if it failed. */
export function npmOutput(args, cwd) {
  const { file, parameters, options } = command(args);
  return execFileSync(file, parameters, { ...options, cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Runs npm in the project's folder beside other work. Resolves to its output, and whether it succeeded. */
export async function npmBeside(args) {
  const { file, parameters, options } = command(args);
  const child = spawn(file, parameters, { ...options, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { succeeded: status === 0, output: Buffer.concat(chunks).toString() };
}

function command(args) {
  const { npm_execpath: npmScript } = process.env;
  return npmScript
    ? { file: process.execPath, parameters: [npmScript, ...args], options: {} }
    : { file: 'npm', parameters: args, options: { shell: process.platform === 'win32' } };
}
