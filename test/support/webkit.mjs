/** Starts WebKit, the engine of Safari: WebKitGTK's MiniBrowser, on a display of its own. Uses Node's own modules alone. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { program, webkit } from './browsers.mjs';

/** Whether this machine has what {@link startWebKit} needs. */
export function canRunWebKit() {
  return webkit() !== undefined && program('Xvfb') !== undefined;
}

/**
 * Starts the MiniBrowser and its display. `WEBKIT_FLAGS` adds arguments: `--features=!WebLocksAPI,!BroadcastChannel` imitates
 * an older engine.
 *
 * @param home a folder for the profile and everything else that the browser writes
 * @param args arguments of the MiniBrowser: flags, then the pages to open
 * @param variables further environment variables, such as options of the JavaScript engine
 * @returns the browser's process; its display ends with it
 */
export function startWebKit(home, args, variables) {
  return startOnDisplay(webkit(), home, [...flags(), ...args], variables);
}

/** Whether this machine has what {@link startWebKitDriver} needs. */
export function canDriveWebKit() {
  return canRunWebKit() && program('WebKitWebDriver') !== undefined;
}

/**
 * Starts a WebDriver server and its display. Its browsers use the same display and folder.
 *
 * @returns the process of the server, and the capabilities to request from it
 */
export async function startWebKitDriver(home, port) {
  const driver = await startOnDisplay(program('WebKitWebDriver'), home, [`--port=${port}`, '--host=127.0.0.1']);
  const options = { binary: webkit(), args: ['--automation', ...flags()] };
  return { driver, capabilities: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options } };
}

function flags() {
  return process.env.WEBKIT_FLAGS?.split(' ') ?? [];
}

async function startOnDisplay(command, home, args, variables = {}) {
  const { display, stop } = await startDisplay();
  const env = { ...environment(home, display), ...variables };
  const started = spawn(command, args, { env, stdio: 'ignore' });
  started.once('exit', stop);
  started.once('error', stop);
  return started;
}

/** Name and version of the browser. */
export async function webkitVersion() {
  const { display, stop } = await startDisplay();
  try {
    return execFileSync(webkit(), ['--version'], { env: environment(tmpdir(), display), encoding: 'utf8' }).trim();
  } finally {
    stop();
  }
}

/** Nothing of the user's is read or written, and neither graphics hardware nor D-Bus is needed. */
function environment(home, display) {
  const software = { WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1', GSK_RENDERER: 'cairo' };
  const alone = {
    NO_AT_BRIDGE: '1',
    GTK_A11Y: 'none',
    GSETTINGS_BACKEND: 'memory',
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  };
  const folders = { HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };
  return { ...process.env, ...software, ...alone, ...folders, DISPLAY: display, GDK_BACKEND: 'x11' };
}

async function startDisplay() {
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const xvfb = spawn(program('Xvfb'), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(xvfb.stdio[3], 'data');
  return { display: `:${String(number).trim()}`, stop: () => xvfb.kill() };
}

/** A karma plugin: the launcher that karma knows as `WebKit`. */
export const webkitLauncher = { 'launcher:WebKit': ['type', WebKitLauncher] };

WebKitLauncher.$inject = ['baseBrowserDecorator'];

function WebKitLauncher(baseBrowserDecorator) {
  baseBrowserDecorator(this);
  this.displayName = 'WebKit';
  this._start = url => {
    // Every collection is a full one, so that specs can rely on it.
    startWebKit(this._tempDir, [url], { JSC_useGenerationalGC: '0' }).then(
      browser => {
        this._process = browser;
        browser.once('exit', (code, signal) => this._onProcessExit(code, signal, ''));
        browser.once('error', error => this._onProcessExit(-1, null, String(error)));
      },
      error => this._clearTempDirAndReportDone(String(error)),
    );
  };
}
