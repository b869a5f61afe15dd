import { AuthError } from '../errors.js';

/** `type` of the message that a callback page sends. */
export const callbackMessageType = 'aurelia-auth-refresh:callback';

/** A message that a window or a `BroadcastChannel` delivers. */
export interface WindowMessage {
  /** Origin of the sender. */
  readonly origin: string;
  /** Window that sent the message. `null` for a `BroadcastChannel`. */
  readonly source: unknown;
  readonly data: unknown;
}

/** Messages of callback pages. */
export interface CallbackPorts {
  /** Calls `listener` for each message to this window or its callback channel. Returns a function that stops it. */
  onMessage(listener: (message: WindowMessage) => void): () => void;
}

export interface ExpectedCallback {
  /** Origin of the callback page. */
  readonly origin: string;
  /** Window that shows the callback page. */
  readonly window: unknown;
  /** Whether a relayed URL responds to this request, usually by its `state`. Another tab may be signing in as well. */
  isExpected(url: string): boolean;
  /** Stops waiting. */
  readonly signal: AbortSignal;
}

/**
 * Resolves to the URL that a callback page relays. Accepts messages from the expected window, and from a `BroadcastChannel` for a
 * window that the provider severed from its opener (COOP). Ignores all other messages.
 *
 * @throws {AuthError} `login_timed_out` when `signal` aborts
 * @see https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies
 */
export function relayedCallback(expected: ExpectedCallback, ports: CallbackPorts): Promise<string> {
  const { origin, window, signal } = expected;
  return new Promise((resolve, reject) => {
    const stopListening = ports.onMessage(message => {
      const isTrusted = message.origin === origin && (message.source === window || message.source === null);
      const url = isTrusted ? relayedUrl(message.data) : undefined;
      if (url === undefined || originOf(url) !== origin || !expected.isExpected(url)) return;
      stop();
      resolve(url);
    });
    function abort(): void {
      stop();
      reject(loginTimedOut());
    }
    function stop(): void {
      stopListening();
      signal.removeEventListener('abort', abort);
    }
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

export function loginTimedOut(): AuthError {
  return new AuthError('login_timed_out', 'The provider did not respond in time.', { retryable: true });
}

function relayedUrl(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, url }: Partial<Record<string, unknown>> = Object.assign(Object.create(null), data);
  return type === callbackMessageType && typeof url === 'string' ? url : undefined;
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin;
  } catch {
    return undefined;
  }
}
