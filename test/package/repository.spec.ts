import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

describe('the repository', () => {
  it('locks versions without download addresses', async () => {
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
    const resolved = Object.keys(packages).filter(path => 'resolved' in packages[path]);
    expect(resolved).toEqual([]);
  });

  it('has no source file over 350 lines, with its comments', async () => {
    const files = (await readdir(join(root, 'src'), { recursive: true })).filter(file => file.endsWith('.ts'));
    const texts = await Promise.all(files.map(async file => ({ file, text: await textOf(join('src', file)) })));
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter(({ text }) => text.split('\n').length > 351).map(({ file }) => file)).toEqual([]);
  });

  it('names no registry in any file', async () => {
    if (!existsSync(join(root, '.git'))) {
      pending('this is no git checkout');
    }
    const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: root, shell: true });
    const { host } = new URL(registry.trim());
    const { stdout } = await run('git', ['ls-files', '-z'], { cwd: root });
    const files = stdout.split('\0').filter(Boolean);
    const texts = await Promise.all(files.map(async file => ({ file, text: await textOf(file) })));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter(({ text }) => text.includes(host)).map(({ file }) => file)).toEqual([]);
  });

  it('runs the command of the README on three systems', async () => {
    const workflow = await readFile(join(root, '.github/workflows/test.yml'), 'utf8');
    expect(workflow).toMatch(/^ +os: \[ubuntu-latest, macos-latest, windows-latest\]$/m);
    expect(workflow).toMatch(/^ +- run: npm test$/m);
    expect(await readFile(join(root, 'README.md'), 'utf8')).toMatch(/^npm test /m);
  });
});

/** Empty for a tracked file that is deleted but not yet committed. */
function textOf(file: string): Promise<string> {
  return readFile(join(root, file), 'utf8').catch(() => '');
}
