import { localStringStorage, onMessage, openPopup } from '../callback/browser-ports.js';
import { after } from '../session/browser-ports.js';
import type { SecretPorts } from './authorization-request.js';
import type { ProviderLoginPorts } from './provider-login.js';
import type { ProviderRedirectPorts } from './provider-redirect.js';

const secrets: SecretPorts = {
  randomText: bytes => base64url(crypto.getRandomValues(new Uint8Array(bytes))),
  digest: async text =>
    base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))),
};

/** Returns the windows, messages, timers and cryptography of the browser. */
export function providerLoginPorts(): ProviderLoginPorts {
  return {
    openPopup,
    onMessage,
    after,
    get origin() {
      return location.origin;
    },
    ...secrets,
  };
}

/** Returns the location, storage and cryptography of the browser. */
export function providerRedirectPorts(): ProviderRedirectPorts {
  return {
    ...secrets,
    wall: () => Date.now(),
    storage: localStringStorage,
    url: () => location.href,
    replaceUrl: url => history.replaceState(history.state, '', url),
    navigate: url => location.assign(url),
  };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}
