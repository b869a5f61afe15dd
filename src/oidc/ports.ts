import type { StringStorage } from '../callback/string-storage.js';

/** A message as `postMessage` delivers it. */
export interface WindowMessage {
  readonly origin: string;
  /** The window that sent it. */
  readonly source: unknown;
  readonly data: unknown;
}

/** A window for the provider. */
export interface Popup {
  /** The window, for comparing with {@link WindowMessage.source}. */
  readonly window: unknown;
  readonly closed: boolean;
  /** Sends the window to another address. */
  navigate(url: string): void;
  /** Closes the window; again, too. */
  close(): void;
}

/** An iframe that nobody sees. */
export interface HiddenFrame {
  /** The window, for comparing with {@link WindowMessage.source}. */
  readonly window: unknown;
  /** Takes it out of the page; again, too. */
  remove(): void;
}

/** What OpenID Connect needs from its environment; `openIdConnectPorts()` has the real ones. */
export interface OpenIdConnectPorts {
  /** For discovery, token requests and revocations. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Calls back after a while; returns how to cancel. */
  after(delayMs: number, action: () => void): () => void;
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Shared by the tabs of the browser. */
  readonly texts: StringStorage;
  /** Calls back with the name and text that another window of this origin wrote. Returns how to stop. */
  onText(listener: (name: string, text: string) => void): () => void;
  /**
   * The pair of that name that this browser keeps; made and kept at the first call, the first one where two tabs call at once. Rejects where
   * the browser cannot be asked: a sign-in then makes do with a pair in memory, and tokens that are bound already are refreshed later.
   */
  keyPair(name: string, generate: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair>;
  /** Whether the page may use cryptography. */
  isSecureContext(): boolean;
  /** Whether frames of other origins load only when they agree to it (COEP). */
  isCrossOriginIsolated(): boolean;
  readonly page: {
    /** The address of the page. */
    url(): string;
    /** Changes the address bar and the history entry, and loads nothing. */
    replaceUrl(url: string): void;
    /** Sends the page to another address. */
    navigate(url: string): void;
  };
  /** Absent when the browser did not allow it. */
  openPopup(): Popup | undefined;
  /** Opens an address in a frame that nobody sees. */
  openFrame(url: string): HiddenFrame;
  /** Calls back with what other windows post to the page. Returns how to stop. */
  onMessage(listener: (message: WindowMessage) => void): () => void;
}
