import { Session } from '../../../src/core.js';
import {
  OpenIdConnect,
  type OpenIdConnectOptions,
  type OpenIdConnectPorts,
  type PopupWindow,
  type StringStorage,
  type WindowMessage,
} from '../../../src/oidc.js';
import { settled, TestBrowser, TestClock } from '../../../src/testing.js';
import { clientId, HostileProvider, issuer } from './hostile-provider.js';

export const app = 'https://shop.example';

/** Storage that all pages of one browser share. */
export function browserStorage(): StringStorage & { readonly all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    read: name => all.get(name),
    write: (name, value) => void all.set(name, value),
    remove: name => void all.delete(name),
    names: () => [...all.keys()],
  };
}

export interface TestPageOptions extends Partial<OpenIdConnectOptions> {
  readonly clock?: TestClock;
  readonly storage?: ReturnType<typeof browserStorage>;
  readonly provider?: HostileProvider;
  readonly ports?: Partial<OpenIdConnectPorts>;
}

/** A page with a session at a provider. Each spec controls its popups and frames. */
export class TestPage {
  readonly clock: TestClock;
  readonly provider: HostileProvider;
  readonly storage: ReturnType<typeof browserStorage>;
  readonly oidc: OpenIdConnect;
  readonly session: Session;
  readonly errors: unknown[] = [];
  readonly warnings: string[] = [];
  url = `${app}/`;
  /** URLs that the page navigated to. */
  readonly visited: string[] = [];
  /** URLs that replaced the URL of the page. */
  readonly replaced: string[] = [];
  readonly popups: TestPopup[] = [];
  readonly frames: { readonly url: string; readonly window: object; removed: boolean }[] = [];
  /** Called when a frame loads a URL. @default requests the provider and relays the callback */
  onFrame: (url: string, window: object) => void;
  popupsAllowed = true;
  private readonly messageListeners = new Set<(message: WindowMessage) => void>();

  constructor(options: TestPageOptions = {}) {
    const {
      clock = new TestClock(),
      storage = browserStorage(),
      provider = new HostileProvider(),
      ports,
      ...rest
    } = options;
    this.clock = clock;
    this.storage = storage;
    this.provider = provider;
    this.onFrame = (url, window) => queueMicrotask(() => this.relay(this.provider.authorize(url), window));
    this.oidc = new OpenIdConnect(
      {
        issuer,
        clientId,
        redirectUri: `${app}/signed-in`,
        silentRedirectUri: '/callback.html',
        postLogoutRedirectUri: '/bye',
        onWarning: warning => this.warnings.push(warning),
        ...rest,
      },
      { ...this.ports(), ...ports },
    );
    const tab = new TestBrowser({ clock, fetch: (url, init) => provider.fetch(url, init) }).openTab();
    this.session = new Session({ ...this.oidc.sessionOptions, onError: fault => this.errors.push(fault) }, tab.ports);
  }

  /** Listeners on the window. */
  get listeners(): number {
    return this.messageListeners.size;
  }

  /** The provider responds to the latest authorization request. */
  returnFromProvider(): string {
    this.url = this.provider.authorize(this.visited.at(-1) ?? '');
    return this.url;
  }

  /** Signs in by redirect. */
  async signIn(): Promise<void> {
    await this.oidc.signInByRedirect();
    this.returnFromProvider();
    await this.oidc.completeSignIn(this.session);
  }

  /** A callback page relays its URL. */
  relay(url: string, source: unknown, origin = app): void {
    this.postMessage({ origin, source, data: { type: 'aurelia-auth-refresh:callback', url } });
  }

  postMessage(message: WindowMessage): void {
    for (const listener of [...this.messageListeners]) listener(message);
  }

  private ports(): OpenIdConnectPorts {
    const pairs = new Map<string, CryptoKeyPair>();
    return {
      fetch: (url, init) => this.provider.fetch(url, init),
      after: this.clock.after,
      wall: this.clock.wall,
      storage: this.storage,
      keyPair: async (name, generate) => {
        const pair = pairs.get(name) ?? (await generate());
        pairs.set(name, pair);
        return pair;
      },
      isSecureContext: () => true,
      isCrossOriginIsolated: () => false,
      page: {
        url: () => this.url,
        replaceUrl: url => {
          this.url = url;
          this.replaced.push(url);
        },
        navigate: url => void this.visited.push(url),
      },
      openPopup: () => {
        if (!this.popupsAllowed) return undefined;
        const popup = new TestPopup();
        this.popups.push(popup);
        return popup;
      },
      openFrame: url => {
        const frame = { url, window: {}, removed: false };
        this.frames.push(frame);
        this.onFrame(url, frame.window);
        return {
          window: frame.window,
          remove: () => {
            frame.removed = true;
          },
        };
      },
      onMessage: listener => subscribed(this.messageListeners, listener),
    };
  }
}

export class TestPopup implements PopupWindow {
  readonly window = {};
  closed = false;
  navigatedTo: string | undefined;

  url(): undefined {}

  navigate(url: string): void {
    this.navigatedTo = url;
  }

  close(): void {
    this.closed = true;
  }
}

/** Waits for a condition that depends on cryptography, which takes real time. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition() && performance.now() < deadline) await settled();
  if (!condition()) throw new Error(`The condition did not become true: ${condition}`);
}

function subscribed<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
