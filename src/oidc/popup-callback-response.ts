import { AuthError } from '../errors.js';
import type { OpenIdConnectPorts } from './ports.js';

/** What `callback.html` says to whoever opened it. */
export const callbackMessage = 'aurelia-auth-refresh:callback';
/** Where `callback.html` leaves its address, under its `state`, when nobody is there to say it to. */
export const callbackText = 'aurelia-auth-refresh:callback:';

export interface AwaitedAnswer {
  readonly state: string;
  /** Where the provider was told to send the window back to. */
  readonly redirectUri: string;
  /** The window that is to say it. */
  readonly window: unknown;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * The address that the provider sent a window of ours back to: told by that very window from our own origin, or, where the
 * provider cut the window off from us, left in storage. Whatever else is heard is ignored. All listening ends with it.
 */
export function popupCallbackResponse(
  { state, redirectUri, window, signal }: AwaitedAnswer,
  ports: Pick<OpenIdConnectPorts, 'onMessage' | 'onText' | 'texts'>,
): Promise<URL> {
  return new Promise((resolve, reject) => {
    const { origin } = new URL(redirectUri);
    const hear = (text: unknown): void => {
      const url = typeof text === 'string' ? parsed(text) : undefined;
      if (url?.origin !== origin || url.searchParams.get('state') !== state) return;
      stop();
      resolve(url);
    };
    const give = (): void => {
      stop();
      reject(new AuthError('login_timed_out', 'The provider did not come back in time.', { retryable: true }));
    };
    const stops = [
      ports.onMessage(message => {
        if (message.origin === origin && message.source === window && window !== null) hear(said(message.data));
      }),
      ports.onText((name, text) => {
        if (name !== callbackText + state) return;
        ports.texts.remove(name);
        hear(text);
      }),
    ];
    function stop(): void {
      for (const end of stops) end();
      signal.removeEventListener('abort', give);
    }
    signal.addEventListener('abort', give);
    if (signal.aborted) give();
  });
}

function said(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, url }: Partial<Record<string, unknown>> = Object.assign(Object.create(null), data);
  return type === callbackMessage ? url : undefined;
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
