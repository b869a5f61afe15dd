import { BaseConfig } from '../base-config.js';
import { PagePorts } from '../browser-ports.js';

type KeyedTexts = Pick<WindowLocalStorage['localStorage'], 'getItem' | 'setItem' | 'removeItem'>;

/** The storage that the option `storage` names. The plugin itself keeps its session by other means. */
export class Storage {
  static readonly inject = [BaseConfig, PagePorts];

  constructor(
    private readonly config: BaseConfig,
    private readonly page: PagePorts,
  ) {}

  /** Null where there is none, and where the storage is blocked. */
  get(key: string): string | null {
    return this.area()?.getItem(key) ?? null;
  }

  /** Does nothing where the storage is blocked. */
  set(key: string, value: string): void {
    this.area()?.setItem(key, value);
  }

  /** Does nothing where the storage is blocked. */
  remove(key: string): void {
    this.area()?.removeItem(key);
  }

  /** Absent where the browser keeps the page from it, or the session is in memory. */
  private area(): KeyedTexts | undefined {
    const { storage } = this.config;
    try {
      return typeof storage === 'string' ? (this.page.global(storage) as KeyedTexts | undefined) : undefined;
    } catch {
      return undefined;
    }
  }
}
