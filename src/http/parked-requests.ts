import { AuthError } from '../errors.js';
import { after } from '../session/browser-ports.js';
import { ChangeListeners } from '../session/change-listeners.js';
import { checkOptions, type OptionKinds } from '../session/check-options.js';
import type { Session } from '../session/session.js';
import { endReasons, isLoggedIn, type LiveSession, type SessionChange } from '../session/session-state.js';
import { isSafe, isStream } from './request-copy.js';

/** Bounds of {@link ParkedRequests}. */
export interface ParkedRequestsOptions {
  /** Maximum number of requests that wait. @default 20 */
  readonly maxRequests?: number;
  /** Maximum size of all their bodies, in bytes. @default 1_000_000 */
  readonly maxBodyBytes?: number;
  /** Maximum time that a request waits, in seconds. @default 600 */
  readonly maxWaitSeconds?: number;
  /** Runs `action` after `delayMs`. Returns a function that cancels it. @default setTimeout */
  readonly after?: (delayMs: number, action: () => void) => () => void;
  /** Called with what a listener throws. */
  readonly onError?: (error: unknown) => void;
}

const parkedRequestsKinds: OptionKinds = {
  maxRequests: 'seconds',
  maxBodyBytes: 'seconds',
  maxWaitSeconds: 'seconds',
  after: 'function',
  onError: 'function',
};

/** A request that needs a token of a session that has ended. */
export interface RequestToPark {
  /** Not sent yet, or a clone of the request that was sent. */
  readonly request: Request;
  /** The `body` that the request was created with: `null` without one, undefined if it is unknown. */
  readonly body: unknown;
  /** Called if the request waits. */
  readonly parked?: () => void;
}

/**
 * Lets requests wait for the user to sign in again, after the server has ended the session. They wait in memory: a page load
 * rejects them. When the same user has signed in, they are sent with the new token; when another user has, they reject with
 * `session_changed`.
 *
 * @example
 * const parkedRequests = new ParkedRequests(session);
 * const bearer = new Bearer(session, { protects, fetch, parkedRequests });
 * parkedRequests.subscribe(count => {
 *   if (count > 0 && !dialog.open) dialog.showModal();
 * });
 * dialog.addEventListener('cancel', () => parkedRequests.cancel());
 */
export class ParkedRequests {
  /** Number of requests that wait. */
  count = 0;
  private ended: LiveSession | undefined;
  private bodyBytes = 0;
  private readonly waiting = new Set<(error?: AuthError) => void>();
  private readonly listeners = new ChangeListeners<number>(error => this.options.onError?.(error));

  constructor(
    private readonly session: Session,
    private readonly options: ParkedRequestsOptions = {},
  ) {
    checkOptions(options, parkedRequestsKinds);
    session.subscribe(change => this.sessionChanged(change));
    session.disposed.addEventListener('abort', () => this.settle());
  }

  /** The session whose requests wait. Undefined while requests do not wait: they fail as they do without parking. */
  get endedSession(): LiveSession | undefined {
    return this.ended;
  }

  /** Calls `listener` with each new {@link ParkedRequests.count}. Returns a function that stops that. */
  subscribe(listener: (count: number) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Rejects all waiting requests with `session_ended`. No request waits again until a user has signed in. */
  cancel(): void {
    this.ended = undefined;
    this.settle(new AuthError('session_ended', 'The session has ended, and the user did not sign in again.'));
  }

  /**
   * Waits until a user has signed in. Rejects with `error` at once if it is not the end of the session, or if the request exceeds the
   * bounds.
   *
   * @throws {AuthError} `session_ended` after {@link ParkedRequests.cancel} or the maximum time
   */
  async park(error: unknown, { request, body, parked }: RequestToPark): Promise<void> {
    if (!(error instanceof AuthError) || error.code !== 'session_ended') throw error;
    const bytes = await bytesOf(body, request);
    if (isLoggedIn(this.session.state) || request.signal.aborted) return;
    const { maxRequests, maxBodyBytes } = this.options;
    const fits = this.waiting.size < (maxRequests ?? 20) && this.bodyBytes + bytes <= (maxBodyBytes ?? 1_000_000);
    if (!this.ended || !fits) throw error;
    const signedIn = this.wait(bytes, request.signal);
    parked?.();
    await signedIn;
  }

  private wait(bytes: number, signal: AbortSignal): Promise<void> {
    const { maxWaitSeconds, after: later } = this.options;
    return new Promise((resolve, reject) => {
      const settle = (error?: AuthError) => {
        this.waiting.delete(settle);
        this.bodyBytes -= bytes;
        stopTimer();
        signal.removeEventListener('abort', abort);
        this.counted();
        if (error) reject(error);
        else resolve();
      };
      const abort = () => settle();
      const stopTimer = (later || after)((maxWaitSeconds ?? 600) * 1000, () => {
        settle(new AuthError('session_ended', 'The session has ended, and the user did not sign in again in time.'));
      });
      signal.addEventListener('abort', abort);
      this.waiting.add(settle);
      this.bodyBytes += bytes;
      this.counted();
    });
  }

  private sessionChanged({ state, previous }: SessionChange): void {
    if (isLoggedIn(state)) {
      this.ended = undefined;
      this.settle();
    } else if (isLoggedIn(previous) && 'ended' in state && endReasons[state.ended].canResume) {
      this.ended = previous;
    } else {
      this.cancel();
    }
  }

  private settle(error?: AuthError): void {
    for (const settle of [...this.waiting]) settle(error);
  }

  private counted(): void {
    this.count = this.waiting.size;
    this.listeners.notify(this.count);
  }
}

/** Size of a body in bytes; infinite for a stream. `Request.body` is left alone: WebKit would fail to send the request. */
async function bytesOf(body: unknown, request: Request): Promise<number> {
  if (body === null || isSafe(request)) return 0;
  if (body === undefined)
    return request
      .clone()
      .blob()
      .then(sizeOf, () => Number.POSITIVE_INFINITY);
  if (isStream(body)) return Number.POSITIVE_INFINITY;
  if (!(body instanceof FormData)) return sizeOf(body);
  let bytes = 0;
  body.forEach((value, name) => {
    bytes += sizeOf(name) + sizeOf(value);
  });
  return bytes;
}

function sizeOf(body: unknown): number {
  return body instanceof URLSearchParams ? body.toString().length : new Blob([body as BlobPart]).size;
}
