/** Finds the databases of this machine that the tests and the demo use. */
import { existsSync, readdirSync } from 'node:fs';
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
    return Database;
  } catch {
    return undefined;
  }
}

/** Installs better-sqlite3 unless it works already. Its installation downloads a binary, or compiles one in about a minute. */
export function installBetterSqlite3() {
  if (betterSqlite3()) return;
  console.log('Installing better-sqlite3 …');
  npm(['ci', '--no-audit', '--no-fund', '--prefix', nativeFolder]);
}
