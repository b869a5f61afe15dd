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
    /** @deprecated Use the members of `AuthService`. */
    readonly authentication: Authentication;
    /** @deprecated Use the members of `AuthService`. */
    readonly auth: Authentication;
    /** @deprecated Always 0: the session has its own timers. */
    timeoutID: number;
    /** @deprecated Does nothing: the session has its own timers and refreshes, or ends, when its token expires. */
    setTimeout(ttlMs?: number): void;
    /** @deprecated Does nothing: the session has its own timers. `autoUpdateToken: false` disables automatic refreshes. */
    clearTimeout(): void;
    /** @deprecated Does nothing: the session observes other tabs. */
    storageEventHandler(event?: unknown): void;
  }
}

/**
 * Configures the plugin and restores the session of the last visit, including a session of aurelia-authentication.
 *
 * @param authConfig the options, or a function that receives the configuration and changes it
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
  authConfig?: AuthConfig | ((config: BaseConfig) => void) | null,
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
    storageEventHandler: replaceable(() => deprecated('storageEventHandler', 'The session observes other tabs.')),
  });
  adoptBareToken(authService, container.get(Storage), config);
}

const ownTimers = 'The session has its own timers: the option autoUpdateToken disables automatic refreshes.';

function replaceable(value: () => void): PropertyDescriptor {
  return { value, writable: true, configurable: true };
}

/** Until version 2, aurelia-authentication stored a bare access token. */
function adoptBareToken(authService: AuthService, storage: Storage, config: BaseConfig): void {
  const { tokenPrefix = 'aurelia' }: { tokenPrefix?: unknown } = config as object;
  const key = [tokenPrefix || 'aurelia', config.accessTokenName].join('_');
  const token = storage.get(key);
  if (token === null) return;
  logger.info(`The access token that an earlier version stored as "${key}" was adopted.`);
  storage.remove(key);
  if (!authService.authenticated) authService.setResponseObject(nested(config.accessTokenProp.split('.'), token));
}

function nested(path: readonly string[], value: string): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
