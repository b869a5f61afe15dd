import type { PopupOptions, PopupWindow } from '../callback/popup.js';
import type { WindowMessage } from '../callback/relayed-callback.js';
import type { StringStorage } from '../callback/string-storage.js';

/** A hidden iframe. */
export interface HiddenFrame {
  /** Window object, compared with {@link WindowMessage.source}. */
  readonly window: unknown;
  /** Removes the frame from the page. Does nothing if it is removed. */
  remove(): void;
}

/** Platform of {@link OpenIdConnect}. `openIdConnectPorts()` returns that of the browser. */
export interface OpenIdConnectPorts {
  /** Sends requests to the provider: discovery, tokens, revocation. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Runs `action` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Storage that all tabs of the browser share. */
  readonly storage: StringStorage;
  /**
   * Returns the key pair that the browser stores under `name`. Generates and stores one at the first call of all tabs. Rejects if the
   * browser denies access: a sign-in then uses a key pair in memory, and bound tokens are refreshed later.
   */
  keyPair(name: string, generate: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair>;
  /** Whether the page may use `crypto.subtle`. */
  isSecureContext(): boolean;
  /** Whether the page is cross-origin isolated: frames of other origins load only if they opt in (COEP). */
  isCrossOriginIsolated(): boolean;
  readonly page: {
    /** URL of the page. */
    url(): string;
    /** Replaces the URL of the page and its history entry. Loads nothing. */
    replaceUrl(url: string): void;
    /** Navigates the page. */
    navigate(url: string): void;
  };
  /** Opens an empty popup. Returns `undefined` if the browser blocks it. */
  openPopup(options: PopupOptions): PopupWindow | undefined;
  /** Loads a URL in a hidden iframe. */
  openFrame(url: string): HiddenFrame;
  /** Calls `listener` for each message to this window or its callback channel. Returns a function that stops it. */
  onMessage(listener: (message: WindowMessage) => void): () => void;
}
