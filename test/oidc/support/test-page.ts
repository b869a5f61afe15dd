import { Session } from '../../../src/core.js';
import {
  OpenIdConnect,
  type OpenIdConnectOptions,
  type OpenIdConnectPorts,
  type Popup,
  type StringStorage,
  type WindowMessage,
} from '../../../src/oidc.js';
import { settled, TestBrowser, TestClock } from '../../../src/testing.js';
import { clientId, HostileProvider, issuer } from './hostile-provider.js';

export const app = 'https://shop.example';

/** The storage that all pages of one browser share. */
export function browserTexts(): StringStorage & { readonly all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    read: name => all.get(name),
    write: (name, text) => void all.set(name, text),
    remove: name => void all.delete(name),
    names: () => [...all.keys()],
  };
}

export interface TestPageOptions extends Partial<OpenIdConnectOptions> {
  readonly clock?: TestClock;
  readonly texts?: ReturnType<typeof browserTexts>;
  readonly provider?: HostileProvider;
  readonly ports?: Partial<OpenIdConnectPorts>;
}

/** A page with a session, at a provider that may be hostile. Its windows are told what to do by the spec. */
export class TestPage {
  readonly clock: TestClock;
  readonly provider: HostileProvider;
  readonly texts: ReturnType<typeof browserTexts>;
  readonly oidc: OpenIdConnect;
  readonly session: Session;
  readonly faults: unknown[] = [];
  readonly warnings: string[] = [];
  url = `${app}/`;
  /** Where the page was sent. */
  readonly visited: string[] = [];
  /** Addresses that were put into the address bar without loading anything. */
  readonly replaced: string[] = [];
  readonly popups: TestPopup[] = [];
  readonly frames: { readonly url: string; readonly window: object; removed: boolean }[] = [];
  /** What a frame does once it is open. @default goes to the provider and reports back */
  onFrame: (url: string, window: object) => void;
  popupsAllowed = true;
  private readonly messageListeners = new Set<(message: WindowMessage) => void>();
  private readonly textListeners = new Set<(name: string, text: string) => void>();

  constructor(options: TestPageOptions = {}) {
    const {
      clock = new TestClock(),
      texts = browserTexts(),
      provider = new HostileProvider(),
      ports,
      ...rest
    } = options;
    this.clock = clock;
    this.texts = texts;
    this.provider = provider;
    this.onFrame = (url, window) => queueMicrotask(() => this.report(this.provider.authorize(url), window));
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
    this.session = new Session({ ...this.oidc.sessionOptions, onError: fault => this.faults.push(fault) }, tab.ports);
  }

  /** Listeners on the window. */
  get listeners(): number {
    return this.messageListeners.size + this.textListeners.size;
  }

  /** The address bar shows what the provider answered to the latest request. */
  returnFromProvider(): string {
    this.url = this.provider.authorize(this.visited.at(-1) ?? '');
    return this.url;
  }

  /** Signs in by redirect, all the way. */
  async signIn(): Promise<void> {
    await this.oidc.signInByRedirect();
    this.returnFromProvider();
    await this.oidc.completeSignIn(this.session);
  }

  /** A window says that the provider sent it there. */
  report(url: string, source: unknown, origin = app): void {
    this.say({ origin, source, data: { type: 'aurelia-auth-refresh:callback', url } });
  }

  say(message: WindowMessage): void {
    for (const listener of [...this.messageListeners]) listener(message);
  }

  /** Another window writes to storage. */
  leave(name: string, text: string): void {
    this.texts.write(name, text);
    for (const listener of [...this.textListeners]) listener(name, text);
  }

  private ports(): OpenIdConnectPorts {
    const pairs = new Map<string, CryptoKeyPair>();
    return {
      fetch: (url, init) => this.provider.fetch(url, init),
      after: this.clock.after,
      wall: this.clock.wall,
      texts: this.texts,
      onText: listener => subscribed(this.textListeners, listener),
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

export class TestPopup implements Popup {
  readonly window = {};
  closed = false;
  url: string | undefined;

  navigate(url: string): void {
    this.url = url;
  }

  close(): void {
    this.closed = true;
  }
}

/** Waits for what depends on cryptography, which takes the platform's own time, and more of it on a busy machine. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition() && performance.now() < deadline) await settled();
  if (!condition()) throw new Error(`It did not come to pass: ${condition}`);
}

function subscribed<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
