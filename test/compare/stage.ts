import { leavesPage } from '../peers/apart.js';
import { tokenPath } from '../peers/clients/client.js';
import { logInAt, mend, startPeerServer, withIdToken } from '../peers/peer-server.js';
import { wakeTogether } from '../peers/waking.js';
import type { HostileServer, HostileServerOptions, ScriptedFailure } from '../support/hostile-server.js';
import { eventually, pause } from '../support/open-tab.js';
import type { ContestantName } from './contestants.js';
import { failuresAmong, type Outcome, settledInTime, subjectOf } from './outcome.js';
import type { Profile, ProfileBrowser, Tab } from './profile.js';

/** Time in which the provider sends a page back. */
const redirectMs = 5000;

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
    await tab.reload().catch(error => this.afterReturn(tab, error));
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
    // The page may be left before it reports the outcome.
    await tab.evaluate(() => history.back()).catch(() => undefined);
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
    const tokens = logInAt(this.server, subject);
    const call = () => tab.evaluate(tokens => peer.logIn(tokens), tokens);
    await (leavesPage(this.contestant, 'logIn') ? this.andComesBack(tab, call) : call());
  }

  async logOut(tab: Tab): Promise<void> {
    const call = () => tab.evaluate(() => peer.logOut());
    await (leavesPage(this.contestant, 'logOut') ? this.andComesBack(tab, call) : settledInTime(call()));
  }

  /** Runs a call that leaves the page, and waits until it has come back. Without a network, it stays. */
  private async andComesBack(tab: Tab, call: () => Promise<unknown>): Promise<void> {
    await tab.evaluate(() => {
      globalThis.isLeft = true;
    });
    call().catch(() => undefined);
    const isBack = () => tab.evaluate(() => globalThis.isLeft === undefined && 'peer' in globalThis).catch(() => false);
    await comes(isBack, redirectMs);
    this.asleepMs.delete(tab);
    await this.opens(tab);
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
    return settledInTime(this.unlessLeft(tab, send, 'failed' as const));
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
    return settledInTime(this.unlessLeft(tab, send, new Array<Outcome>(count).fill('failed')));
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
    return settledInTime(this.unlessLeft(tab, refresh, 'failed' as const));
  }

  isSignedIn(tab: Tab): Promise<boolean> {
    const see = () => tab.evaluate(() => peer.isSignedIn());
    return see().catch(error => this.afterReturn(tab, error).then(see));
  }

  /** Result of a call in a page. Some clients leave the page when a refresh fails, and lose what it was about to do. */
  private unlessLeft<T>(tab: Tab, call: Promise<T>, otherwise: T): Promise<T> {
    return call.catch(error => this.afterReturn(tab, error).then(() => otherwise));
  }

  /** Waits until a page that its client left has come back. Other errors are rethrown. */
  private async afterReturn(tab: Tab, error: unknown): Promise<void> {
    if (!leavesPage(this.contestant, 'logIn') || !/navigation|destroyed|not defined|active page/.test(String(error)))
      throw error;
    this.asleepMs.delete(tab);
    await this.opens(tab);
  }

  /** Waits until the client of a page that has just loaded is ready. */
  private opens(tab: Tab): Promise<boolean> {
    const open = () => tab.evaluate(() => peer.open()).then(() => true);
    return comes(() => open().catch(() => false), redirectMs);
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
    const { at, late } = await wakeTogether([...this.asleepMs], 500);
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
  const isSignedIn = await stage.isSignedIn(tab).catch(() => undefined);
  if (isSignedIn === undefined) return 'the client has left the page, which did not come back';
  return isSignedIn ? `still signed in, but ${failed}` : 'signed out';
}

/** Waits until the condition holds. */
export async function comes(see: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<boolean> {
  return eventually(see, seen => seen, withinMs).catch(() => false);
}

/** A period in which nothing may happen. */
export function whileNothingHappens(ms = 500): Promise<void> {
  return pause(ms);
}

declare global {
  /** Whether the page is about to navigate. */
  var isLeft: boolean | undefined;
}
