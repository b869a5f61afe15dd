import fc from 'fast-check';
import { AuthError, Bearer, isLoggedIn, protectedUrls, type SessionState } from '../../src/core.js';
import type { FakeTokenServer, ScriptedFailure } from '../../src/testing.js';
import { type House, house, type Opened, refreshToken } from './support.js';

const api = 'https://api.example';
const lifetimeSeconds = 60;
/** Longest time for a response of the server without a timeout. */
const longestDelayMs = 9000;

/** Facts beside the sessions that decide whether their behaviour is right. */
interface Model {
  /** A refresh token may have been lost in transit, so a strict server may end a session. */
  lossy: boolean;
  /** The machine's clock was set, so the writes of another tab may have another time. */
  stepped: boolean;
  /** Whether a response took longer than tabs wait for the Web Lock. */
  slow: boolean;
  /** The order of epochs was lost, so with a clock set back a login may count as an earlier one. */
  cleared: boolean;
  readonly frozen: Set<number>;
}

interface Page extends Opened {
  readonly bearer: Bearer;
}

interface Real extends House {
  readonly pages: Page[];
  readonly locks: boolean;
  readonly promises: Promise<unknown>[];
  /** A waiting caller, and its page. */
  readonly pending: Map<string, Page>;
  readonly wrong: string[];
  /** Epochs that were ended by a user or refused by the server. */
  readonly ended: Set<number>;
  machineSkewMs: number;
}

/** One event. */
class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly title: string,
    private readonly act: (real: Real, model: Model) => unknown,
    private readonly inTab: number | undefined,
  ) {}

  /** A frozen tab does nothing. */
  check({ frozen }: Readonly<Model>): boolean {
    return this.inTab === undefined || !frozen.has(this.inTab);
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.act(real, model);
    await real.clock.advance(0);
    if (real.wrong.length > 0) throw new Error(real.wrong.join('\n'));
  }

  toString(): string {
    return this.title;
  }
}

function step(title: string, act: (real: Real, model: Model) => unknown): Step {
  return new Step(title, act, undefined);
}

function stepIn(inTab: number, title: string, act: (page: Page, real: Real) => unknown): Step {
  return new Step(`${title} in tab ${inTab}`, real => act(real.pages[inTab] as Page, real), inTab);
}

function openPage(real: Real): Page {
  const opened = real.open({ onError: fault => real.wrong.push(`a fault: ${String(fault)}`) }, tab => {
    tab.skewMs = real.machineSkewMs;
    return {};
  });
  const { session } = opened;
  let before: SessionState = session.state;
  session.subscribe(({ event, state }) => {
    if (!isLater(state, before)) real.wrong.push(`${event.type} went back from ${shown(before)} to ${shown(state)}`);
    if (event.type === 'logged-out' && isLoggedIn(before) && event.reason === 'requested') real.ended.add(before.epoch);
    if (event.type === 'refresh-failed' && isLoggedIn(before)) {
      real.ended.add(before.epoch);
      const isOpen = real.server.isOpen(before.tokens.refreshToken ?? '');
      if (event.reason !== 'unclear' && isOpen) real.wrong.push('refused without the server’s no');
      const lives = (before.tokens.expiresAt ?? 0) > session.now();
      if (event.reason === 'unclear' && lives)
        real.wrong.push('ended by unclear responses while its access token lives');
    }
    before = state;
  });
  const bearer = new Bearer(session, {
    protects: protectedUrls([api], 'https://app.example/'),
    fetch: request => send(request),
  });
  function send(request: Request): Promise<Response> {
    const { state } = session;
    const header = request.headers.get('Authorization');
    if (header !== null && !request.url.startsWith(`${api}/`)) real.wrong.push(`a token to ${request.url}`);
    if (header !== null && isLoggedIn(state)) {
      if (header !== `Bearer ${state.tokens.accessToken}`) real.wrong.push('a token that is not the session’s');
      if ((state.tokens.expiresAt ?? 0) <= session.now()) real.wrong.push('an expired token was sent');
    }
    return real.server.fetch(request);
  }
  return { ...opened, bearer };
}

/** Whether a state has the same version as another one, or a later one. */
function isLater(state: SessionState, before: SessionState): boolean {
  if (!('epoch' in before)) return true;
  if (!('epoch' in state)) return false;
  if (state.epoch !== before.epoch) return state.epoch > before.epoch;
  return rank(state) >= rank(before);
}

function rank(state: Exclude<SessionState, { status: 'unknown' }>): number {
  return state.status === 'logged-out' ? Number.POSITIVE_INFINITY : state.generation;
}

function shown(state: SessionState): string {
  if (state.status === 'unknown') return 'unknown';
  return `${state.status} ${state.epoch}.${state.status === 'logged-out' ? state.ended : state.generation}`;
}

function watched(real: Real, page: Page, what: string, promise: Promise<unknown>): void {
  const name = `${what} #${real.promises.length}`;
  real.pending.set(name, page);
  real.promises.push(
    promise
      .catch(error => {
        if (!(error instanceof AuthError)) real.wrong.push(`${name} rejected with ${String(error)}`);
      })
      .finally(() => real.pending.delete(name)),
  );
}

const tab = fc.constantFrom(0, 1, 2);

/** Whether a refresh has reached the server without a response yet. */
function isRefreshing({ requests }: FakeTokenServer): boolean {
  return requests.some(({ kind, status }) => kind === 'refresh' && status === undefined);
}

/** Breaks the connection only while the API is called as well: then no request of the application succeeds. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError;
}

function request(page: Page, url: string): Promise<unknown> {
  return page.bearer.fetch(url).catch(error => {
    if (!isNetworkError(error)) throw error;
  });
}

const faults: Record<string, { fault: ScriptedFailure; lossy: boolean }> = {
  'breaks before': { fault: { drop: 'before' }, lossy: false },
  'breaks after': { fault: { drop: 'after' }, lossy: true },
  'answers 503': { fault: { status: 503 }, lossy: false },
  'answers 429': { fault: { status: 429, headers: { 'Retry-After': '20' } }, lossy: false },
  'answers 404': { fault: { status: 404, body: { message: 'not found' } }, lossy: false },
  'answers HTML': { fault: { status: 200, body: '<html>' }, lossy: false },
  'is quick': { fault: { delayMs: 3 }, lossy: false },
  'is slow': { fault: { delayMs: 700 }, lossy: false },
  'is very slow': { fault: { delayMs: longestDelayMs }, lossy: false },
  'never answers': { fault: { delayMs: Number.POSITIVE_INFINITY }, lossy: true },
};

const steps: fc.Arbitrary<Step>[] = [
  fc
    .tuple(tab, fc.constantFrom('ann', 'bob'))
    .map(([index, subject]) =>
      stepIn(index, `${subject} logs in`, ({ session }, { server }) => session.logIn(server.logIn(subject))),
    ),
  tab.map(index => stepIn(index, 'logout', ({ session }) => session.logOut())),
  fc.tuple(tab, fc.constantFrom(1, 3)).map(([index, count]) =>
    stepIn(index, `${count} requests`, (page, real) => {
      for (let round = 0; round < count; round++) watched(real, page, 'a request', request(page, `${api}/x`));
    }),
  ),
  tab.map(index =>
    stepIn(index, 'a request elsewhere', (page, real) =>
      watched(real, page, 'a request', request(page, 'https://api.example.evil/x')),
    ),
  ),
  tab.map(index =>
    stepIn(index, 'update', (page, real) => watched(real, page, 'an update', page.session.updateToken())),
  ),
  tab.map(index =>
    stepIn(index, 'fresh token', (page, real) => watched(real, page, 'a fresh token', page.session.getFreshToken())),
  ),
  fc
    .constantFrom(1, 4, 6, 100, 500, 1000, 5000, 20_000, 54_000)
    .map(ms => step(`${ms} ms pass`, ({ clock }) => clock.advance(ms))),
  fc.constantFrom(30_000, 61_000, 86_400_000).map(ms =>
    step(`the machine sleeps for ${ms} ms`, async ({ clock, server, locks }, model) => {
      // A lease expires while the machine sleeps, although its holder still exists.
      if (!locks && isRefreshing(server)) model.lossy = true;
      await clock.sleep(ms);
    }),
  ),
  tab.map(index => stepIn(index, 'wake-up', ({ tab: woken }) => woken.wake())),
  fc.tuple(fc.constantFrom(...Object.keys(faults)), fc.boolean()).map(([name, lasting]) =>
    step(`the server ${name}${lasting ? ' from now on' : ' once'}`, ({ server }, model) => {
      const { fault, lossy } = faults[name] as (typeof faults)[string];
      if (lossy) model.lossy = true;
      if ((fault.delayMs ?? 0) > 2000) model.slow = true;
      if (lasting) server.failAlways(fault);
      else server.fail(fault);
    }),
  ),
  fc.constant(step('the server recovers', ({ server }) => server.recover())),
  fc.constant(step('the server is offline', ({ server }) => server.goOffline())),
  fc.boolean().map(online =>
    step(`the machine is ${online ? 'online' : 'offline'}`, ({ pages, server }, model) => {
      for (const page of pages) page.tab.online = online;
      if (online) server.goOnline();
      else server.goOffline();
      if (online) for (const [index, page] of pages.entries()) if (!model.frozen.has(index)) page.tab.wake();
    }),
  ),
  fc.constant(step('the server revokes all', ({ server }) => server.revoke())),
  fc.constant(step('the server rejects access tokens', ({ server }) => server.expireAccess())),
  fc.constant(
    // A user acts slower than the browser's processes notify each other.
    step('site data is cleared', async ({ browser, clock }, model) => {
      model.cleared = true;
      await clock.advance(10);
      await browser.clearSiteData();
    }),
  ),
  tab.map(index =>
    step(`tab ${index} freezes`, ({ pages }, model) => {
      model.lossy = true;
      model.frozen.add(index);
      pages[index]?.tab.freeze();
    }),
  ),
  tab.map(index =>
    step(`tab ${index} thaws`, ({ pages }, model) => {
      if (model.frozen.delete(index)) pages[index]?.tab.thaw();
    }),
  ),
  tab.map(index =>
    step(`tab ${index} is reloaded`, async (real, model) => {
      const page = real.pages[index] as Page;
      if (isRefreshing(real.server)) model.lossy = true;
      page.session.dispose();
      await real.clock.advance(0);
      const waiting = [...real.pending].flatMap(([name, waits]) => (waits === page ? [name] : []));
      // A frozen page is closed without settling its waiting callers.
      if (model.frozen.delete(index)) for (const name of waiting) real.pending.delete(name);
      else if (waiting.length > 0) real.wrong.push(`not rejected at the end of their page: ${waiting.join(', ')}`);
      page.tab.close();
      real.pages[index] = openPage(real);
    }),
  ),
  fc.constantFrom(600_000, -600_000, 86_400_000, -86_400_000).map(ms =>
    step(`the clock is set by ${ms} ms`, (real, model) => {
      model.stepped = true;
      real.machineSkewMs += ms;
      for (const page of real.pages) page.tab.skewMs = real.machineSkewMs;
    }),
  ),
];

function setUp(locks: boolean): { model: Model; real: Real } {
  const real: Real = {
    ...house({ locks, accessTokenLifetimeSeconds: lifetimeSeconds }),
    pages: [],
    locks,
    promises: [],
    pending: new Map(),
    wrong: [],
    ended: new Set(),
    machineSkewMs: 0,
  };
  for (let index = 0; index < 3; index++) real.pages.push(openPage(real));
  return { model: { lossy: false, stepped: false, slow: false, cleared: false, frozen: new Set() }, real };
}

/** Invariants after recovery and enough time. */
async function conclude(model: Model, real: Real): Promise<void> {
  const { pages, server, clock, wrong, pending } = real;
  server.recover();
  for (const [index, page] of pages.entries()) {
    page.tab.online = true;
    if (model.frozen.has(index)) page.tab.thaw();
    else page.tab.wake();
  }
  await clock.advance(40_000);
  for (const page of pages) page.tab.wake();
  await clock.advance(15_000);
  if (pending.size > 0) wrong.push(`never settled: ${[...pending.keys()].join(', ')}`);

  const states = pages.map(({ session }) => session.state);
  const live = states.filter(isLoggedIn);
  const versions = new Set(live.map(({ epoch, generation }) => `${epoch}.${generation}`));
  if (versions.size > 1) wrong.push(`several sessions live: ${states.map(shown).join(' | ')}`);
  for (const { epoch } of live) if (real.ended.has(epoch)) wrong.push(`session ${epoch} has come back`);
  if (live.length > 0 && !(model.cleared && model.stepped)) {
    const out = states.filter(state => state.status === 'logged-out' && state.ended !== 'none');
    if (out.some(state => 'epoch' in state && live.some(({ epoch }) => epoch <= state.epoch)))
      wrong.push(`ended here, live there: ${states.map(shown).join(' | ')}`);
  }
  // Without the Web Lock, the lease excludes other tabs, and a clock that is set forward lets it expire.
  const mayLackLock = !real.locks || model.slow;
  const safe = !model.lossy && !model.cleared && !(mayLackLock && model.stepped);
  if (safe && server.reuseAlarms > 0) wrong.push(`${server.reuseAlarms} reuse alarms`);

  const [page] = pages.filter(({ session }) => isLoggedIn(session.state));
  if (page && server.isOpen(refreshToken(page.session) ?? '') && (safe || server.reuseAlarms === 0)) {
    const answer = page.bearer.fetch(`${api}/x`);
    await clock.advance(2000);
    const status = await Promise.race([answer.then(response => response.status), clock.advance(0).then(() => 'none')]);
    if (status !== 200) wrong.push(`a request at the end: ${status}, ${shown(page.session.state)}`);
  }
  for (const { session } of pages) session.dispose();
  await clock.advance(0);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** Applies random events to three tabs, and checks the invariants after each event and at the end. */
export async function runModel({ runs, seed, path }: { runs: number; seed?: number; path?: string }): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.commands(steps, { maxCommands: 25, size: 'max' }), async (locks, commands) => {
      const { model, real } = setUp(locks);
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await conclude(model, real);
    }),
    { numRuns: runs, ...(seed !== undefined && { seed }), ...(path !== undefined && { path }), endOnFailure: false },
  );
}
