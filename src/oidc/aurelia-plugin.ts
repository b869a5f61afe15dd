import { sessionProviderKey } from '../session/session-provider.js';
import { OpenIdConnect } from './open-id-connect.js';
import type { OpenIdConnectOptions } from './open-id-connect-options.js';

/** What an Aurelia plugin is handed, as far as it is needed here: this door loads nothing of Aurelia. */
interface FrameworkConfiguration {
  readonly container: { registerInstance(key: unknown, instance: unknown): unknown };
}

/**
 * Lets `AuthService` sign in and out at an OpenID provider: `login()` without credentials by redirect, `authenticate()` without a
 * name by popup. To be plugged in before the plugin itself.
 *
 * @example
 * import { configure as configureAuth } from 'aurelia-auth-refresh';
 * import { configure as configureOpenId } from 'aurelia-auth-refresh/oidc';
 *
 * aurelia.use
 *   .plugin(configureOpenId, { issuer: 'https://login.example.com', clientId: 'shop', redirectUri: '/' })
 *   .plugin(configureAuth);
 */
export function configure({ container }: FrameworkConfiguration, options: OpenIdConnectOptions): void {
  container.registerInstance(sessionProviderKey, new OpenIdConnect(options));
}
