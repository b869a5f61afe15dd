import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { billOfMaterials } from '../support/bill-of-materials.mjs';
import { packedReadme } from '../support/packed-readme.mjs';
import { markdownPage } from './support/markdown-page.js';
import { link, root, tarball, unpack } from './support/tarball.js';

const run = promisify(execFile);
const manifest: Manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const doors = Object.keys(manifest.exports).filter(door => door !== './package.json' && !door.startsWith('./dist/'));
const serverDoors = ['./server', './express'];
const browserDoors = doors.filter(door => !serverDoors.includes(door));

describe('the packed package', () => {
  let app: string;
  let installed: string;

  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'app-'));
    installed = await unpack(app);
    await link(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }), app);
  }, 120_000);

  afterAll(() => rm(app, { recursive: true }));

  it('has a bill of materials with its dependencies', async () => {
    const { metadata, components } = JSON.parse(billOfMaterials(await tarball()));
    expect(metadata.component.name).toBe(manifest.name);
    expect(components.map(({ name }: { name: string }) => name)).toEqual(Object.keys(manifest.dependencies));
  }, 20_000);

  it('has a README without links that lead nowhere', async () => {
    const { links } = markdownPage(await readFile(join(installed, 'README.md'), 'utf8'));
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(link => !/^(?:https:|#)/.test(link))).toEqual([]);
    expect(await readFile(join(root, 'README.md'), 'utf8')).toContain('](doc/getting-started.md)');
  });

  it('has a README with absolute links if the repository is known', () => {
    const text =
      '![The demo:\na list](doc/demo.png)\n\n<img src="./doc/a.webp" width="9">\n\n[Guide](doc/a.md#b) [MDN](https://mdn.example/) [here](#here)';
    expect(packedReadme(text, 'https://git.example/a/b')).toBe(
      '![The demo:\na list](https://git.example/a/b/raw/main/doc/demo.png)\n\n' +
        '<img src="https://git.example/a/b/raw/main/doc/a.webp" width="9">\n\n' +
        '[Guide](https://git.example/a/b/blob/main/doc/a.md#b) [MDN](https://mdn.example/) [here](#here)',
    );
    expect(packedReadme(text, undefined)).toBe('Guide [MDN](https://mdn.example/) [here](#here)');
  });

  it('pleases publint', async () => {
    await expectAsync(bin('publint/src/cli.js', 'run', await tarball(), '--strict')).toBeResolved();
  }, 60_000);

  it('offers its types to every module resolution', async () => {
    const attw = bin('@arethetypeswrong/cli/dist/index.js', await tarball(), '--no-emoji', '--format=ascii');
    await expectAsync(attw).toBeResolved();
  }, 60_000);

  it('has an entry point for every entry file of src, and no other', async () => {
    const entries = (await readdir(join(root, 'src')))
      .filter(file => file.endsWith('.ts') && file !== 'errors.ts')
      .map(file => (file === 'index.ts' ? '.' : `./${file.replace('.ts', '')}`));
    expect(new Set(doors)).toEqual(new Set(entries));
  });

  for (const door of doors) {
    it(`opens ${door} to import and require, without a window`, async () => {
      const specifier = door.replace('.', manifest.name);
      const [imported, required] = await Promise.all([
        names(app, 'module', `import * as door from '${specifier}';`, preloaded(door)),
        names(app, 'commonjs', `const door = require('${specifier}');`, preloaded(door)),
      ]);
      expect(imported.length).toBeGreaterThan(0);
      expect(required).toEqual(imported);
    });
  }

  for (const path of ['aurelia-auth-refresh', 'aurelia-auth-refresh.js', 'index', 'index.js']) {
    it(`opens dist/native-modules/${path} and dist/commonjs/${path}, as aliases name them`, async () => {
      const folder = `${manifest.name}/dist`;
      const [imported, required, main] = await Promise.all([
        names(app, 'module', `import * as door from '${folder}/native-modules/${path}';`, preloaded('.')),
        names(app, 'commonjs', `const door = require('${folder}/commonjs/${path}');`, preloaded('.')),
        names(app, 'module', `import * as door from '${manifest.name}';`, preloaded('.')),
      ]);
      expect([imported, required]).toEqual([main, main]);
    });
  }

  for (const door of doors.filter(door => door !== '.')) {
    it(`leads to ${door} for tools that do not read exports`, async () => {
      const folder = join(installed, door);
      const { main, module, types } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      expect([main, module, types].filter(file => !existsSync(join(folder, file)))).toEqual([]);
    });
  }

  for (const door of browserDoors) {
    it(`keeps server code out of ${door}`, async () => {
      const { files, packages } = await graph(installed, door);
      expect(files.filter(file => /^(?:server|express)\b/.test(file))).toEqual([]);
      expect(packages.filter(name => /^(?:express|jose|node:.*)$/.test(name))).toEqual([]);
    });
  }

  for (const door of browserDoors.filter(door => door !== './oidc')) {
    it(`keeps OpenID Connect out of ${door}`, async () => {
      const { files, packages } = await graph(installed, door);
      expect(files.filter(file => file.includes('oidc'))).toEqual([]);
      expect(packages).not.toContain('oauth4webapi');
    });
  }

  it('brings the page that OpenID providers send windows back to', () => {
    const files = ['dist/callback.html', 'dist/callback.js'];
    expect(files.filter(file => !existsSync(join(installed, file)))).toEqual([]);
  });

  it('keeps Aurelia out of ./core', async () => {
    const { packages } = await graph(installed, './core');
    expect(packages.filter(name => name.startsWith('aurelia'))).toEqual([]);
  });

  for (const door of serverDoors) {
    it(`keeps browser code out of ${door}`, async () => {
      const { files } = await graph(installed, door);
      expect(files.filter(file => !/^(?:server|express)\b/.test(file))).toEqual([]);
    });
  }

  it('keeps HTTP frameworks out of ./server', async () => {
    const { files, packages } = await graph(installed, './server');
    expect(files.filter(file => file.startsWith('express'))).toEqual([]);
    expect(packages.filter(name => !name.startsWith('node:'))).toEqual(['jose']);
  });
});

interface Manifest {
  readonly name: string;
  readonly exports: Record<string, { readonly import: { readonly default: string } }>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

/** Exports of an entry point in a Node script without a window. */
async function names(
  app: string,
  inputType: 'module' | 'commonjs',
  loadDoor: string,
  preload: string[],
): Promise<string[]> {
  const script = `${loadDoor}
    if (typeof window !== 'undefined') throw new Error('a window appeared');
    console.log(JSON.stringify(Object.keys(door).sort()));`;
  const { stdout } = await run(process.execPath, [...preload, `--input-type=${inputType}`, '--eval', script], {
    cwd: app,
  });
  return JSON.parse(stdout);
}

/** Every Aurelia application loads the polyfills first; aurelia-templating-resources cannot be loaded without. */
function preloaded(door: string): string[] {
  return door === '.' || door.endsWith('ValueConverter')
    ? ['--require', join(root, 'node_modules/aurelia-polyfills')]
    : [];
}

/** The files of the package that an entry point loads, relative to the ES modules' folder, and the packages they name. */
async function graph(installed: string, door: string): Promise<{ files: string[]; packages: string[] }> {
  const entry = manifest.exports[door]?.import.default;
  if (!entry) {
    throw new Error(`The package has no door ${door}.`);
  }
  const { metafile } = await build({
    absWorkingDir: join(installed, 'dist/native-modules'),
    entryPoints: [join(installed, entry)],
    bundle: true,
    format: 'esm',
    packages: 'external',
    metafile: true,
    write: false,
    outdir: 'out',
  });
  const imports = Object.values(metafile.inputs).flatMap(input => input.imports);
  const external = imports.filter(({ external }) => external).map(({ path }) => path);
  return { files: Object.keys(metafile.inputs), packages: [...new Set(external)] };
}

function bin(script: string, ...args: string[]) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args]).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}${stderr}`);
  });
}
