/** Finds the browsers of this machine; every finder answers with a path, or `undefined` where there is none. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const { CHROMIUM_BIN, CHROME_BIN, FIREFOX_BIN, WEBKIT_BIN, HOME = '', LOCALAPPDATA, PATH = '' } = process.env;

/** Chromium, Chrome or Edge. `CHROMIUM_BIN` or `CHROME_BIN` names another one. */
export function chromium() {
  return firstExisting([
    CHROMIUM_BIN,
    CHROME_BIN,
    ...onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'),
    ...macApplications(
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Chromium.app/Contents/MacOS/Chromium',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ),
    ...windowsPrograms('Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'),
  ]);
}

/** Firefox. `FIREFOX_BIN` names another one. */
export function firefox() {
  return firstExisting([
    FIREFOX_BIN,
    ...onPath('firefox-esr', 'firefox'),
    ...macApplications('Firefox.app/Contents/MacOS/firefox'),
    ...windowsPrograms('Mozilla Firefox\\firefox.exe'),
  ]);
}

/**
 * WebKit, the engine of Safari: the MiniBrowser of WebKitGTK. `WEBKIT_BIN` names another one. It runs on Linux only, and draws on
 * a display that Xvfb provides.
 */
export function webkit() {
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
  const folders = [...triplets.map(triplet => `/usr/lib/${triplet}`), '/usr/libexec', '/usr/lib'];
  const versions = ['webkit2gtk-4.1', 'webkitgtk-6.0'];
  return firstExisting([
    WEBKIT_BIN,
    ...folders.flatMap(folder => versions.map(version => join(folder, version, 'MiniBrowser'))),
  ]);
}

/** A program on the search path. */
export function program(name) {
  return firstExisting(onPath(name, `${name}.exe`));
}

/** What Chromium needs to run unattended; its sandbox refuses to start as root. */
export const chromiumFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

function firstExisting(paths) {
  return paths.find(path => path && existsSync(path));
}

function onPath(...names) {
  return names.flatMap(name => PATH.split(delimiter).map(folder => join(folder, name)));
}

function macApplications(...binaries) {
  const folders = ['/Applications', join(HOME, 'Applications')];
  return process.platform === 'darwin' ? folders.flatMap(folder => binaries.map(binary => join(folder, binary))) : [];
}

function windowsPrograms(...paths) {
  const folders = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], LOCALAPPDATA];
  return folders.filter(Boolean).flatMap(folder => paths.map(path => join(folder, path)));
}
