import { PagePorts } from 'aurelia-auth-refresh';
import type { ProviderRedirectPorts, SessionPorts, StringStorage } from 'aurelia-auth-refresh/core';
import type { TestClock, TestTab } from 'aurelia-auth-refresh/testing';

/** A page in a tab with a test clock, whose server is a function. */
export class TestPage extends PagePorts {
  readonly visited: string[] = [];
  reloads = 0;
  address = 'https://app.example.com/index.html';
  /** Stored strings, which the tabs of one browser share. */
  stored = new Map<string, string>();
  /** Strings that the tab stores across reloads of the page. */
  tabStored = new Map<string, string>();
  private secrets = 0;

  constructor(
    readonly tab: TestTab,
    readonly clock: TestClock,
    readonly serve: (request: Request) => Promise<Response>,
  ) {
    super();
  }

  override session(): SessionPorts {
    return this.tab.ports;
  }

  override redirects(): ProviderRedirectPorts {
    return {
      wall: () => this.clock.wall(),
      storage: storageOf(() => this.stored),
      url: () => this.address,
      replaceUrl: url => {
        this.address = url;
      },
      navigate: url => this.assign(url),
      randomText: () => `random-${this.stored.size}-${++this.secrets}`,
      digest: async text => `digest of ${text}`,
    };
  }

  override get tabStorage(): PagePorts['tabStorage'] {
    return {
      getItem: name => this.tabStored.get(name) ?? null,
      setItem: (name, value) => this.tabStored.set(name, value),
      removeItem: name => this.tabStored.delete(name),
    };
  }

  override fetch(request: Request): Promise<Response> {
    return this.serve(request);
  }

  override get url(): string {
    return this.address;
  }

  override get baseUrl(): string {
    return new URL('./', this.address).href;
  }

  override assign(url: string): void {
    this.visited.push(url);
  }

  override reload(): void {
    this.reloads += 1;
  }

  override after(delayMs: number, action: () => void): () => void {
    return this.clock.after(delayMs, action);
  }
}

function storageOf(all: () => Map<string, string>): StringStorage {
  return {
    read: name => all().get(name),
    write: (name, text) => all().set(name, text),
    remove: name => all().delete(name),
    names: () => [...all().keys()],
  };
}
