import { AuthError } from '../errors.js';
import { type CallbackParameters, callbackParameters } from './callback-parameters.js';

/** A window of ours, at whatever address it may be. */
export interface PopupWindow {
  /** Also true of a window that was cut off from the page. */
  readonly closed: boolean;
  /** Absent while a page of another origin is in it. */
  address(): string | undefined;
  /** Sends the window to another address. */
  go(url: string): void;
  /** Closes the window; again, too. */
  close(): void;
}

/** What a window for a provider needs from its environment; `providerLoginPorts()` has the real ones. */
export interface PopupPorts {
  /** Absent when the browser refused. */
  openPopup(url: string, name: string, size: PopupSize): PopupWindow | undefined;
  /** Calls back with the address that a callback page tells, if that page is in the popup. Returns how to stop. */
  onCallback(popup: PopupWindow, listener: (address: string) => void): () => void;
  /** Calls back after a while; returns how to cancel. */
  after(delayMs: number, action: () => void): () => void;
  /** The page's own origin. */
  readonly origin: string;
}

/** In CSS pixels. Absent: 500. */
export interface PopupSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const pollMs = 35;
/** A window that is cut off from its opener looks closed: its callback page has this long to speak up. */
const closedGraceMs = 500;

/**
 * Opens a window for a provider. To be called while handling a click or a key press: otherwise browsers open none.
 *
 * @throws {AuthError} `popup_blocked`
 */
export function openPopup(url: string, name: string, size: PopupSize, ports: PopupPorts): PopupWindow {
  const popup = ports.openPopup(url, name, size);
  if (!popup) throw new AuthError('popup_blocked', 'Provider Popup Blocked: a click or a key press allows it.');
  return popup;
}

/**
 * Waits until the provider has sent the window back to this application, and closes it. Sees that from the window's address, or
 * is told by the callback page.
 *
 * @param isOurs whether what a callback page tells belongs to this window: another tab may be signing in too
 * @throws {AuthError} `popup_closed` when the user closed the window first
 */
export function popupCallback(
  popup: PopupWindow,
  isOurs: (answer: CallbackParameters) => boolean,
  ports: PopupPorts,
): Promise<CallbackParameters> {
  return new Promise((resolve, reject) => {
    let cancelPoll = (): void => undefined;
    const finish = (settle: () => void): void => {
      cancelPoll();
      stopListening();
      popup.close();
      settle();
    };
    const told = (address: string): void => {
      const found = parametersOf(address);
      if (found && isOurs(found)) finish(() => resolve(found));
    };
    const parametersOf = (address: string | undefined) =>
      address?.startsWith(`${ports.origin}/`) ? callbackParameters(address) : undefined;
    const poll = (): void => {
      const found = parametersOf(popup.address());
      if (found) finish(() => resolve(found));
      else cancelPoll = popup.closed ? ports.after(closedGraceMs, giveUp) : ports.after(pollMs, poll);
    };
    const giveUp = (): void => finish(() => reject(new AuthError('popup_closed', 'The sign-in window was closed.')));
    const stopListening = ports.onCallback(popup, told);
    poll();
  });
}
