import { AuthError } from '../errors.js';
import { type CallbackParameters, callbackParameters } from './callback-parameters.js';
import { type CallbackPorts, relayedCallback } from './relayed-callback.js';

/** A popup that this application opened. */
export interface PopupWindow {
  /** Window object, compared with the `source` of messages. */
  readonly window: unknown;
  /** Whether the popup is closed. Also true if the provider severed it from its opener, or a later sign-in uses it. */
  readonly closed: boolean;
  /** Returns the URL of the popup. Returns `undefined` while it shows a page of another origin. */
  url(): string | undefined;
  /** Navigates the popup. */
  navigate(url: string): void;
  /** Closes the popup. Does nothing if it is closed. */
  close(): void;
}

/** Size of a popup in CSS pixels. */
export interface PopupSize {
  /** @default 500 */
  readonly width?: number | undefined;
  /** @default 500 */
  readonly height?: number | undefined;
}

/** Name and size of a popup. */
export interface PopupOptions extends PopupSize {
  /** Name of the window: a popup that has this name already is used again. @default '_blank' */
  readonly name?: string | undefined;
}

/** Windows, timers and messages for a popup. `providerLoginPorts()` returns those of the browser. */
export interface PopupPorts extends CallbackPorts {
  /** Opens an empty popup. Returns `undefined` if the browser blocks it. */
  openPopup(options: PopupOptions): PopupWindow | undefined;
  /** Runs `action` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
  /** Origin of the page. */
  readonly origin: string;
}

const pollMs = 35;
/** A callback page may still send its message after the popup was closed or severed. */
const closedGraceMs = 500;

/**
 * Opens an empty popup. Browsers allow that only in the handler of a click or a key press.
 *
 * @throws {AuthError} `popup_blocked`
 */
export function openPopup(options: PopupOptions, ports: Pick<PopupPorts, 'openPopup'>): PopupWindow {
  const popup = ports.openPopup(options);
  if (popup) return popup;
  throw new AuthError('popup_blocked', 'Provider Popup Blocked: open it in the handler of a click or a key press.');
}

/**
 * Waits until the provider redirects the popup to this application, then closes the popup.
 *
 * @param isExpected whether parameters that a callback page relays respond to this request: another tab may be signing in as well
 * @throws {AuthError} `popup_closed` when the user closes the popup
 */
export async function popupCallback(
  popup: PopupWindow,
  isExpected: (parameters: CallbackParameters) => boolean,
  ports: PopupPorts,
): Promise<CallbackParameters> {
  const end = new AbortController();
  const { signal } = end;
  const relayed = relayedCallback(
    {
      origin: ports.origin,
      window: popup.window,
      isExpected: url => isExpected(callbackParameters(url) ?? {}),
      signal,
    },
    ports,
  ).then(url => callbackParameters(url) ?? {});
  try {
    return await Promise.race([relayed, ownParameters(popup, signal, ports), popupClosed(popup, signal, ports)]);
  } finally {
    end.abort();
    popup.close();
  }
}

/**
 * Rejects half a second after the popup was closed. Stays pending after `signal` aborts.
 *
 * @throws {AuthError} `popup_closed`
 */
export function popupClosed(
  popup: PopupWindow,
  signal: AbortSignal,
  { after }: Pick<PopupPorts, 'after'>,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new AuthError('popup_closed', 'The popup was closed before the sign-in completed.'));
    poll(
      () => popup.closed,
      signal,
      after,
      () => afterUnless(signal, after, closedGraceMs, fail),
    );
  });
}

/** Resolves to the parameters of the popup's URL once it shows a page of this application. */
function ownParameters(
  popup: PopupWindow,
  signal: AbortSignal,
  { origin, after }: PopupPorts,
): Promise<CallbackParameters> {
  const parameters = () => {
    const url = popup.url();
    return url?.startsWith(`${origin}/`) ? callbackParameters(url) : undefined;
  };
  return new Promise(resolve => poll(parameters, signal, after, resolve));
}

function poll<T>(
  read: () => T | undefined | false,
  signal: AbortSignal,
  after: PopupPorts['after'],
  found: (value: T) => void,
): void {
  const value = read();
  if (value) found(value);
  else afterUnless(signal, after, pollMs, () => poll(read, signal, after, found));
}

function afterUnless(signal: AbortSignal, after: PopupPorts['after'], delayMs: number, action: () => void): void {
  if (signal.aborted) return;
  const cancel = after(delayMs, () => {
    signal.removeEventListener('abort', cancel);
    action();
  });
  signal.addEventListener('abort', cancel);
}
