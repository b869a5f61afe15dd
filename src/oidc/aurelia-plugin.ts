import { type SessionProviderFactory, sessionProviderKey } from '../aurelia/session-provider.js';
import { OpenIdConnect } from './open-id-connect.js';
import type { OpenIdConnectOptions } from './open-id-connect-options.js';

/** What an Aurelia plugin is handed, as far as it is needed here: this door loads nothing of Aurelia. */
interface FrameworkConfiguration {
  readonly container: { registerInstance(key: unknown, instance: unknown): unknown };
}

/** Refused: it is for the application to say. */
const none: OpenIdConnectOptions = { issuer: '', clientId: '', redirectUri: '' };

declare module '../aurelia/options/provider-options.js' {
  interface OidcSettings extends OpenIdConnectOptions {}
}

/**
 * Lets `AuthService` sign in and out at an OpenID provider: `login()` without credentials by redirect, `authenticate()` without a
 * name by popup. To be plugged in before the plugin itself, which says where something is missing. Whoever wants more of it injects
 * {@link OpenIdConnect}.
 *
 * @param options those that `oidc` in the plugin's own options does not say
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
    const oidc = new OpenIdConnect({ ...none, ...options, ...more });
    container.registerInstance(OpenIdConnect, oidc);
    return oidc;
  };
  container.registerInstance(sessionProviderKey, make);
}
