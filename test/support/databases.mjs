/** Finds the databases of this machine that the tests and the demo use. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './browsers.mjs';
import { npm } from './npm.mjs';

/** The folder of PostgreSQL's programs. Debian keeps them off the search path. `POSTGRES_BIN` names another folder. */
export function postgresFolder() {
  const { POSTGRES_BIN } = process.env;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    POSTGRES_BIN,
    ...versions.map(version => join(debian, version, 'bin')),
    dirname(program('initdb') ?? ''),
  ];
  return folders.find(folder => folder && existsSync(join(folder, 'initdb')));
}

const nativeFolder = fileURLToPath(new URL('native/', import.meta.url));

/** The class of better-sqlite3, or `undefined` if its native code cannot be loaded. */
export function betterSqlite3() {
  try {
    const Database = createRequire(nativeFolder)('better-sqlite3');
    new Database(':memory:').close();
    linkBetterSqlite3();
    return Database;
  } catch {
    return undefined;
  }
}

/**
 * Installs better-sqlite3 unless it works already: downloads a binary, or compiles one in about a minute if `compile` is set.
 *
 * @returns whether it works
 */
export function installBetterSqlite3({ compile }) {
  const inNativeFolder = ['--no-audit', '--no-fund', '--prefix', nativeFolder];
  if (!betterSqlite3() && npm(['ci', '--ignore-scripts', ...inNativeFolder])) {
    const download = [join(nativeFolder, 'node_modules/prebuild-install/bin.js')];
    const options = { cwd: join(nativeFolder, 'node_modules/better-sqlite3'), stdio: 'ignore', timeout: 20_000 };
    const isDownloaded = spawnSync(process.execPath, download, options).status === 0;
    if (!isDownloaded && compile) {
      console.log('Compiling better-sqlite3 …');
      npm(['rebuild', 'better-sqlite3', ...inNativeFolder]);
    }
  }
  return betterSqlite3() !== undefined;
}

/** Makes `import 'better-sqlite3'` work in the guides and in the demo. npm removes the link when it installs other packages. */
function linkBetterSqlite3() {
  const link = fileURLToPath(new URL('../../node_modules/better-sqlite3', import.meta.url));
  if (!existsSync(link)) symlinkSync(join(nativeFolder, 'node_modules/better-sqlite3'), link, 'junction');
}
