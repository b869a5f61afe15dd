import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from './support/tarball.js';
import { apps, compile } from './types/compile.js';
import { type Compiler, compilers } from './types/compilers.js';

const versions = ['3.9', '4.4', '4.9', '5.9', '6', '7'];

describe('apps that were written for aurelia-authentication 3.8.3', () => {
  let folder: string;
  let packed: string;
  let found: readonly Compiler[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'types-'));
    packed = await unpack(join(folder, 'packed'));
    found = await compilers();
  }, 240_000);

  afterAll(() => rm(folder, { recursive: true }));

  it('are six', async () => {
    expect((await readdir(apps)).length).toBe(6);
    expect(found.map(({ version }) => version)).toEqual(versions);
  });

  for (const version of versions) {
    it(`compile with TypeScript ${version}, strict and not, as they did with aurelia-authentication`, async () => {
      const compiler = found.find(one => one.version === version);
      if (!compiler) throw new Error(`TypeScript ${version} is not installed.`);
      const project = (name: string) => join(folder, `${version}-${name}`);
      const [before, strict, loose] = await Promise.all([
        compile(project('before'), compiler, true),
        compile(project('strict'), compiler, true, packed),
        compile(project('loose'), compiler, false, packed),
      ]);
      expect({ before, strict, loose }).toEqual({ before: [], strict: [], loose: [] });
    }, 120_000);
  }
});
