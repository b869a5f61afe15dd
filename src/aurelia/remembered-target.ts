import { returnTo } from '../core.js';
import { BaseConfig } from './base-config.js';
import { PagePorts } from './browser-ports.js';

/** The address that the user wanted before the login. The tab stores it across reloads and redirects to a provider. */
export class RememberedTarget {
  static readonly inject = [BaseConfig, PagePorts];

  /** Used if the browser denies storage. */
  private inMemory: string | undefined;

  constructor(
    private readonly config: BaseConfig,
    private readonly page: PagePorts,
  ) {}

  /** Undefined if there is none, or if it is on another origin. */
  get address(): string | undefined {
    const address = this.inMemory ?? this.stored();
    return address === undefined ? undefined : returnTo(address, this.page.url);
  }

  set address(address: string | undefined) {
    this.inMemory = address;
    try {
      if (address === undefined) this.page.tabStorage.removeItem(this.name);
      else this.page.tabStorage.setItem(this.name, address);
    } catch {
      // The address lasts as long as the page.
    }
  }

  private stored(): string | undefined {
    try {
      return this.page.tabStorage.getItem(this.name) ?? undefined;
    } catch {
      return undefined;
    }
  }

  private get name(): string {
    return `${this.config.storageKey}:target`;
  }
}
