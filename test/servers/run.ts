/**
 * Starts authorization servers that people run, tries the rows with each in Chromium, and writes doc/servers.md. Fails where a
 * cell is neither right nor a documented limit. With names, only those servers are tried, and nothing is written.
 */
import { statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/tabs.js';
import { betterAuth } from './kinds/better-auth.js';
import { djangoOauthToolkit, simpleJwt } from './kinds/django.js';
import { doorkeeper } from './kinds/doorkeeper.js';
import { glewlwyd } from './kinds/glewlwyd.js';
import { nest } from './kinds/nest.js';
import { npmFolder } from './kinds/npm-server.js';
import { oidcProvider } from './kinds/oidc-provider.js';
import { Profile } from './profile.js';
import { debianVersions, output } from './programs.js';
import { type Cell, defects, markdown, type Run, type ServerResult, terminalTable } from './report.js';
import { observeResponses } from './responses.js';
import { type Row, rows } from './rows.js';
import type { RunningServer, ServerKind } from './server-kind.js';
import { Site } from './site.js';

const kinds = [djangoOauthToolkit, simpleJwt, doorkeeper, glewlwyd, nest, betterAuth, oidcProvider];
const accessTokenSeconds = 6;
/** Servers that run at the same time: the rows wait more than they work. */
const concurrency = 3;
const page = new URL('../../doc/servers.md', import.meta.url);

/** Starts a server, tries every row with it, and stops it. */
async function tryServer(kind: ServerKind, browser: Browser): Promise<ServerResult> {
  const folder = await mkdtemp(join(tmpdir(), `${kind.name}-`));
  const site = await Site.start();
  try {
    const server = await kind.start({ app: site.origin, folder, accessTokenSeconds });
    try {
      return await tryRunning(kind, server, browser, site);
    } finally {
      await server.stop();
    }
  } catch (error) {
    const cell: Cell = { kind: 'wrong', seen: `the server could not be tried: ${firstLine(error)}` };
    return { server: kind, versions: '', client: 'oidc', cells: new Map(rows.map(row => [row, cell])), responses: [] };
  } finally {
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryRunning(
  kind: ServerKind,
  server: RunningServer,
  browser: Browser,
  site: Site,
): Promise<ServerResult> {
  site.setup = server.client;
  site.api = server.api;
  const cells = new Map<Row, Cell>();
  for (const row of rows) {
    const cell = await tryRow(row, kind, server, browser, site.origin);
    cells.set(row, cell);
    console.error(`${elapsed()}  ${cell.kind.padEnd(5)}  ${kind.title}: ${row.title}`);
  }
  const responses = await observeResponses(server, () => Profile.open(browser, server, site.origin));
  return { server: kind, versions: server.versions, client: server.client.kind, cells, responses };
}

async function tryRow(
  row: Row,
  { limits }: ServerKind,
  server: RunningServer,
  browser: Browser,
  app: string,
): Promise<Cell> {
  const limit = limits?.[row.title];
  const profile = await Profile.open(browser, server, app);
  try {
    const remark = await row.run({ server, profile, accessTokenSeconds });
    return limit === undefined
      ? { kind: 'right', remark }
      : { kind: 'wrong', seen: 'it is right now, although a limit of the server is documented' };
  } catch (error) {
    const seen = firstLine(error);
    return limit === undefined ? { kind: 'wrong', seen } : { kind: 'limit', limit, seen };
  } finally {
    await profile.close();
  }
}

/** What is missing on this machine, and the command that installs it. */
async function missing(chosen: readonly ServerKind[]): Promise<string | undefined> {
  const packages = [...new Set(chosen.flatMap(kind => kind.packages))];
  const installed = await debianVersions(packages);
  const absent = packages.filter(name => !installed.has(name));
  if (absent.length === 0) return undefined;
  const install = ['install', '-y', '--no-install-recommends', ...absent];
  const isRoot = process.getuid?.() === 0;
  const hasApt = await output('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
  if (!isRoot || !hasApt) {
    return `Missing Debian packages: ${absent.join(' ')}\nInstall them with: sudo apt-get ${install.join(' ')}`;
  }
  console.error(`Installing ${absent.join(' ')}`);
  await output('apt-get', ['update']);
  await output('apt-get', install, { DEBIAN_FRONTEND: 'noninteractive' });
  return undefined;
}

/** Whether the packages of a folder are those of its lock file. */
function isInstalled(folder: string): boolean {
  const [wanted, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(file =>
    statSync(join(folder, file), { throwIfNoEntry: false }),
  );
  return installed !== undefined && wanted !== undefined && installed.mtimeMs >= wanted.mtimeMs;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}

function elapsed(): string {
  return `${(performance.now() / 1000).toFixed(0).padStart(4)} s`;
}

const names = process.argv.slice(2);
const chosen = kinds.filter(({ name }) => names.length === 0 || names.some(each => name.includes(each)));
if (chosen.length === 0) throw new Error(`No such server. There are: ${kinds.map(({ name }) => name).join(', ')}`);
const lack = await missing(chosen);
if (lack !== undefined) {
  console.error(lack);
  process.exit(1);
}
if (!isInstalled(npmFolder)) await output('npm', ['ci', '--prefix', npmFolder]);
const browser = await launchChromium();
const results = await inParallel(chosen, kind => tryServer(kind, browser));
const run: Run = {
  results,
  engine: `Chromium ${browser.version()}`,
  date: new Date().toISOString().slice(0, 10),
};
await browser.close();
console.log(terminalTable(run));
const wrong = defects(run);
console.log(
  `\n${results.flatMap(({ cells }) => [...cells]).length - wrong.length} right or limits, ${wrong.length} wrong, ${elapsed().trim()}`,
);
if (names.length === 0 && wrong.length === 0) await writeFile(page, markdown(run));
process.exitCode = wrong.length > 0 ? 1 : 0;
