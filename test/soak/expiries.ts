import type { Page } from 'playwright-core';
import { HostileServer } from '../support/hostile-server.js';
import { eventually, launchChromium, standings, startSession } from '../support/tabs.js';
import type { SoakReport } from './soak-report.js';

const tabCount = 10;
const hourMs = 3_600_000;

/**
 * Ten tabs meet one expiry after the other in the same millisecond: after sleep, or because each refreshes
 * explicitly.
 */
export async function expiries({ rounds }: { rounds: number }): Promise<SoakReport> {
  const server = await HostileServer.start();
  const browser = await launchChromium();
  try {
    const profile = await browser.newContext();
    const tabs: Page[] = [];
    while (tabs.length < tabCount) {
      const page = await profile.newPage();
      await page.goto(server.page());
      await startSession(page, server);
      tabs.push(page);
    }
    await tabs[0]?.evaluate(body => tab.logIn(body), server.tokens.logIn());
    await allAt(tabs, 0);
    const startedAt = Date.now();
    let failed = 0;
    let unequal = 0;
    for (let round = 0; round < rounds; round++) {
      const before = server.tokens.refreshes.length;
      if (round % 2 === 0) await sleep(tabs, server, round);
      const at = Date.now() + 30;
      const outcomes = await Promise.all(round % 2 === 0 ? call(tabs, at) : command(tabs, at, round));
      failed += outcomes.filter(({ error, value }) => error !== undefined || value === 401).length;
      if (server.tokens.refreshes.length - before !== 1) unequal++;
    }
    const seconds = (Date.now() - startedAt) / 1000;
    const last = await allAt(tabs, rounds).catch(() => standings(tabs));
    const signedOut = last.filter(({ status }) => status === 'logged-out').length;
    const expired = server.tokens.calls.filter(call => call.expired).length;
    const { rotations, reuseAlarms } = server.tokens;
    return {
      title: `${rounds} expiries met by ${tabCount} tabs at once, reuse of a refresh token punished at once`,
      faultless: failed + unequal + signedOut + expired + reuseAlarms === 0 && rotations === rounds,
      counts: {
        rotations,
        'rounds with another number than one refresh': unequal,
        'reuse alarms': reuseAlarms,
        'tabs signed out': signedOut,
        'requests that failed': failed,
        'expired access tokens sent': expired,
        seconds: seconds.toFixed(0),
      },
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** All tabs share one machine: all of them sleep before the first one refreshes. */
async function sleep(tabs: readonly Page[], server: HostileServer, generation: number): Promise<void> {
  await allAt(tabs, generation);
  server.forward(hourMs);
  await Promise.all(tabs.map(page => page.evaluate(ms => tab.sleep(ms), hourMs)));
}

function call(tabs: readonly Page[], at: number) {
  return tabs.map(page => page.evaluate(at => tab.callAt(at), at));
}

function command(tabs: readonly Page[], at: number, generation: number) {
  return tabs.map(page => page.evaluate(([at, of]) => tab.updateAt(at, of), [at, generation] as const));
}

function allAt(tabs: readonly Page[], generation: number) {
  const known = (seen: Awaited<ReturnType<typeof standings>>) => seen.every(tab => tab.generation === generation);
  return eventually(() => standings(tabs), known);
}
