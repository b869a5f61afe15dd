import type { PopupOptions, PopupWindow } from './popup.js';
import { callbackMessageType, type WindowMessage } from './relayed-callback.js';
import type { StringStorage } from './string-storage.js';

/** `localStorage`, which all tabs of an origin share. Accessed at each call only. */
export const localStringStorage: StringStorage = {
  read: name => localStorage.getItem(name) ?? undefined,
  write: (name, value) => localStorage.setItem(name, value),
  remove: name => localStorage.removeItem(name),
  names: () => Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? ''),
};

/**
 * Relays the URL of this page to the window that started the sign-in, then closes this window. Call it on the page at
 * `redirectUri`: without such a page, the popup loads the whole application.
 *
 * @example
 * import { relayCallback } from 'aurelia-auth-refresh/core';
 *
 * relayCallback();
 */
export function relayCallback(): void {
  const message = { type: callbackMessageType, url: location.href };
  history.replaceState(null, '', location.pathname);
  const recipient: Window | null = opener ?? (parent === window ? null : parent);
  recipient?.postMessage(message, location.origin);
  // A popup that the provider severed from its opener (COOP) reaches it over the channel.
  const channel = callbackChannel();
  channel?.postMessage(message);
  channel?.close();
  setTimeout(close, 1000);
}

/** Calls `listener` for each message to this window or its callback channel. Returns a function that stops it. */
export function onMessage(listener: (message: WindowMessage) => void): () => void {
  const channel = callbackChannel();
  channel?.addEventListener('message', listener);
  globalThis.addEventListener('message', listener);
  return () => {
    channel?.close();
    globalThis.removeEventListener('message', listener);
  };
}

/** Returns `undefined` in browsers without `BroadcastChannel`, such as Safari before 15.4. */
function callbackChannel(): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(callbackMessageType);
}

/** Latest popup of each window. A window that is opened again under its name belongs to the latest sign-in. */
const popups = new WeakMap<object, PopupWindow>();

/** Opens an empty popup in the middle of the page. Returns `undefined` if the browser blocks it. */
export function openPopup({
  name = '_blank',
  width = 500,
  height = 500,
  ...more
}: PopupOptions): PopupWindow | undefined {
  const left = Math.round(screenX + (outerWidth - width) / 2);
  const top = Math.round(screenY + (outerHeight - height) / 2.5);
  const features = Object.entries({ width, height, left, top, ...more });
  const opened = globalThis.open('about:blank', name, features.map(([key, value]) => `${key}=${value}`).join(','));
  if (!opened) return undefined;
  opened.focus?.();
  const isOurs = () => popups.get(opened) === popup;
  const popup: PopupWindow = {
    window: opened,
    get closed() {
      return opened.closed || !isOurs();
    },
    url: () => {
      try {
        return isOurs() ? opened.location.href : undefined;
      } catch {
        return undefined;
      }
    },
    navigate: url => {
      if (isOurs()) opened.location.replace(url);
    },
    close: () => {
      if (isOurs()) opened.close();
    },
  };
  popups.set(opened, popup);
  return popup;
}
