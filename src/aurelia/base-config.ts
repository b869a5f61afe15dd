import { type AuthConfig, type AuthSettings, defaultSettings, mergedHeaders } from './auth-config.js';
import { logger } from './logger.js';
import { nearestName } from './nearest-name.js';

/** What `login` and its like pass on to fetch. */
export interface RequestOptions extends Omit<RequestInit, 'body' | 'method'> {}

const Settings = class {
  constructor() {
    Object.assign(this, defaultSettings());
  }
} as new () => AuthSettings;

/** The plugin's options with their values. The container has one; a configuring function gets it. */
export class BaseConfig extends Settings {
  /**
   * Takes over options. Plain objects are merged into what is there, anything else replaces it; `undefined` changes nothing.
   * An unknown name is reported, with the one that was probably meant.
   */
  configure(options: AuthConfig): void {
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined) continue;
      if (!optionNames.includes(name)) reportUnknown(name);
      if (!reservedNames.includes(name)) Reflect.set(this, name, merged(Reflect.get(this, name), value));
    }
  }

  /** The address under `baseUrl`. An absolute one stays as it is. */
  joinBase(url: string): string {
    return joined(this.baseUrl ?? '', url);
  }

  /** Options for a login or refresh request: the headers for those, under the given options. */
  getOptionsForTokenRequests(options: RequestOptions = {}): RequestOptions & { headers: Record<string, string> } {
    return { ...options, headers: mergedHeaders(this.defaultHeadersForTokenRequests, options.headers) };
  }
}

const optionNames = Object.keys(defaultSettings());
const reservedNames = ['__proto__', ...Object.getOwnPropertyNames(BaseConfig.prototype)];

/** Puts a path under a base address with one slash between, unless it is absolute. */
export function joined(base: string, path: string): string {
  if (/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(path) || base === '') return path;
  if (path === '') return base;
  return `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

function reportUnknown(name: string): void {
  const nearest = nearestName(name, optionNames);
  logger.warn(`There is no option "${name}".${nearest ? ` Did you mean "${nearest}"?` : ''}`);
}

function merged(current: unknown, incoming: unknown): unknown {
  if (!isPlain(current) || !isPlain(incoming)) return incoming;
  const result: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(incoming)) {
    if (value !== undefined && key !== '__proto__') result[key] = merged(result[key], value);
  }
  return result;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
