import { type Application, secondsFromNow, token } from '../application.js';

/** What an application written in JavaScript passes for an argument that it leaves out. */
export const nothing = null as never;

/** An access token that expired a minute ago. */
export function expired(): string {
  return token({ exp: secondsFromNow(-60) });
}

/** Observes with a user who is signed in. */
export function signedIn(observe: (app: Application) => unknown, response?: object) {
  return (app: Application) => {
    app.signedIn({}, response);
    return observe(app);
  };
}

/** Observes without a signed-in user. */
export function signedOut(observe: (app: Application) => unknown) {
  return (app: Application) => {
    app.start();
    return observe(app);
  };
}

/** The outcome of a call, with its requests and redirects. */
export async function made(app: Application, call: () => unknown): Promise<unknown> {
  const outcome = await Promise.resolve()
    .then(call)
    .then(
      value => ({ resolves: value }),
      error => ({ rejects: error }),
    );
  return [outcome, app.requests, app.redirects];
}

/** A call with the redirects of the defaults. */
export function calling(call: (app: Application) => unknown, config: object = {}) {
  return (app: Application) => {
    app.startWith(config);
    return made(app, () => call(app));
  };
}

/** What an action throws. */
export function thrown(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The outcome, for which ten seconds may have to pass; cryptography takes real time besides. An object comes back as a plain one. */
export async function eventually(outcome: Promise<unknown>): Promise<unknown> {
  let settled: { readonly value: unknown } | undefined;
  outcome.then(
    value => {
      settled = { value: typeof value === 'object' && value !== null ? { ...value } : value };
    },
    error => {
      settled = { value: { rejects: error } };
    },
  );
  for (let seconds = 0; seconds < 10 && !settled; seconds++) await pass(1000);
  return settled ? settled.value : 'pending';
}
