import { runModel } from '../session/model.js';
import type { SoakReport } from './soak-report.js';

/** Random events in three tabs, each run in another order. The invariants are checked after each event. */
export async function orders({ runs, seed }: { runs: number; seed?: number }): Promise<SoakReport> {
  const startMs = performance.now();
  const wrong = await runModel({ runs, ...(seed !== undefined && { seed }) }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return {
    title: `${runs} orders of logins, logouts, expiries, answers, outages, clock jumps, …, in the model of the session`,
    faultless: wrong === undefined,
    counts: {
      ...(wrong !== undefined && { 'what went wrong': wrong }),
      seconds: ((performance.now() - startMs) / 1000).toFixed(0),
    },
  };
}
