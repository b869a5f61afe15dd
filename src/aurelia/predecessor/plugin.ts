import type { FrameworkConfiguration } from 'aurelia-framework';
import type { TokenStore } from '../../core.js';
import type { AuthConfig } from '../auth-config.js';
import { AuthService as Base } from '../auth-service.js';
import { BaseConfig } from '../base-config.js';
import { FetchConfig as BaseFetchConfig } from '../fetch-config.js';
import { logger } from '../logger.js';
import { tokenReader } from '../options/token-response-options.js';
import { configure as configureAuth } from '../plugin.js';
import { AuthService } from './auth-service.js';
import { FetchConfig } from './fetch-config.js';
import { Storage } from './storage.js';
import { StorageWatch } from './storage-watch.js';

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
  const watch: StorageWatch = container.get(StorageWatch);
  config.decorateStore = (store, clock) =>
    watch.attach(
      replacedStore(container.get(Storage), config, store),
      body => tokenReader(config)(body),
      () => clock.wall(),
    );
  container.registerAlias(AuthService, Base);
  container.registerAlias(FetchConfig, BaseFetchConfig);
  configureAuth(aurelia, authConfig);
  const authService: AuthService = container.get(AuthService);
  adoptBareToken(authService, container.get(Storage), config);
}

/** Stores the session in the `Storage` of the app, if the app has one of its own. */
function replacedStore(storage: Storage, config: BaseConfig, store: TokenStore): TokenStore {
  if (storage.constructor === Storage) return store;
  return {
    ...store,
    read: () => storage.get(config.storageKey) ?? undefined,
    write: text => storage.set(config.storageKey, text),
    remove: () => storage.remove(config.storageKey),
  };
}

/** Until version 2, aurelia-authentication stored a bare access token. */
function adoptBareToken(authService: AuthService, storage: Storage, config: BaseConfig): void {
  const key = [config.tokenPrefix, config.accessTokenName].join('_');
  const token = storage.get(key);
  if (token === null) return;
  logger.info(`The access token that an earlier version stored as "${key}" was adopted.`);
  storage.remove(key);
  if (!authService.authenticated) authService.setResponseObject(nested(config.accessTokenProp.split('.'), token));
}

function nested(path: readonly string[], value: string): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
