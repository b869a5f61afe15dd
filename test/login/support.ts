import type { PopupOptions, PopupWindow, ProviderLoginPorts, WindowMessage } from 'aurelia-auth-refresh/core';
import { TestClock } from 'aurelia-auth-refresh/testing';

export const origin = 'https://app.example.com';

/** The windows of a browser, which can show pages of a provider. */
export class TestWindows {
  readonly clock = new TestClock();
  readonly opened: TestPopup[] = [];
  blocked = false;
  private readonly listeners = new Set<(message: WindowMessage) => void>();
  private randomTexts = 0;

  get ports(): ProviderLoginPorts {
    return {
      openPopup: options => {
        if (this.blocked) return undefined;
        const popup = new TestPopup(options);
        this.opened.push(popup);
        return popup;
      },
      onMessage: listener => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      after: this.clock.after,
      origin,
      randomText: () => `random-${++this.randomTexts}`,
      digest: async text => `digest of ${text}`,
    };
  }

  get listening(): number {
    return this.listeners.size;
  }

  /** A callback page relays its URL: from a window, or over the channel. */
  relay(url: string, source: unknown = null): void {
    const message = { origin, source, data: { type: 'aurelia-auth-refresh:callback', url } };
    for (const listener of [...this.listeners]) listener(message);
  }

  /** The latest popup. */
  get popup(): TestPopup {
    const popup = this.opened.at(-1);
    if (!popup) throw new Error('No popup was opened.');
    return popup;
  }
}

export class TestPopup implements PopupWindow {
  readonly window = {};
  closed = false;
  /** Whether the popup shows a page of this application. */
  isOurs = false;
  readonly visited: string[] = [];

  constructor(readonly options: PopupOptions) {}

  url(): string | undefined {
    return this.isOurs ? this.visited.at(-1) : undefined;
  }

  navigate(url: string): void {
    this.visited.push(url);
  }

  close(): void {
    this.closed = true;
  }

  /** Parameters of the request to the provider. */
  get request(): Record<string, string> {
    return Object.fromEntries(new URL(this.visited.at(-1) ?? '').searchParams);
  }

  /** The provider redirects the popup to the application. */
  redirect(url: string): void {
    this.isOurs = true;
    this.visited.push(url);
  }
}
