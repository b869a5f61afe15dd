import { localStringStorage } from '../callback/browser-ports.js';
import type { SecretPorts } from './authorization-request.js';
import type { PopupSize, PopupWindow } from './popup.js';
import type { ProviderLoginPorts } from './provider-login.js';
import type { ProviderRedirectPorts } from './provider-redirect.js';

const secrets: SecretPorts = {
  randomText: bytes => base64url(crypto.getRandomValues(new Uint8Array(bytes))),
  digest: async text =>
    base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))),
};

/** The real windows and cryptography of a browser. */
export function providerLoginPorts(): ProviderLoginPorts {
  return {
    openPopup,
    onCallback,
    after: (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    get origin() {
      return location.origin;
    },
    ...secrets,
  };
}

/** The real address, storage and cryptography of a browser. */
export function providerRedirectPorts(): ProviderRedirectPorts {
  return {
    ...secrets,
    wall: () => Date.now(),
    texts: localStringStorage,
    url: () => location.href,
    replaceUrl: url => history.replaceState(history.state, '', url),
    navigate: url => location.assign(url),
  };
}

const channelName = 'aurelia-auth-refresh:callback';

/**
 * Tells the application's window that the provider has sent the browser back. For a page at the redirect address: it need do nothing
 * else. Without such a page the application itself is loaded into the popup, which works but takes its time.
 */
export function relayCallback(): void {
  const message = { type: channelName, address: location.href };
  const opener: Window | null = globalThis.opener;
  opener?.postMessage(message, location.origin);
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(message);
  channel.close();
}

/** By window. One that is opened again under its name belongs to the latest sign-in; to earlier ones it looks closed. */
const popups = new WeakMap<object, PopupWindow>();

function openPopup(
  url: string,
  name: string,
  { width = 500, height = 500, ...more }: PopupSize,
): PopupWindow | undefined {
  const left = screenX + (outerWidth - width) / 2;
  const top = screenY + (outerHeight - height) / 2.5;
  const features = Object.entries({ width, height, left: Math.round(left), top: Math.round(top), ...more });
  const opened = globalThis.open(url, name, features.map(([feature, value]) => `${feature}=${value}`).join(','));
  if (!opened) return undefined;
  opened.focus?.();
  const isOurs = () => popups.get(opened) === popup;
  const popup: PopupWindow = {
    get closed() {
      return opened.closed || !isOurs();
    },
    address: () => {
      try {
        return isOurs() ? opened.location.href : undefined;
      } catch {
        return undefined;
      }
    },
    go: address => {
      if (isOurs()) opened.location.assign(address);
    },
    close: () => {
      if (isOurs()) opened.close();
    },
  };
  popups.set(opened, popup);
  return popup;
}

function onCallback(popup: PopupWindow, listener: (address: string) => void): () => void {
  const told = ({ data }: MessageEvent) => {
    if (data?.type === channelName && typeof data.address === 'string') listener(data.address);
  };
  const fromPopup = (event: MessageEvent) => {
    if (event.origin === location.origin && event.source && popups.get(event.source) === popup) told(event);
  };
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', told);
  globalThis.addEventListener('message', fromPopup);
  return () => {
    channel.close();
    globalThis.removeEventListener('message', fromPopup);
  };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}
