/**
 * A folder for each additional entry point, for tools that do not read `exports`: aurelia-cli's bundler and
 * TypeScript's older module resolutions. `npm pack` writes the folders before it packs and removes them afterwards.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const doors = Object.keys(exports)
  .map(path => path.slice(2))
  .filter(door => door && door !== 'package.json' && !door.startsWith('dist/'));

for (const door of doors) {
  rmSync(join(root, door), { recursive: true, force: true });
  if (process.argv[2] === 'write') {
    mkdirSync(join(root, door));
    writeFileSync(join(root, door, 'package.json'), `${JSON.stringify(folderManifest(door), null, 2)}\n`);
  }
}

function folderManifest(door) {
  return {
    // aurelia-cli reads `main` only from packages named so. It must do so for every entry point, or it loads the code twice.
    name: `${name}-${door}`,
    private: true,
    main: `../dist/commonjs/${door}.js`,
    module: `../dist/native-modules/${door}.js`,
    types: `../dist/native-modules/${door}.d.ts`,
    sideEffects: false,
  };
}
