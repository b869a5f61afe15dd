import type { FrameworkConfiguration } from 'aurelia-framework';
import type { AuthConfig } from '../auth-config.js';
import { AuthService } from '../auth-service.js';
import { BaseConfig } from '../base-config.js';
import { logger } from '../logger.js';
import { tokenReader } from '../options/token-response-options.js';
import { configure as configureAuth } from '../plugin.js';
import { Authentication } from './authentication.js';
import { deprecated } from './deprecated.js';
import { predecessorStore } from './predecessor-store.js';
import { Storage } from './storage.js';

declare module '../auth-service.js' {
  interface AuthService<Claims extends object = object> {
    /** @deprecated What it can do, AuthService can. */
    readonly authentication: Authentication;
    /** @deprecated What it can do, AuthService can. */
    readonly auth: Authentication;
    /** @deprecated Always 0: the session keeps its own timers. */
    timeoutID: number;
    /** @deprecated Does nothing: the session refreshes, or ends, by itself when its token runs out. */
    setTimeout(ttlMs?: number): void;
    /** @deprecated Does nothing: the session keeps its own timers. `autoUpdateToken: false` keeps it from refreshing by itself. */
    clearTimeout(): void;
    /** @deprecated Does nothing: the session hears of other tabs by itself. */
    storageEventHandler(event?: unknown): void;
  }
}

/**
 * Sets the plugin up, and restores the session of the last visit, one of aurelia-authentication included.
 *
 * @param authConfig the options, or a function that gets the plugin's configuration and changes it
 * @example
 * import { configure as configureAuth } from 'aurelia-auth-refresh';
 *
 * export function configure(aurelia: Aurelia) {
 *   aurelia.use.standardConfiguration().plugin(configureAuth, { loginUrl: '/login', useRefreshToken: true });
 *   return aurelia.start().then(() => aurelia.setRoot());
 * }
 */
export function configure(
  aurelia: FrameworkConfiguration,
  authConfig: AuthConfig | ((config: BaseConfig) => void) = {},
): void {
  const { container } = aurelia;
  const config: BaseConfig = container.get(BaseConfig);
  config.decorateStore = (store, clock) => predecessorStore(store, tokenReader(config), () => clock.wall());
  configureAuth(aurelia, authConfig);
  const authService: AuthService = container.get(AuthService);
  const authentication = (): Authentication => container.get(Authentication);
  Object.defineProperties(authService, {
    authentication: { get: authentication },
    auth: { get: authentication },
    timeoutID: { get: () => 0, set: () => deprecated('timeoutID', ownTimers) },
    setTimeout: replaceable(() => deprecated('setTimeout', ownTimers)),
    clearTimeout: replaceable(() => deprecated('clearTimeout', ownTimers)),
    storageEventHandler: replaceable(() =>
      deprecated('storageEventHandler', 'The session hears of other tabs by itself.'),
    ),
  });
  adoptBareToken(authService, container.get(Storage), config);
}

const ownTimers = 'The session keeps its own timers: autoUpdateToken says whether it refreshes by itself.';

function replaceable(value: () => void): PropertyDescriptor {
  return { value, writable: true, configurable: true };
}

/** Up to version 2 a bare access token was stored. */
function adoptBareToken(authService: AuthService, storage: Storage, config: BaseConfig): void {
  const { tokenPrefix = 'aurelia' }: { tokenPrefix?: unknown } = config as object;
  const key = [tokenPrefix || 'aurelia', config.accessTokenName].join('_');
  const token = storage.get(key);
  if (token === null) return;
  logger.info(`The access token that an earlier version stored as "${key}" was taken over.`);
  storage.remove(key);
  if (!authService.authenticated) authService.setResponseObject(nested(config.accessTokenProp.split('.'), token));
}

function nested(path: readonly string[], value: string): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
