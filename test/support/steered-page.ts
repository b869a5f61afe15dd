/** The page's half of `steering.ts`: fetches work, does it and posts what came of it. Bundled into the page that specs open. */

/** One piece of work for a page. */
export interface Work {
  readonly number: number;
  /** The source of a function. */
  readonly code: string;
  readonly argument: unknown;
}

/** What a piece of work came to. */
export type WorkOutcome = { readonly value: unknown } | { readonly error: string };

const retryMs = 100;
const { fetch } = globalThis;
const steeredBy = /#steered-by=(.+)$/;

/** Lets the page be steered if its address says so, or the name of its window, which outlasts redirects. */
export function obeyAddress(): void {
  const [, url] = steeredBy.exec(location.hash) ?? steeredBy.exec(window.name) ?? [];
  if (url !== undefined) void obey(url);
}

/** Works for the server at this URL until the page ends. Failed requests are retried, so the page continues after a network failure. */
async function obey(steeringUrl: string): Promise<never> {
  let received = 0;
  for (;;) {
    const work = await next(steeringUrl, received);
    if (!work) continue;
    received = work.number;
    void perform(work).then(outcome => report(steeringUrl, work.number, outcome));
  }
}

async function next(steeringUrl: string, received: number): Promise<Work | undefined> {
  try {
    const response = await fetch(`${steeringUrl}/next?received=${received}`);
    return response.status === 200 ? ((await response.json()) as Work) : undefined;
  } catch {
    await pause();
    return undefined;
  }
}

async function perform({ code, argument }: Work): Promise<WorkOutcome> {
  try {
    // What runs the specs names functions by a helper of its own, which the page lacks.
    const work = new Function('__name', `return (${code})`)((named: unknown) => named);
    return { value: await work(argument) };
  } catch (error) {
    return { error: String(error) };
  }
}

async function report(steeringUrl: string, number: number, outcome: WorkOutcome): Promise<void> {
  const body = JSON.stringify(outcome);
  for (;;) {
    try {
      await fetch(`${steeringUrl}/outcome?number=${number}`, { method: 'POST', body });
      return;
    } catch {
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, retryMs));
}
