import type { PopupWindow, ProviderLoginPorts } from 'aurelia-auth-refresh/core';
import { TestClock } from 'aurelia-auth-refresh/testing';

/** A browser's windows, one of which a provider may be in. */
export class TestWindows {
  readonly clock = new TestClock();
  readonly opened: TestPopup[] = [];
  blocked = false;
  private listeners: { readonly popup: PopupWindow; readonly told: (address: string) => void }[] = [];
  private texts = 0;

  get ports(): ProviderLoginPorts {
    return {
      openPopup: (url, name, size) => {
        if (this.blocked) return undefined;
        const popup = new TestPopup(url, name, size);
        this.opened.push(popup);
        return popup;
      },
      onCallback: (popup, told) => {
        const listener = { popup, told };
        this.listeners.push(listener);
        return () => {
          this.listeners = this.listeners.filter(other => other !== listener);
        };
      },
      after: this.clock.after,
      origin: 'https://app.example.com',
      randomText: () => `random-${++this.texts}`,
      digest: async text => `digest of ${text}`,
    };
  }

  get listening(): number {
    return this.listeners.length;
  }

  /** A callback page in some window speaks up. */
  tell(address: string): void {
    for (const { told } of [...this.listeners]) told(address);
  }

  /** The latest window. */
  get popup(): TestPopup {
    const popup = this.opened.at(-1);
    if (!popup) throw new Error('No window was opened.');
    return popup;
  }
}

export class TestPopup implements PopupWindow {
  closed = false;
  /** Whether a page of this application is in it. */
  isOurs = false;
  readonly visited: string[];

  constructor(
    url: string,
    readonly name: string,
    readonly size: object,
  ) {
    this.visited = [url];
  }

  address(): string | undefined {
    return this.isOurs ? this.visited.at(-1) : undefined;
  }

  go(url: string): void {
    this.visited.push(url);
  }

  close(): void {
    this.closed = true;
  }

  /** The query that the provider got. */
  get asked(): Record<string, string> {
    return Object.fromEntries(new URL(this.visited.at(-1) ?? '').searchParams);
  }

  /** The provider sends the window back. */
  comeBack(address: string): void {
    this.isOurs = true;
    this.visited.push(address);
  }
}
