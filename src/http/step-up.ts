import { AuthError } from '../errors.js';
import { remedyFor, tokenChallenge } from './challenge.js';
import { untilAborted } from './until-aborted.js';

/**
 * The API demands a stronger or more recent authentication, or more scopes, than the access token stands for. Its `oauthError` is
 * `insufficient_user_authentication` (RFC 9470) or `insufficient_scope` (RFC 6750 §3.1).
 */
export class StepUpError extends AuthError {
  /** Authentication context classes that the API accepts, in order of preference, with spaces between. */
  readonly acrValues: string | undefined;
  /** Maximum time since the user authenticated, in seconds. */
  readonly maxAgeSeconds: number | undefined;
  /** Scopes that the API demands, with spaces between. */
  readonly scope: string | undefined;

  constructor(status: number, parameters: ReadonlyMap<string, string>) {
    const details = { status, oauthError: parameters.get('error') as string };
    super('step_up_required', 'The API demands another authentication of the user for this request.', details);
    const maxAge = parameters.get('max_age');
    this.acrValues = parameters.get('acr_values');
    this.maxAgeSeconds = maxAge !== undefined && /^\d{1,15}$/.test(maxAge) ? Number(maxAge) : undefined;
    this.scope = parameters.get('scope');
  }
}

/**
 * Returns what a response demands of the user, as an error to throw or to show. Undefined if the response is no step-up challenge.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9470
 */
export function stepUpError(response: Response): StepUpError | undefined {
  const challenge = tokenChallenge(response);
  const isStepUp = remedyFor(response, challenge?.parameters.get('error')) === 'step-up';
  return challenge && isStepUp ? new StepUpError(response.status, challenge.parameters) : undefined;
}

/**
 * Returns the option `stepUp` of a bearer, from a function of the app that authenticates the user. Requests with the same demand
 * share one call. Calls with different demands run one after the other.
 *
 * @param authenticate signs the user in as demanded, and resolves once the session has the new tokens. If it rejects, the requests
 * reject with the same reason.
 */
export function stepUp(
  authenticate: (demand: StepUpError) => Promise<unknown>,
): (response: Response, request: Request) => Promise<unknown> {
  const pending = new Map<string, Promise<unknown>>();
  let latest: Promise<unknown> = Promise.resolve();
  return async (response, { signal }) => {
    const demand = stepUpError(response);
    if (!demand) return;
    const key = JSON.stringify([demand.acrValues, demand.maxAgeSeconds, demand.scope]);
    let work = pending.get(key);
    if (work === undefined) {
      work = latest.then(() => authenticate(demand)).finally(() => pending.delete(key));
      latest = work.catch(() => undefined);
      pending.set(key, work);
    }
    await untilAborted(work, signal);
  };
}
