import { Config } from 'aurelia-api';
import type { FrameworkConfiguration } from 'aurelia-framework';
import { Endpoints } from '../endpoints.js';

/** The endpoints that the application registered with aurelia-api. */
class AureliaApiEndpoints extends Endpoints {
  constructor(private readonly config: Config) {
    super();
  }

  protected override registry(): Config {
    return this.config;
  }
}

/**
 * Lets the options `endpoint` and `configureEndpoints`, and `FetchConfig.configure()`, name endpoints of aurelia-api. To be
 * plugged in before the plugin itself, which finds them without this too where aurelia-api is in the same container.
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
  container.registerInstance(Endpoints, new AureliaApiEndpoints(container.get(Config)));
}
