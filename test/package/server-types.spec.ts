import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, unpack } from './support/tarball.js';

/** Packages with the types of each Node version, by the folder they have here. */
const nodeTypes = ['@types/node', 'types-node-22', 'types-node-24', 'types-node-25', 'types-node-26'];
const expressTypes = [
  'express',
  '@types/express',
  '@types/express-serve-static-core',
  '@types/body-parser',
  '@types/connect',
  '@types/http-errors',
  '@types/qs',
  '@types/range-parser',
  '@types/send',
  '@types/serve-static',
];
const doors: [door: string, packages: readonly string[], use: string][] = [
  ['server', ['jose'], 'door.memoryStore().check();'],
  [
    'express',
    ['jose', ...expressTypes],
    'door.requireToken(door.accessTokenVerifier({} as never))({} as never, {} as never, () => undefined);',
  ],
];

describe('the types of the server entry points', () => {
  for (const [door, packages, use] of doors) {
    for (const types of nodeTypes) {
      it(`compile for ./${door} with ${types} and without packages that are not used`, async () => {
        const app = await mkdtemp(join(tmpdir(), 'types-'));
        try {
          await unpack(app);
          for (const name of [...packages, 'undici-types']) await link(name, name, app);
          await link(types, '@types/node', app);
          await writeFile(
            join(app, 'app.ts'),
            `import * as door from 'aurelia-auth-refresh/${door}';\nvoid door;\n${use}\n`,
          );
          await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
          await writeFile(join(app, 'package.json'), '{ "type": "module" }');
          expect(await compiled(app)).toBe('');
        } finally {
          await rm(app, { recursive: true });
        }
      }, 60_000);
    }
  }
});

/** Links are kept, so that the types of Node are those of the app and not those of this repository. */
const compilerOptions = {
  target: 'es2022',
  lib: ['es2022', 'dom'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  preserveSymlinks: true,
  noEmit: true,
  types: ['node'],
};

async function link(from: string, name: string, app: string): Promise<void> {
  const place = join(app, 'node_modules', name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(root, 'node_modules', from), place, 'junction');
}

/** What the compiler complains of. */
function compiled(app: string): Promise<string> {
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  return new Promise(resolve => {
    execFile(process.execPath, [tsc, '-p', 'tsconfig.json', '--pretty', 'false'], { cwd: app }, (_, stdout) =>
      resolve(stdout),
    );
  });
}
