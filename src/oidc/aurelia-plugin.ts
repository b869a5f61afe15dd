import { type SessionProviderFactory, sessionProviderKey } from '../aurelia/session-provider.js';
import { OpenIdConnect } from './open-id-connect.js';
import type { OpenIdConnectOptions } from './open-id-connect-options.js';

/** The part of Aurelia's `FrameworkConfiguration` that is used here. This entry point does not import Aurelia. */
interface FrameworkConfiguration {
  readonly container: { registerInstance(key: unknown, instance: unknown): unknown };
}

/** Required options, which `OpenIdConnect` rejects while they are empty. */
const required: OpenIdConnectOptions = { issuer: '', clientId: '', redirectUri: '' };

declare module '../aurelia/options/provider-options.js' {
  interface OidcSettings extends OpenIdConnectOptions {}
}

/**
 * Signs users of `AuthService` in and out at an OpenID provider. Load it before the main plugin.
 *
 * `login()` without credentials redirects the page. `authenticate()` without a name opens a popup. Inject {@link OpenIdConnect} for
 * everything else.
 *
 * @param options defaults for the `oidc` option of the main plugin
 * @example
 * import { configure as configureAuth } from 'aurelia-auth-refresh';
 * import { configure as configureOpenId } from 'aurelia-auth-refresh/oidc';
 *
 * aurelia.use
 *   .plugin(configureOpenId)
 *   .plugin(configureAuth, { oidc: { issuer: 'https://login.example.com', clientId: 'shop', redirectUri: '/' } });
 */
export function configure({ container }: FrameworkConfiguration, options: Partial<OpenIdConnectOptions> = {}): void {
  const make: SessionProviderFactory = more => {
    const oidc = new OpenIdConnect({ ...required, ...options, ...more });
    container.registerInstance(OpenIdConnect, oidc);
    return oidc;
  };
  container.registerInstance(sessionProviderKey, make);
}
