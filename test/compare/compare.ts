import type { Engine } from '../support/engines.js';
import type { Behaviour } from './behaviour.js';
import type { ContestantName } from './contestants.js';
import type { ProfileBrowser } from './profile.js';
import { launchers } from './profiles.js';
import { Stage } from './stage.js';

/** Result of one behaviour with one client. `broken`: the trial itself failed, so it says nothing about the client. */
export type Verdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly seen: string }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'broken'; readonly error: unknown };

export type Verdicts = ReadonlyMap<Behaviour, ReadonlyMap<ContestantName, Verdict>>;

export interface Trial {
  readonly behaviour: Behaviour;
  readonly contestant: ContestantName;
}

export interface EngineRun {
  /** Name and version of the browser. */
  readonly title: string;
  readonly verdicts: Verdicts;
}

/** Runs trials in one engine, each with its own server and browser profile. A trial that breaks runs a second time. */
export async function compare(
  engine: Engine,
  trials: readonly Trial[],
  onVerdict: (trial: Trial, verdict: Verdict) => void,
): Promise<EngineRun> {
  const verdicts = new Map<Behaviour, Map<ContestantName, Verdict>>();
  for (const { behaviour } of trials) verdicts.set(behaviour, new Map());
  // The longest trials start first; other trials run during their waits.
  const sorted = [...trials].sort((one, another) => (another.behaviour.seconds ?? 0) - (one.behaviour.seconds ?? 0));
  const browser = await launchers[engine]();
  try {
    const work = async (some: Trial[]): Promise<void> => {
      for (let trial = some.shift(); trial; trial = some.shift()) {
        const first = await verdictOf(browser, trial);
        // On a busy machine, a trial can miss an instant that it waits for.
        const verdict = first.kind === 'broken' ? await verdictOf(browser, trial) : first;
        verdicts.get(trial.behaviour)?.set(trial.contestant, verdict);
        onVerdict(trial, verdict);
      }
    };
    const together = sorted.filter(({ behaviour }) => !behaviour.alone);
    await Promise.all(Array.from({ length: browser.atOnce }, () => work(together)));
    await work(sorted.filter(({ behaviour }) => behaviour.alone));
    return { verdicts, title: browser.title };
  } finally {
    await browser.close();
  }
}

async function verdictOf(browser: ProfileBrowser, { behaviour, contestant }: Trial): Promise<Verdict> {
  const why = behaviour.notFor?.[contestant];
  if (why !== undefined) return { kind: 'none', why };
  const stage = await Stage.set(browser, contestant, behaviour);
  try {
    const seen = await behaviour.try(stage);
    return seen === undefined ? { kind: 'right' } : { kind: 'wrong', seen };
  } catch (error) {
    return { kind: 'broken', error };
  } finally {
    await stage.clear();
  }
}
