import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/tabs.js';
import type { Behaviour } from './behaviour.js';
import { type ContestantName, contestants } from './contestants.js';
import { Stage } from './stage.js';

/** Result of one behaviour with one client. `broken`: the trial itself failed, so it says nothing about the client. */
export type Verdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly seen: string }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'broken'; readonly error: unknown };

export type Verdicts = ReadonlyMap<Behaviour, ReadonlyMap<ContestantName, Verdict>>;

interface Trial {
  readonly behaviour: Behaviour;
  readonly contestant: ContestantName;
}

/** Runs every behaviour with every client, each with its own server and browser profile. */
export async function compare(
  behaviours: readonly Behaviour[],
  onVerdict: (trial: Trial, verdict: Verdict) => void,
  atOnce = 5,
): Promise<{ readonly verdicts: Verdicts; readonly version: string }> {
  const verdicts = new Map(behaviours.map(behaviour => [behaviour, new Map<ContestantName, Verdict>()]));
  const trials = behaviours.flatMap(behaviour => contestants.map(contestant => ({ behaviour, contestant })));
  // The longest trials start first; other trials run during their waits.
  trials.sort((one, another) => (another.behaviour.seconds ?? 0) - (one.behaviour.seconds ?? 0));
  const browser = await launchChromium();
  try {
    const work = async (some: Trial[]): Promise<void> => {
      for (let trial = some.shift(); trial; trial = some.shift()) {
        const verdict = await verdictOf(browser, trial);
        verdicts.get(trial.behaviour)?.set(trial.contestant, verdict);
        onVerdict(trial, verdict);
      }
    };
    const together = trials.filter(({ behaviour }) => !behaviour.alone);
    await Promise.all(Array.from({ length: atOnce }, () => work(together)));
    await work(trials.filter(({ behaviour }) => behaviour.alone));
    return { verdicts, version: browser.version() };
  } finally {
    await browser.close();
  }
}

async function verdictOf(browser: Browser, { behaviour, contestant }: Trial): Promise<Verdict> {
  const why = behaviour.notFor?.[contestant];
  if (why !== undefined) return { kind: 'none', why };
  const stage = await Stage.set(browser, contestant, behaviour.server);
  try {
    const seen = await behaviour.try(stage);
    return seen === undefined ? { kind: 'right' } : { kind: 'wrong', seen };
  } catch (error) {
    return { kind: 'broken', error };
  } finally {
    await stage.clear();
  }
}
