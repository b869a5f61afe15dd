import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/tarball.js';

const run = promisify(execFile);

/**
 * Runs a tool of this repository in the app's folder, as the app's scripts would. Throws with the tool's output if it
 * fails.
 */
export async function runTool(app: string, script: string, ...args: string[]): Promise<void> {
  await run(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: app }).catch(error => {
    throw new Error(`${error.message}\n${error.stdout}${error.stderr}`);
  });
}
