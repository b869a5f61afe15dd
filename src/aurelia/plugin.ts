import type { FrameworkConfiguration } from 'aurelia-framework';
import { AuthClient } from './auth-client.js';
import type { AuthConfig } from './auth-config.js';
import { AuthService } from './auth-service.js';
import { BaseConfig } from './base-config.js';
import { FetchConfig } from './fetch-config.js';
import { registerGlobally, type ValueConverterClass } from './global-value-converter.js';
import { logger } from './logger.js';
import { RestRequests } from './rest-requests.js';
import {
  AuthenticatedFilterValueConverter,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
} from './value-converters.js';

const valueConverters: Readonly<Record<string, ValueConverterClass>> = {
  authFilterValueConverter: AuthFilterValueConverter,
  authenticatedFilterValueConverter: AuthenticatedFilterValueConverter,
  authenticatedValueConverter: AuthenticatedValueConverter,
};

/**
 * Configures the plugin and restores the session of the last visit.
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
  config.reportOn(() => {
    if (typeof authConfig === 'function') authConfig(config);
    else config.configure(authConfig);
  });
  const client: AuthClient = container.get(AuthClient);
  if (!client.replacement) client.provide(client.endpoint() ?? (container.get(RestRequests) as RestRequests));
  for (const name of config.globalValueConverters ?? []) {
    const converter = valueConverters[name];
    if (converter) registerGlobally(aurelia, converter);
    else
      logger.warn(`There is no value converter "${name}": expected one of ${Object.keys(valueConverters).join(', ')}.`);
  }
  const authService: AuthService = container.get(AuthService);
  void authService.start();
  const fetchConfig: FetchConfig = container.get(FetchConfig);
  fetchConfig.watch();
  const { configureEndpoints } = config;
  if (Array.isArray(configureEndpoints)) fetchConfig.configure(configureEndpoints);
}
