import type { SessionPorts, TokenStore } from '../core.js';
import { type AuthConfig, type AuthSettings, defaultSettings } from './auth-config.js';
import { FindingLog } from './finding-log.js';
import { mergedHeaders } from './merged-headers.js';
import { merged } from './options/merged.js';
import type { RedirectTarget } from './options/redirect-options.js';
import { findings, unknownOptionFinding } from './options/validation.js';
import type { RequestOptions } from './rest-client.js';
import type { Unchecked } from './unchecked.js';

const Settings = class {
  constructor() {
    Object.assign(this, defaultSettings());
  }
} as new () => ConfigSettings;

type RedirectName =
  | 'loginRedirect'
  | 'logoutRedirect'
  | 'signupRedirect'
  | 'expiredRedirect'
  | 'storageChangedRedirect';

/**
 * Apps of aurelia-authentication set and read providers that this library does not know, and turn redirects off with `undefined`,
 * which `Required` takes out of the type.
 */
type ConfigSettings = Omit<AuthSettings, 'providers' | RedirectName> &
  Record<RedirectName, RedirectTarget> & { providers: Unchecked };

/** The plugin's options with their values: every property of {@link AuthConfig}. The container holds one instance. */
export class BaseConfig extends Settings {
  /**
   * The {@link RestClient} that sends requests to the server that signs users in. Null until the plugin is configured. An app can
   * assign a `Rest` of any version of aurelia-api.
   */
  client: Unchecked = null;
  /**
   * Returns the store to keep the session in, for another record format.
   *
   * @internal
   */
  decorateStore: (store: TokenStore, clock: SessionPorts['clock']) => TokenStore = store => store;

  /** @internal */
  private readonly report = new FindingLog();
  /** @internal */
  private prefix = '';

  /**
   * Sets options. Plain objects are merged into the current value; other values replace it; `undefined` changes nothing.
   * Unknown options are logged, with a suggestion.
   */
  configure<Options extends AuthConfig>(options: Options | null | undefined): void {
    for (const [name, value] of Object.entries(Object(options))) {
      if (value === undefined) continue;
      if (!optionNames.includes(name) && !isOption(name))
        this.report.add(unknownOptionFinding(name, value, optionNames));
      if (!isMethod(name)) Reflect.set(this, name, merged(Reflect.get(this, name), value));
    }
  }

  /** Returns the URL below `baseUrl`. Absolute URLs are returned unchanged. */
  joinBase(url: string): string {
    return joined(this.baseUrl ?? '', url);
  }

  /** Returns the options of a login or refresh request: its default headers, overridden by the given options. */
  getOptionsForTokenRequests(options?: RequestOptions | null): RequestOptions & { headers: Record<string, string> } {
    return { ...options, headers: mergedHeaders(this.defaultHeadersForTokenRequests, options?.headers) };
  }

  /** Runs a function that sets options, and logs all findings about them as one entry. */
  reportOn(configuring: () => void): void {
    this.report.gather(() => {
      configuring();
      for (const finding of findings(this)) this.report.add(finding);
    });
  }

  /** @deprecated Write `authTokenType`. */
  get authToken(): AuthSettings['authTokenType'] {
    return this.authTokenType;
  }

  set authToken(value: AuthSettings['authTokenType']) {
    this.renamed('authToken', 'authTokenType', value);
  }

  /** @deprecated Write `accessTokenProp`. */
  get responseTokenProp(): string {
    return this.accessTokenProp;
  }

  set responseTokenProp(value: string) {
    this.renamed('responseTokenProp', 'accessTokenProp', value);
  }

  /** @deprecated Write `accessTokenName`. */
  get tokenName(): string {
    return this.accessTokenName;
  }

  set tokenName(value: string) {
    this.renamed('tokenName', 'accessTokenName', value);
  }

  /** @deprecated Write `accessTokenRoot`. */
  get tokenRoot(): AuthSettings['accessTokenRoot'] {
    return this.accessTokenRoot;
  }

  set tokenRoot(value: AuthSettings['accessTokenRoot']) {
    this.renamed('tokenRoot', 'accessTokenRoot', value);
  }

  /** @deprecated Write `logoutOnInvalidToken`. */
  get logoutOnInvalidtoken(): boolean {
    return this.logoutOnInvalidToken;
  }

  set logoutOnInvalidtoken(value: boolean) {
    this.renamed('logoutOnInvalidtoken', 'logoutOnInvalidToken', value);
  }

  /** @deprecated Returns the configuration itself. */
  get current(): this {
    return this;
  }

  /** @deprecated Begins the key under which version 2 stored the token: `<tokenPrefix>_<accessTokenName>`. */
  get tokenPrefix(): string {
    return this.prefix || 'aurelia';
  }

  set tokenPrefix(value: string) {
    this.prefix = value;
  }

  private renamed<Name extends keyof AuthSettings>(old: string, name: Name, value: AuthSettings[Name]): void {
    this.report.add(`The option "${old}" is now called "${name}".`);
    Reflect.set(this, name, value);
  }
}

const optionNames = Object.keys(defaultSettings());

function isOption(name: string): boolean {
  return Object.getOwnPropertyDescriptor(BaseConfig.prototype, name)?.set !== undefined;
}

function isMethod(name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(BaseConfig.prototype, name);
  return ['__proto__', 'prefix', 'report'].includes(name) || (descriptor !== undefined && descriptor.set === undefined);
}

/** Whether a URL has a scheme or a host. */
export function isAbsolute(url: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(url);
}

/** Appends a path to a base URL with one slash in between, unless the path is absolute. */
export function joined(base: string, path: string): string {
  if (isAbsolute(path) || base === '') return path;
  if (path === '') return base;
  return `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}
