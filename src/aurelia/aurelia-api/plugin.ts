import { Config } from 'aurelia-api';
import type { FrameworkConfiguration } from 'aurelia-framework';

/**
 * Creates aurelia-api's `Config` in the app's container, where the plugin finds the endpoints that the options `endpoint` and
 * `configureEndpoints`, and `FetchConfig.configure()`, name. An app that plugs in aurelia-api
 * before this plugin does not need it.
 *
 * @example
 * import { configure as configureAuth } from 'aurelia-auth-refresh';
 * import { configure as nameEndpoints } from 'aurelia-auth-refresh/aurelia-api';
 *
 * aurelia.use
 *   .plugin('aurelia-api', api => api.registerEndpoint('auth', '/auth/').registerEndpoint('orders', '/api/'))
 *   .plugin(nameEndpoints)
 *   .plugin(configureAuth, { endpoint: 'auth', configureEndpoints: ['auth', 'orders'] });
 */
export function configure({ container }: FrameworkConfiguration): void {
  container.get(Config);
}
