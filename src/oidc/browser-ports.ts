import { createStore, get, update } from 'idb-keyval';
import { localStringStorage, onMessage, openPopup } from '../callback/browser-ports.js';
import { after } from '../session/browser-ports.js';
import { withinTime } from '../session/indexed-db-store.js';
import type { HiddenFrame, OpenIdConnectPorts } from './ports.js';

/** Returns the network, windows and storage of the browser. Accesses none of them before they are used. */
export function openIdConnectPorts(): OpenIdConnectPorts {
  return {
    fetch: (url, init) => fetch(url, init),
    after,
    wall: () => Date.now(),
    storage: localStringStorage,
    keyPair: (name, generate) => withinTime(after, keyPair(name, generate), () => undefined),
    isSecureContext: () => globalThis.crypto?.subtle !== undefined,
    isCrossOriginIsolated: () => globalThis.crossOriginIsolated === true,
    page: {
      url: () => location.href,
      replaceUrl: url => history.replaceState(history.state, '', url),
      navigate: url => location.assign(url),
    },
    openPopup,
    openFrame,
    onMessage,
  };
}

/** IndexedDB stores keys that scripts can use and cannot read. */
async function keyPair(name: string, generate: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair> {
  const store = createStore('aurelia-auth-refresh:keys', 'keys');
  const kept = await get<CryptoKeyPair>(name, store);
  if (kept) return kept;
  const generated = await generate();
  await update<CryptoKeyPair>(name, earlier => earlier ?? generated, store);
  return (await get<CryptoKeyPair>(name, store)) ?? generated;
}

function openFrame(url: string): HiddenFrame {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Sign-in';
  // Without allow-top-navigation, a login page that leaves its frame cannot replace the application.
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
  frame.src = url;
  document.body.append(frame);
  return { window: frame.contentWindow, remove: () => frame.remove() };
}
