import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, tarball } from '../package/support/tarball.js';
import { blocks } from '../support/examples.js';

const run = promisify(execFile);

/** Creates a project from the installation commands of guides, with the packed package and further packages. */
export async function project(guides: readonly string[], packages: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'project-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(join(folder, '.npmrc'), await readFile(join(root, '.npmrc'), 'utf8'));
  const named = guides.flatMap(installed).filter(name => name !== 'aurelia-auth-refresh');
  await npm(folder, 'install', '--save-exact', '--no-audit', '--no-fund', await tarball(), ...named, ...packages);
  return folder;
}

/** Writes the files that a guide shows. Returns their names. */
export async function writeFiles(guide: string, folder: string, languages: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const block of languages.flatMap(language => blocks(guide, language))) {
    const [, name, text = ''] = /^(?:\/\/|<!--) ([\w.-]+)(?: -->)?\n([\s\S]*)$/.exec(block) ?? [];
    if (name === undefined) continue;
    await writeFile(join(folder, name), text);
    names.push(name);
  }
  return names;
}

/** Runs a script of an installed package in the project's folder. Returns its output. */
export async function runTool(folder: string, script: string, ...args: string[]): Promise<string> {
  return output(run(process.execPath, [join(folder, 'node_modules', script), ...args], { cwd: folder }));
}

/** Packages in the guide's commands `npm install`. */
function installed(guide: string): string[] {
  const commands = blocks(guide, 'sh').join('\n').replaceAll('\\\n', ' ').split('\n');
  const installs = commands.filter(command => command.startsWith('npm install'));
  return installs.flatMap(command => command.split(/\s+/).slice(2)).filter(word => word && !word.startsWith('-'));
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  const { npm_execpath: script } = process.env;
  await output(
    script
      ? run(process.execPath, [script, ...args], { cwd: folder })
      : run('npm', args, { cwd: folder, shell: process.platform === 'win32' }),
  );
}

async function output(work: Promise<{ readonly stdout: string }>): Promise<string> {
  try {
    return (await work).stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as { message: string; stdout: string; stderr: string };
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
}
