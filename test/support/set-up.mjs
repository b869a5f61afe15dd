/** Installs what the demo and the tests need and this machine lacks. Uses Node's own modules alone: it runs first. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium, firefox, program, webkit } from './browsers.mjs';
import { betterSqlite3, installBetterSqlite3, postgresFolder } from './databases.mjs';
import { npm } from './npm.mjs';
import { canRunWebKit } from './webkit.mjs';

/**
 * Installs the packages of package-lock.json unless they are there already.
 *
 * @throws when npm could not
 */
export function installPackages() {
  if (packagesAreInstalled()) {
    return;
  }
  console.log('Installing the packages of package-lock.json …');
  if (!npm(['ci', '--no-audit', '--no-fund'])) {
    throw new Error('`npm ci` failed: the lines above say why.');
  }
}

/**
 * Installs Chromium, Firefox, WebKit, Redis and PostgreSQL where this script may (Debian and its like, as root) and looks for them elsewhere.
 *
 * @returns what is missing that the tests can do without, a sentence each
 * @throws when there is no Chromium, Chrome or Edge: without a browser the tests prove little
 */
export function installPrograms() {
  const wanted = [
    { find: chromium, debian: 'chromium' },
    { find: firefox, debian: 'firefox-esr' },
    { find: webkit, debian: 'webkit2gtk-driver' },
    { find: () => program('Xvfb'), debian: 'xvfb' },
    { find: () => program('redis-server'), debian: 'redis-server' },
    { find: postgresFolder, debian: 'postgresql' },
  ];
  installBetterSqlite3({ compile: true });
  const missing = wanted.filter(({ find }) => !find());
  if (missing.length > 0 && process.getuid?.() === 0 && program('apt-get')) {
    aptInstall(missing.map(({ debian }) => debian));
  }
  if (!chromium()) {
    throw new Error(
      'The tests need Chromium, Chrome or Edge, and none was found. Install one ' +
        '(Debian: apt-get install chromium, macOS: brew install --cask google-chrome, Windows: Edge is enough), ' +
        'or set CHROME_BIN to the program.',
    );
  }
  return [
    ...(firefox() ? [] : ['the browser suites in Firefox: it was not found (FIREFOX_BIN names it)']),
    ...(canRunWebKit() ? [] : [withoutWebKit]),
    ...(postgresFolder() ? [] : ['the specs that need PostgreSQL: it was not found (POSTGRES_BIN names its folder)']),
    ...(betterSqlite3() ? [] : [withoutSqlite]),
    ...(program('redis-server') ? [] : ['the specs that need Redis: redis-server was not found']),
  ];
}

const withoutSqlite =
  'the specs that need better-sqlite3: npm found no binary for this Node version to download, and could not compile one ' +
  '(that needs Python, make and a C++ compiler)';

const withoutWebKit =
  "the browser suites and journeys in WebKit: WebKitGTK's MiniBrowser or Xvfb was not found " +
  '(Debian: apt-get install webkit2gtk-driver xvfb; WEBKIT_BIN names the MiniBrowser; there is none for macOS and Windows)';

function packagesAreInstalled() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional || devOptional),
  );
}

/** The packages a lock file lists; none when there is no such file. */
function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(new URL(`../../${lockFile}`, import.meta.url), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') {
      return {};
    }
    throw error;
  }
}

/** Installs one package after the other, so that one the distribution lacks does not cost the rest. */
function aptInstall(packages) {
  console.log(`Installing ${packages.join(', ')} …`);
  // Run level 1 keeps a freshly installed redis-server from being started as a service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  apt('update');
  for (const name of packages) {
    apt('install', '--yes', '--no-install-recommends', name);
  }
}
