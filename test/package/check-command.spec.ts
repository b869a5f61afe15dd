import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, unpack } from './support/tarball.js';

const run = promisify(execFile);

describe('the command of the packed package', () => {
  let folder: string;
  let command: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command-'));
    command = join(await unpack(folder), 'dist/check.js');
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true }));

  it('checks an application without any other package', async () => {
    const app = join(root, 'test/journey/drop-in/app');
    const { stdout } = await run(process.execPath, [command, 'check', '--json'], { cwd: app });
    expect(JSON.parse(stdout).counts).toEqual({ change: 7, look: jasmine.any(Number), stays: jasmine.any(Number) });
  }, 30_000);

  it('exits with 1 and a message if there is nothing to check', async () => {
    const nothing = run(process.execPath, [command, 'check', folder]);
    await expectAsync(nothing).toBeRejectedWith(
      jasmine.objectContaining({ code: 1, stderr: jasmine.stringContaining('uses aurelia-authentication.') }),
    );
  }, 30_000);

  it('is small enough to be fetched for one run', async () => {
    expect((await stat(command)).size).toBeLessThan(600_000);
  });
});
