import type { BrowserContext, Page } from 'playwright-core';
import { HostileServer, type ScriptedFailure } from '../support/hostile-server.js';
import { launchChromium, pause } from '../support/tabs.js';
import type { SoakReport } from './soak-report.js';

export interface ChaosOptions {
  readonly rotations: number;
  readonly impatient: boolean;
  readonly seed: number;
}

const sessionCount = 25;
const tabCount = 4;
const graceSeconds = 10;
const killEveryMs = 1500;

/** Percentages of refreshes that meet each failure. */
const faults: readonly (readonly [percent: number, ScriptedFailure])[] = [
  [10, { drop: 'after' }],
  [10, { drop: 'before' }],
  [5, { status: 503, body: { error: 'temporarily_unavailable' } }],
  [2, { status: 200, body: '<html>Welcome to the hotel</html>', headers: { 'Content-Type': 'text/html' } }],
];

/**
 * Every tab refreshes its session without pause, while responses are lost and tabs are closed mid-refresh. Several
 * sessions run side by side, each with its own record and lock, so that none waits for the failures of another one.
 */
export async function chaos({ rotations, impatient, seed }: ChaosOptions): Promise<SoakReport> {
  const server = await HostileServer.start({ graceSeconds });
  const browser = await launchChromium();
  try {
    const keys = Array.from({ length: sessionCount }, (_, index) => `session-${index}`);
    const profile = await browser.newContext();
    const tabs = [await openPage(profile, server)];
    for (const storageKey of keys) {
      const body = server.tokens.logIn(storageKey);
      await tabs[0]?.evaluate(([storageKey, body]) => startTab({ storageKey }).logIn(body), [
        storageKey,
        body,
      ] as const);
    }
    const random = randomNumbers(seed);
    const startedAt = Date.now();
    let lastKillAt = startedAt;
    let killed = 0;
    let faultsMade = 0;
    while (server.tokens.rotations < rotations && refusals(server) < sessionCount) {
      while (faultsMade < server.tokens.refreshes.length + 500) {
        server.tokens.fail(failureFor(random() * 100));
        faultsMade++;
      }
      if (Date.now() - lastKillAt > killEveryMs && tabs.length === tabCount) {
        await tabs.splice(Math.floor(random() * tabCount), 1)[0]?.close();
        lastKillAt = Date.now();
        killed++;
      }
      if (tabs.length < tabCount) tabs.push(await openRotating(profile, server, keys, impatient));
      await pause(50);
    }
    const seconds = (Date.now() - startedAt) / 1000;
    await Promise.all(tabs.map(page => page.close()));
    const { refreshes, reuseAlarms } = server.tokens;
    const working = await workingSessions(profile, server, keys);
    return {
      title: `${rotations} rotations of ${sessionCount} sessions in ${tabCount} tabs, with losses, ${graceSeconds} s of grace, ${impatient ? 'asking again each second' : 'on the schedule alone'}`,
      faultless: working === sessionCount && reuseAlarms === 0,
      counts: {
        rotations: server.tokens.rotations,
        'refresh requests': refreshes.length,
        'answered without tokens or not at all': refreshes.filter(({ status }) => status !== 200).length,
        'tabs closed in the middle of it': killed,
        'reuse alarms': reuseAlarms,
        'sessions signed out': sessionCount - working,
        seconds: seconds.toFixed(0),
      },
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function openPage(profile: BrowserContext, server: HostileServer): Promise<Page> {
  const page = await profile.newPage();
  await page.goto(server.page());
  return page;
}

async function openRotating(profile: BrowserContext, server: HostileServer, keys: string[], impatient: boolean) {
  const page = await openPage(profile, server);
  await page.evaluate(
    ([keys, impatient]) => {
      for (const storageKey of keys) void startTab({ storageKey }).rotate(impatient);
    },
    [keys, impatient] as const,
  );
  return page;
}

/** Number of sessions that a page opened now finds signed in with a valid token. */
async function workingSessions(profile: BrowserContext, server: HostileServer, keys: string[]): Promise<number> {
  const page = await openPage(profile, server);
  const statuses = await page.evaluate(async keys => {
    const outcomes = keys.map(storageKey => startTab({ storageKey }).call());
    return (await Promise.all(outcomes)).map(({ value }) => value);
  }, keys);
  return statuses.filter(status => status === 200).length;
}

function refusals(server: HostileServer): number {
  return server.tokens.refreshes.filter(({ status }) => status === 400).length;
}

function failureFor(percent: number): ScriptedFailure {
  let upTo = 0;
  for (const [share, fault] of faults) {
    upTo += share;
    if (percent < upTo) return fault;
  }
  return {};
}

/** Deterministic random numbers from 0 up to 1 for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
