/** What a request of the page came to. */
export type Outcome = number | 'failed' | 'no response';

/** Maximum time to wait for the response to a request. */
const responseTimeoutMs = 45_000;

/** Describes a status other than 200; `undefined` for 200. */
export function failuresAmong(responses: readonly Outcome[] | 'no response'): string | undefined {
  if (responses === 'no response') return 'not all received a response';
  const failed = responses.filter(response => response !== 200);
  if (failed.length === 0) return undefined;
  const kinds = [...new Set(failed)].map(described).sort();
  const who = responses.length === 1 ? 'the request' : `${failed.length} of ${responses.length} requests`;
  return `${who} ${kinds.join(' or ')}`;
}

function described(response: Outcome): string {
  if (response === 'failed') return response;
  return typeof response === 'number' ? `received a ${response}` : 'received no response';
}

/** Result of a promise within a time limit. */
export function settledInTime<T>(response: Promise<T>, withinMs = responseTimeoutMs): Promise<T | 'no response'> {
  const outcome = withinTimeLimit(response, withinMs);
  outcome.catch(() => undefined);
  return outcome;
}

async function withinTimeLimit<T>(response: Promise<T>, withinMs: number): Promise<T | 'no response'> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<'no response'>(resolve => {
    timer = setTimeout(resolve, withinMs, 'no response');
  });
  try {
    return await Promise.race([response, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** The user of an access token. */
export function subjectOf(accessToken: string): string {
  try {
    return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sub;
  } catch {
    return accessToken;
  }
}
