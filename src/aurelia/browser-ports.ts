import {
  type BrowserPortsOptions,
  browserPorts,
  type IdleTimeoutPorts,
  idleTimeoutPorts,
  type ProviderLoginPorts,
  type ProviderRedirectPorts,
  providerLoginPorts,
  providerRedirectPorts,
  type SessionPorts,
} from '../core.js';

/** The browser APIs that the plugin uses. Tests register an instance with other methods in the container. */
export class PagePorts {
  /** Returns clock, timers, network, storage and locks for the session. */
  session(options: BrowserPortsOptions): SessionPorts {
    return browserPorts(options);
  }

  /** Returns the user's activity for the idle timeout. */
  user(options: BrowserPortsOptions): IdleTimeoutPorts {
    return idleTimeoutPorts(options);
  }

  /** Returns windows and cryptography for sign-in by popup. */
  providers(): ProviderLoginPorts {
    return providerLoginPorts();
  }

  /** Returns address, storage and cryptography for sign-in by redirect. */
  redirects(): ProviderRedirectPorts {
    return providerRedirectPorts();
  }

  /** Storage that belongs to the tab and lasts until it is closed. */
  get tabStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
    return sessionStorage;
  }

  /** Returns a global variable of the page. */
  global(name: string): unknown {
    return Reflect.get(globalThis, name);
  }

  /** Sends a retried request. */
  fetch(request: Request): Promise<Response> {
    return fetch(request);
  }

  /** The address of the page. */
  get url(): string {
    return location.href;
  }

  /** The base of relative URLs. */
  get baseUrl(): string {
    return document.baseURI;
  }

  /** Navigates to an address. If it differs in its fragment only, the router handles it. */
  assign(url: string): void {
    location.assign(url);
  }

  /** Reloads the page. */
  reload(): void {
    location.reload();
  }

  /** Runs `action` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }
}
