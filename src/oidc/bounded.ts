import { AuthError } from '../errors.js';

interface Bounds {
  readonly seconds: number;
  /** Ends the work early. */
  readonly abort?: AbortSignal | undefined;
  after(delayMs: number, action: () => void): () => void;
}

/**
 * Work that ends in time, even where it pays no heed to the signal.
 *
 * @throws {AuthError} `login_timed_out`
 */
export async function bounded<T>(
  { seconds, abort, after }: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const attempt = new AbortController();
  const giveUp = () => attempt.abort();
  const cancel = after(seconds * 1000, giveUp);
  abort?.addEventListener('abort', giveUp);
  if (abort?.aborted) giveUp();
  try {
    return await Promise.race([work(attempt.signal), aborted(attempt.signal)]);
  } finally {
    cancel();
    abort?.removeEventListener('abort', giveUp);
    giveUp();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () =>
      reject(new AuthError('login_timed_out', 'The provider did not come back in time.', { retryable: true }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
}
