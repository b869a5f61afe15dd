import { BaseConfig } from '../base-config.js';
import { PagePorts } from '../browser-ports.js';
import type { Unchecked } from '../unchecked.js';

type KeyedTexts = Pick<WindowLocalStorage['localStorage'], 'getItem' | 'setItem' | 'removeItem'>;

/** Reads and writes the storage that the option `storage` names. The session does not use this class. */
export class Storage {
  static readonly inject = [BaseConfig, PagePorts];

  /** @internal */
  private readonly config: BaseConfig;
  /** @internal */
  private readonly page: PagePorts;

  constructor(config: BaseConfig, page = new PagePorts()) {
    this.config = config;
    this.page = page;
  }

  /** Returns null if there is no value, and if the storage is blocked. */
  get(key: string): Unchecked {
    return this.area()?.getItem(key) ?? null;
  }

  /** Does nothing if the storage is blocked. */
  set(key: string, value: string): void {
    this.area()?.setItem(key, value);
  }

  /** Does nothing if the storage is blocked. */
  remove(key: string): void {
    this.area()?.removeItem(key);
  }

  /** Returns undefined if the browser blocks the storage, or the session is stored in memory. */
  private area(): KeyedTexts | undefined {
    const { storage } = this.config;
    try {
      return typeof storage === 'string' ? (this.page.global(storage) as KeyedTexts | undefined) : undefined;
    } catch {
      return undefined;
    }
  }
}
