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

/**
 * The page as the plugin uses it. A test puts an instance with other methods into the container, and the plugin touches
 * nothing of the real one.
 */
export class PagePorts {
  /** Clock, timers, network, storage and locks for the session. */
  session(options: BrowserPortsOptions): SessionPorts {
    return browserPorts(options);
  }

  /** Signs of the user. */
  user(options: BrowserPortsOptions): IdleTimeoutPorts {
    return idleTimeoutPorts(options);
  }

  /** Windows and cryptography for signing in at a provider. */
  providers(): ProviderLoginPorts {
    return providerLoginPorts();
  }

  /** Address, storage and cryptography for signing in at a provider by sending the page there. */
  redirects(): ProviderRedirectPorts {
    return providerRedirectPorts();
  }

  /** A global of the page, such as a script that defines one. */
  global(name: string): unknown {
    return Reflect.get(globalThis, name);
  }

  /** Sends a request again after a 401. */
  fetch(request: Request): Promise<Response> {
    return fetch(request);
  }

  /** Address of the current page. */
  get url(): string {
    return location.href;
  }

  /** What relative addresses are resolved against. */
  get baseUrl(): string {
    return document.baseURI;
  }

  /** Goes to another address; one that differs in the part after `#` alone is a navigation of the router. */
  assign(url: string): void {
    location.assign(url);
  }

  /** Loads the page again. */
  reload(): void {
    location.reload();
  }

  /** Calls back after a while; returns how to cancel. */
  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }
}
