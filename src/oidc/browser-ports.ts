import { createStore, get, update } from 'idb-keyval';
import { localStringStorage } from '../callback/browser-ports.js';
import { patienceMs, within } from '../session/browser-ports.js';
import type { HiddenFrame, OpenIdConnectPorts, Popup } from './ports.js';

/** The real network, windows and storage of a browser. Touches none of them before it is used. */
export function openIdConnectPorts(): OpenIdConnectPorts {
  return {
    fetch: (url, init) => fetch(url, init),
    after: (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    wall: () => Date.now(),
    texts: localStringStorage,
    onText: listener =>
      listening('storage', event => {
        const { key, newValue, storageArea } = event as StorageEvent;
        if (storageArea === localStorage && key !== null && newValue !== null) listener(key, newValue);
      }),
    keyPair: (name, generate) => within(patienceMs, keyPair(name, generate), () => undefined),
    isSecureContext: () => globalThis.crypto?.subtle !== undefined,
    isCrossOriginIsolated: () => globalThis.crossOriginIsolated === true,
    page: {
      url: () => location.href,
      replaceUrl: url => history.replaceState(history.state, '', url),
      navigate: url => location.assign(url),
    },
    openPopup,
    openFrame,
    onMessage: listener =>
      listening('message', event => {
        const { origin, source, data } = event as MessageEvent;
        listener({ origin, source, data });
      }),
  };
}

/** In IndexedDB, where a key can rest that no script can read. */
async function keyPair(name: string, generate: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair> {
  const store = createStore('aurelia-auth-refresh:keys', 'keys');
  const kept = await get<CryptoKeyPair>(name, store);
  if (kept) return kept;
  const generated = await generate();
  await update<CryptoKeyPair>(name, earlier => earlier ?? generated, store);
  return (await get<CryptoKeyPair>(name, store)) ?? generated;
}

const width = 480;
const height = 640;

function openPopup(): Popup | undefined {
  const left = Math.round(screenX + (outerWidth - width) / 2);
  const top = Math.round(screenY + (outerHeight - height) / 2);
  const popup = open('', '_blank', `popup,width=${width},height=${height},left=${left},top=${top}`);
  if (!popup) return undefined;
  return {
    window: popup,
    get closed() {
      return popup.closed;
    },
    navigate: url => popup.location.replace(url),
    close: () => popup.close(),
  };
}

function openFrame(url: string): HiddenFrame {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Sign-in';
  // Without leave to navigate the top window, a login page that does not want to be framed cannot take the application away.
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
  frame.src = url;
  document.body.append(frame);
  return { window: frame.contentWindow, remove: () => frame.remove() };
}

function listening(type: string, listener: (event: Event) => void): () => void {
  globalThis.addEventListener(type, listener);
  return () => globalThis.removeEventListener(type, listener);
}
