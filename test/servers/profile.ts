import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { eventually } from '../support/tabs.js';
import type { Secrets, Standing } from './page.js';
import type { RunningServer } from './server-kind.js';

/** A request to the refresh endpoint, as the network saw it. */
export interface RefreshExchange {
  readonly status: number | 'no response';
  readonly carriedBearer: boolean;
  readonly body: string;
}

/** A browser profile with the application open in tabs. */
export class Profile {
  readonly refreshes: RefreshExchange[] = [];
  /** Statuses of requests for the protected resource. */
  readonly calls: RefreshExchange['status'][] = [];
  /** For how long each access token was used, in ms, from its first request to its latest. */
  readonly used = new Map<string, number>();
  private readonly firstUses = new Map<string, number>();
  /** Statuses of requests that hand the refresh token back at logout. */
  readonly logouts: RefreshExchange['status'][] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly server: RunningServer,
    private readonly app: string,
  ) {
    context.on('response', response => this.note(response.request(), response.status()));
    context.on('requestfailed', request => this.note(request, 'no response'));
  }

  static async open(browser: Browser, server: RunningServer, app: string): Promise<Profile> {
    const context = await browser.newContext();
    // The pages of oidc-provider ask for a font.
    await context.route(/googleapis/, route => route.abort());
    return new Profile(context, server, app);
  }

  /** Successful refreshes. */
  get refreshed(): number {
    return this.refreshes.length - this.failed.length;
  }

  /** Refreshes without tokens in the response, or without response. */
  get failed(): readonly RefreshExchange[] {
    return this.refreshes.filter(({ status }) => status === 'no response' || status >= 400);
  }

  /** Opens the application and waits until it knows whether the user is signed in. */
  async open(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.app);
    await page.evaluate(() => suite.ready());
    return page;
  }

  /** Opens the application and signs in. */
  async signIn(): Promise<Page> {
    const page = await this.open();
    await this.signInAt(page);
    return page;
  }

  async signInAt(page: Page): Promise<void> {
    const { signIn } = this.server;
    if (signIn === undefined) {
      const outcome = await page.evaluate(() => suite.logIn());
      if (outcome !== 'logged in') throw new Error(`login(): ${outcome}`);
    } else {
      await Promise.all([page.waitForURL(url => url.origin !== this.app), page.evaluate(() => suite.logIn())]);
      await signIn(page);
      await page.waitForURL(url => url.origin === this.app);
      const arrival = await page.evaluate(() => suite.ready());
      if (arrival !== 'ready') throw new Error(`The provider's response: ${arrival}`);
    }
    const { status } = await this.standing(page);
    if (status !== 'logged-in') throw new Error(`After sign-in, the session is ${status}.`);
  }

  standing(page: Page): Promise<Standing> {
    return page.evaluate(() => suite.standing());
  }

  secrets(page: Page): Promise<Secrets> {
    return page.evaluate(() => suite.secrets());
  }

  call(page: Page): Promise<string> {
    return page.evaluate(url => suite.call(url), this.server.ordersUrl);
  }

  /** Calls the protected resource from a page at an interval, for a time. Returns the outcomes. */
  async callFor(page: Page, forMs: number, everyMs = 500): Promise<string[]> {
    const outcomes: string[] = [];
    const end = Date.now() + forMs;
    while (Date.now() < end) {
      outcomes.push(await this.call(page));
      await pause(everyMs);
    }
    return outcomes;
  }

  async until(page: Page, holds: (standing: Standing) => boolean, withinMs: number): Promise<Standing> {
    return eventually(() => this.standing(page), holds, withinMs);
  }

  /** Signs out, here and at the provider. Resolves once the page is back. */
  async signOut(page: Page): Promise<void> {
    const outcome = await page.evaluate(() => suite.logOut());
    if (outcome !== 'leaving') return;
    if (this.server.signOut) await this.server.signOut(page);
    else await page.waitForFunction(() => 'suite' in globalThis && !globalThis.isOld);
  }

  /** Whether the provider still knows the user: it then sends the page back without asking for a password. */
  async isSignedInAtProvider(page: Page): Promise<boolean> {
    await page.goto(this.app);
    await page.evaluate(() => suite.ready());
    await page.evaluate(() => suite.logIn());
    const asked = page.locator('input[type="password"]').waitFor();
    const back = page.waitForFunction(() => globalThis.suite?.standing().status === 'logged-in');
    return Promise.race([asked.then(() => false), back.then(() => true)]);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private note(request: Request, status: RefreshExchange['status']): void {
    if (request.method() === 'OPTIONS') return;
    const { ordersUrl, logoutUrl, refreshUrl } = this.server;
    const url = request.url();
    if (url === new URL(ordersUrl, this.app).href) this.noteCall(request, status);
    if (url === logoutUrl) this.logouts.push(status);
    const body = request.postData() ?? '';
    if (url !== refreshUrl || !isRefresh(body)) return;
    this.refreshes.push({ status, carriedBearer: request.headers()['authorization'] !== undefined, body });
  }

  private noteCall(request: Request, status: RefreshExchange['status']): void {
    this.calls.push(status);
    const { authorization: token = '' } = request.headers();
    const { startTime } = request.timing();
    const firstUse = this.firstUses.get(token) ?? startTime;
    this.firstUses.set(token, firstUse);
    this.used.set(token, Math.max(this.used.get(token) ?? 0, startTime - firstUse));
  }
}

/** Waits until the access token of a closed page has expired. */
export async function untilExpired({ expiresAt = 0 }: Secrets): Promise<void> {
  await pause(Math.max(0, expiresAt - Date.now()) + 1000);
}

/** Whether a request to the token endpoint is a refresh rather than the exchange of a code. */
function isRefresh(body: string): boolean {
  return !body.includes('grant_type=authorization_code');
}
