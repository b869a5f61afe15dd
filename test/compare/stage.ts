import { tokenPath } from '../peers/clients/client.js';
import { logInAt, mend, startPeerServer, withIdToken } from '../peers/peer-server.js';
import { wakeTogether } from '../peers/waking.js';
import type { HostileServer, HostileServerOptions, ScriptedFailure } from '../support/hostile-server.js';
import { eventually, pause } from '../support/open-tab.js';
import type { ContestantName } from './contestants.js';
import type { Profile, ProfileBrowser, Tab } from './profile.js';

export type Outcome = number | 'failed' | 'no response';

/** Maximum time to wait for the response to a request. */
const responseTimeoutMs = 45_000;

export const hourMs = 3_601_000;

export interface StageOptions {
  readonly server?: HostileServerOptions;
  /** Maximum number of tabs that are open at once. @default 3 */
  readonly tabs?: number;
}

/** A server and one browser profile with one client in its tabs. The client is injected. */
export class Stage {
  readonly tabs: Tab[] = [];
  private readonly asleepMs = new Map<Tab, number>();
  /**
   * The last instant at which several tabs woke, in epoch ms of the real clock. Known when all tabs have received it.
   */
  private waking = Promise.resolve(0);

  private constructor(
    readonly contestant: ContestantName,
    readonly server: HostileServer,
    readonly profile: Profile,
    private readonly scripts: string[],
  ) {}

  static async set(browser: ProfileBrowser, contestant: ContestantName, { server: options, tabs = 3 }: StageOptions) {
    const scripts: string[] = [];
    const server = await startPeerServer(contestant, { ...options, before: () => scripts.join('\n') });
    return new Stage(contestant, server, await browser.newProfile({ server, tabs }), scripts);
  }

  /** From now on, each page that loads runs this script first. */
  addScript(script: string): void {
    this.scripts.push(script);
  }

  async clear(): Promise<void> {
    await this.profile.close();
    await this.server.close();
  }

  // --- tabs ---

  async openTab(): Promise<Tab> {
    const tab = await this.profile.newTab();
    this.tabs.push(tab);
    await tab.goto(this.server.page());
    await tab.evaluate(() => peer.open());
    return tab;
  }

  /** A tab with a signed-in user. */
  async signedIn(subject = 'ann'): Promise<Tab> {
    const tab = await this.openTab();
    await this.logIn(tab, subject);
    return tab;
  }

  /** Several tabs in which one user is signed in. WebKit may show the session to a new tab a moment later. */
  async signedInTabs(count: number): Promise<Tab[]> {
    await this.signedIn();
    while (this.tabs.length < count) {
      const tab = await this.openTab();
      await comes(() => this.isSignedIn(tab), 5000);
    }
    return this.tabs;
  }

  async reload(tab: Tab): Promise<void> {
    this.asleepMs.delete(tab);
    await tab.reload();
    await tab.evaluate(() => peer.open());
  }

  async closeTab(tab: Tab): Promise<void> {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    this.asleepMs.delete(tab);
    await tab.close();
  }

  /** Navigates to another page of the site. */
  async leave(tab: Tab): Promise<void> {
    await tab.goto(this.server.page({ another: 'page' }));
  }

  /** Navigates back: the page comes from the back/forward cache or loads again. */
  async comeBack(tab: Tab): Promise<void> {
    await tab.evaluate(() => history.back());
    const isBack = () => tab.evaluate(() => location.search === '' && 'peer' in globalThis).catch(() => false);
    if (!(await comes(isBack))) throw new Error('The page did not come back.');
    const loadedAnew = await tab.evaluate(() => globalThis.aheadMs !== undefined);
    if (loadedAnew) this.asleepMs.delete(tab);
    await tab.evaluate(() => peer.open());
  }

  /** Disconnects the browser from the server. Returns a function that connects it again. */
  async goOffline(): Promise<() => Promise<void>> {
    const { profile } = this;
    if (!profile.setOffline) return this.server.stop();
    await profile.setOffline(true);
    return async () => profile.setOffline?.(false);
  }

  async logIn(tab: Tab, subject = 'ann'): Promise<void> {
    await tab.evaluate(tokens => peer.logIn(tokens), logInAt(this.server, subject));
  }

  async logOut(tab: Tab): Promise<void> {
    await settledInTime(tab.evaluate(() => peer.logOut()));
  }

  /** The page's response to a request of its application. */
  send(tab: Tab, path = '/api/things', init: RequestInit = {}): Promise<Outcome> {
    const send = this.woken(tab, (sleptMs, at) =>
      tab.evaluate(
        async ([url, init, sleptMs, at]) => {
          peer.sleep(sleptMs);
          await peer.moment(at);
          return peer.send(url, init);
        },
        [path, init, sleptMs, at] as const,
      ),
    );
    return settledInTime(send);
  }

  async sendInTurn(tab: Tab, count: number): Promise<Outcome[]> {
    const responses: Outcome[] = [];
    while (responses.length < count) responses.push(await this.send(tab));
    return responses;
  }

  /** Runs the calls concurrently. */
  sendMany(tab: Tab, count: number): Promise<Outcome[] | 'no response'> {
    const send = this.woken(tab, (sleptMs, at) =>
      tab.evaluate(
        async ([count, sleptMs, at]) => {
          peer.sleep(sleptMs);
          await peer.moment(at);
          return peer.sendMany(count);
        },
        [count, sleptMs, at] as const,
      ),
    );
    return settledInTime(send);
  }

  /** A request from each tab, in the millisecond in which the tabs wake. */
  sendFromAll(tabs: readonly Tab[]): Promise<Outcome[]> {
    return Promise.all(tabs.map(tab => this.send(tab)));
  }

  /** Whether a request from this tab carries a token. */
  async carriesToken(tab: Tab): Promise<boolean> {
    const before = this.subjects.length;
    await this.send(tab, '/api/carrying');
    return this.subjects.slice(before).some(subject => subject !== undefined);
  }

  refresh(tab: Tab): Promise<'refreshed' | 'failed' | 'no response'> {
    const refresh = this.woken(tab, (sleptMs, at) =>
      tab.evaluate(
        async ([sleptMs, at]) => {
          peer.sleep(sleptMs);
          await peer.moment(at);
          return peer.refresh();
        },
        [sleptMs, at] as const,
      ),
    );
    return settledInTime(refresh);
  }

  isSignedIn(tab: Tab): Promise<boolean> {
    return tab.evaluate(() => peer.isSignedIn());
  }

  /** The machine sleeps for the lifetime of an access token: no timer fires. It wakes with the next call to a tab. */
  sleep(ms = hourMs): void {
    this.server.forward(ms);
    for (const tab of this.tabs) this.asleepMs.set(tab, (this.asleepMs.get(tab) ?? 0) + ms);
    this.addScript(`globalThis.aheadMs = ${this.server.aheadMs};`);
  }

  /** Runs a call in a tab at the instant at which it wakes together with all others. */
  private async woken<T>(tab: Tab, work: (sleptMs: number, at: number) => Promise<T>): Promise<T> {
    if (this.asleepMs.size > (this.asleepMs.has(tab) ? 1 : 0)) {
      this.waking = this.wakeAll();
      this.asleepMs.clear();
    }
    const at = await this.waking;
    const sleptMs = this.asleepMs.get(tab) ?? 0;
    this.asleepMs.delete(tab);
    return work(sleptMs, at);
  }

  private async wakeAll(): Promise<number> {
    const { at, late } = await wakeTogether([...this.asleepMs]);
    if (late.length > 0) throw new Error(`${late.length} tabs heard too late that they have slept.`);
    return at;
  }

  // --- the server ---

  /** From now on, refreshes are executed but their responses wait until the returned function is called. */
  holdRefreshes(): () => void {
    return this.server.hold(tokenPath);
  }

  /** From now on, each refresh meets this failure. */
  breakRefresh(fault: ScriptedFailure): void {
    this.server.tokens.failAlways(fault);
  }

  mendRefresh(): void {
    mend(this.server);
  }

  /** The next refresh response contains these properties, or is replaced. */
  editNextRefresh(edit: (body: Record<string, unknown>) => Record<string, unknown>): void {
    const { server } = this;
    server.tokens.fail({ edit: body => edit(withIdToken(server, body)) });
  }

  get refreshes(): number {
    return this.server.tokens.refreshes.length;
  }

  /** Waits until the server has received this number of refreshes. `false` after the time limit. */
  refreshesCome(count: number, withinMs = 20_000): Promise<boolean> {
    return comes(() => this.refreshes >= count, withinMs);
  }

  /** Users of the tokens that the API received, request by request; `undefined` without a token. */
  get subjects(): (string | undefined)[] {
    return this.server.tokens.calls.map(({ accessToken }) => (accessToken ? subjectOf(accessToken) : undefined));
  }

  /** Number of requests that carried an expired token. */
  get expired(): number {
    return this.server.tokens.calls.filter(({ expired }) => expired).length;
  }
}

/** Whether the session works: a request succeeds. */
export async function goesOn(stage: Stage, tab: Tab): Promise<string | undefined> {
  const failed = failuresAmong([await stage.send(tab)]);
  if (failed === undefined) return undefined;
  return (await stage.isSignedIn(tab)) ? `still signed in, but ${failed}` : 'signed out';
}

/** Waits until the condition holds. */
export async function comes(see: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<boolean> {
  return eventually(see, seen => seen, withinMs).catch(() => false);
}

/** A period in which nothing may happen. */
export function whileNothingHappens(ms = 500): Promise<void> {
  return pause(ms);
}

/** Describes a status other than 200; `undefined` for 200. */
export function failuresAmong(responses: readonly Outcome[] | 'no response'): string | undefined {
  if (responses === 'no response') return 'not all received a response';
  const failed = responses.filter(response => response !== 200);
  if (failed.length === 0) return undefined;
  const kinds = [...new Set(failed)].map(described).sort();
  const who = responses.length === 1 ? 'the request' : `${failed.length} of ${responses.length} requests`;
  return `${who} ${kinds.join(' or ')}`;
}

function described(response: Outcome): string {
  if (response === 'failed') return response;
  return typeof response === 'number' ? `received a ${response}` : 'received no response';
}

/** Result of a promise within a time limit. */
export function settledInTime<T>(response: Promise<T>, withinMs = responseTimeoutMs): Promise<T | 'no response'> {
  const outcome = withinTimeLimit(response, withinMs);
  outcome.catch(() => undefined);
  return outcome;
}

async function withinTimeLimit<T>(response: Promise<T>, withinMs: number): Promise<T | 'no response'> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<'no response'>(resolve => {
    timer = setTimeout(resolve, withinMs, 'no response');
  });
  try {
    return await Promise.race([response, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

function subjectOf(accessToken: string): string {
  try {
    return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sub;
  } catch {
    return accessToken;
  }
}
