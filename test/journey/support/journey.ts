import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoServer, DemoServerOptions } from '../../../doc/demo/server/demo-server.js';
import type { LoggedRequest } from '../../../doc/demo/server/request-log.js';
import { listen } from '../../server/support/http-server.js';
import type { AppPage, JourneyBrowser, Profile } from './browsers/app-page.js';

/** Lifetime of access tokens in a journey that names no other, in seconds. */
export const lifetime = 3;
/** Maximum time from a request to the tokens of its response, in ms. */
const issuingMs = 500;

/** The demo, built, served and opened in a new profile of a browser. */
export interface Journey<P extends AppPage = AppPage> extends Pick<Profile<P>, 'errors' | 'freeze' | 'clock'> {
  readonly server: DemoServer;
  readonly page: P;
  readonly requests: RequestsSeen;
  openTab(): Promise<P>;
  /** Stops requests to an endpoint on their way to the server. Returns a function that lets them continue. */
  hold(endpoint: string): () => void;
  close(): Promise<void>;
}

export interface RequestsSeen {
  all(): readonly LoggedRequest[];
  /** Requests to the API that carried a token. */
  toApi(): readonly LoggedRequest[];
  refreshes(): readonly LoggedRequest[];
  /** Requests that issued tokens. */
  issued(): readonly LoggedRequest[];
  unauthorized(): readonly LoggedRequest[];
  /** Requests to the API whose token had expired when they arrived. */
  expired(): readonly LoggedRequest[];
}

export interface JourneyOptions extends DemoServerOptions {
  /** Whether this browser opens the demo for the first time, which signs in by itself. @default false */
  readonly isFirstVisit?: boolean;
}

export async function startJourney<P extends AppPage>(
  browser: JourneyBrowser<P>,
  { appFolder: builtFolder, isFirstVisit = false, ...options }: JourneyOptions,
): Promise<Journey<P>> {
  // Imported late: it imports the package, which `buildDemo()` must build first.
  const { demoServer } = await import('../../../doc/demo/server/demo-server.js');
  const appFolder = await withWitness(builtFolder, isFirstVisit);
  const server = demoServer({ ...options, appFolder });
  const held = new Map<string, Promise<void>>();
  const { origin, close: stopServer } = await listen(async (req, res) => {
    await held.get(`${req.method} ${req.url}`);
    server.app(req, res);
  });
  const url = `${origin.replace('127.0.0.1', 'localhost')}/`;
  const profile = await browser.openProfile();
  const { errors, freeze, clock, openTab } = profile;
  return {
    server,
    page: await openTab(url),
    requests: requestsSeen(server),
    errors,
    freeze,
    clock,
    openTab: () => openTab(url),
    hold(endpoint) {
      let release = (): void => undefined;
      const released = new Promise<void>(resolve => {
        release = resolve;
      });
      held.set(endpoint, released);
      return release;
    },
    async close() {
      await profile.close();
      await stopServer();
      await server.close();
      await rm(appFolder, { recursive: true });
    },
  };
}

export async function signIn(page: AppPage): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('row').nth(1).waitFor();
}

/** Resolves when the panel shows the text. */
export async function shows(page: AppPage, title: string): Promise<void> {
  await page.locator('.status-title', { hasText: new RegExp(`^${title}$`) }).waitFor();
}

/** The value beside a label in the panel's figures. */
export async function figure(page: AppPage, label: string): Promise<number> {
  return Number(await page.locator('.figures div', { hasText: label }).locator('dd').textContent());
}

/** The text of the focused element. */
export function focused(page: AppPage): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
}

/** Resolves when a condition becomes true. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`It did not happen within ${withinMs / 1000} s: ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Resolves when all access tokens that the server issued have expired. */
export async function untilExpiry(requests: RequestsSeen, lifetimeSeconds = lifetime): Promise<void> {
  const issuedAt = () => Math.max(...requests.issued().map(({ at }) => at));
  await until('the access token expires', () => Date.now() >= issuedAt() + lifetimeSeconds * 1000 + issuingMs);
}

/** Whether a login form was shown since the page was loaded, even briefly. */
export function hasShownLogin(page: AppPage): Promise<boolean> {
  return page.evaluate(() => 'loginShown' in window);
}

/** Copies an app, and lets a script of its page note what happens from the first moment. */
async function withWitness(builtFolder: string, isFirstVisit: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  await cp(builtFolder, folder, { recursive: true });
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  await writeFile(join(folder, 'index.html'), page.replace('<head>', '<head><script src="/witness.js"></script>'));
  const visited = isFirstVisit ? '' : `localStorage.setItem('demo-visited', 'true');`;
  await writeFile(join(folder, 'witness.js'), visited + witness);
  return folder;
}

const witness = `
new MutationObserver(() => {
  if (document.querySelector('input[type=password]')?.checkVisibility()) window.loginShown = true;
}).observe(document, { childList: true, subtree: true });
window.seenErrors = [];
const note = text => seenErrors.push(String(text));
addEventListener('error', ({ message }) => note(message));
addEventListener('unhandledrejection', ({ reason }) => note(reason));
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => note(violatedDirective + ' ' + blockedURI));
const { error } = console;
console.error = (...args) => {
  note(args.join(' '));
  error.apply(console, args);
};
`;

function requestsSeen({ requests: { entries } }: DemoServer): RequestsSeen {
  const toApi = () => entries.filter(({ path }) => path.startsWith('/api/'));
  return {
    all: () => [...entries],
    toApi,
    refreshes: () => entries.filter(({ isRefresh }) => isRefresh),
    issued: () => entries.filter(({ path, status }) => path === '/auth/login' && (status === 200 || status === 0)),
    unauthorized: () => entries.filter(({ status }) => status === 401),
    expired: () => toApi().filter(({ wasExpired }) => wasExpired),
  };
}
