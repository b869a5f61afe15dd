import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.js';

/** Builds the app for production. Returns its page. */
export async function buildByVite(app: string): Promise<string> {
  const page = '<!doctype html><body><script type="module" src="./vite-main.js"></script></body>';
  await writeFile(join(app, 'vite.html'), page);
  await runTool(app, 'vite/bin/vite.js', 'build');
  return 'vite/vite.html';
}
