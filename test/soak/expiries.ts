import type { Engine } from '../support/engines.js';
import { eventually, logIn, type OpenTab, sleepAll, standings, untilAll } from '../support/open-tab.js';
import { openTabs } from './engine-tabs.js';
import type { SoakReport } from './soak-report.js';

const tabCount = 10;
/** Rounds from one death of the network process to the next, where the browser allows it. */
const roundsPerDeath = 25;

export interface ExpiriesOptions {
  readonly engine: Engine;
  readonly rounds: number;
}

/**
 * Ten tabs meet one expiry after the other in the same millisecond: after sleep, or because each refreshes
 * explicitly. In WebKit the network process dies again and again.
 */
export async function expiries({ engine, rounds }: ExpiriesOptions): Promise<SoakReport> {
  const opened = await openTabs(engine, tabCount);
  const { server, tabs } = opened;
  try {
    await logIn(opened);
    const startedAt = Date.now();
    let failed = 0;
    let unequal = 0;
    let deaths = 0;
    for (let round = 0; round < rounds; round++) {
      await untilAll(tabs, ({ generation }) => generation === round);
      if (opened.killNetworkProcess && round % roundsPerDeath === roundsPerDeath - 1) {
        await opened.killNetworkProcess();
        deaths++;
      }
      const before = server.tokens.refreshes.length;
      if (round % 2 === 0) await sleepAll(opened);
      const at = Date.now() + 30;
      const outcomes = await Promise.all(round % 2 === 0 ? call(tabs, at) : command(tabs, at, round));
      failed += outcomes.filter(({ error, value }) => error !== undefined || value === 401).length;
      if (server.tokens.refreshes.length - before !== 1) unequal++;
    }
    const seconds = (Date.now() - startedAt) / 1000;
    const last = await eventually(
      () => standings(tabs),
      seen => seen.every(({ generation }) => generation === rounds),
    ).catch(() => standings(tabs));
    const signedOut = last.filter(({ status }) => status === 'logged-out').length;
    const expired = server.tokens.calls.filter(one => one.expired).length;
    const { rotations, reuseAlarms } = server.tokens;
    return {
      title: `${rounds} expiries met by ${tabCount} tabs of ${engine} at once, reuse of a refresh token punished at once`,
      faultless: failed + unequal + signedOut + expired + reuseAlarms === 0 && rotations === rounds,
      counts: {
        rotations,
        'rounds with another number than one refresh': unequal,
        'reuse alarms': reuseAlarms,
        'tabs signed out': signedOut,
        'requests that failed': failed,
        'expired access tokens sent': expired,
        ...(opened.killNetworkProcess && { 'deaths of the network process': deaths }),
        seconds: seconds.toFixed(0),
      },
    };
  } finally {
    await opened.close();
  }
}

function call(tabs: readonly OpenTab[], at: number) {
  return tabs.map(page => page.evaluate(at => tab.callAt(at), at));
}

function command(tabs: readonly OpenTab[], at: number, generation: number) {
  return tabs.map(page => page.evaluate(([at, of]) => tab.updateAt(at, of), [at, generation] as const));
}
