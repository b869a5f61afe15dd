import { type ProviderOptions, providerDefaults } from './options/provider-options.js';
import { type RedirectOptions, redirectDefaults } from './options/redirect-options.js';
import { type RefreshOptions, refreshDefaults } from './options/refresh-options.js';
import { type ServerOptions, serverDefaults } from './options/server-options.js';
import { type StorageOptions, storageDefaults } from './options/storage-options.js';
import { type TemplateOptions, templateDefaults } from './options/template-options.js';
import { type TokenRequestOptions, tokenRequestDefaults } from './options/token-request-options.js';
import { type TokenResponseOptions, tokenResponseDefaults } from './options/token-response-options.js';

/**
 * The plugin's options. All are optional. Options of aurelia-authentication keep their names, defaults and meaning.
 *
 * @example
 * aurelia.use.plugin(configure, {
 *   baseUrl: 'https://api.example.com/',
 *   loginUrl: 'auth/login',
 *   refreshTokenUrl: 'auth/token',
 *   useRefreshToken: true,
 * });
 */
export interface AuthConfig
  extends ServerOptions,
    RedirectOptions,
    TokenRequestOptions,
    TokenResponseOptions,
    RefreshOptions,
    StorageOptions,
    TemplateOptions,
    ProviderOptions {}

/** Every option with a value. */
export type AuthSettings = { [Name in keyof AuthConfig]-?: AuthConfig[Name] };

/** Returns the default of every option. */
export function defaultSettings(): AuthSettings {
  return {
    ...serverDefaults(),
    ...redirectDefaults(),
    ...tokenRequestDefaults(),
    ...tokenResponseDefaults(),
    ...refreshDefaults(),
    ...storageDefaults(),
    ...templateDefaults(),
    ...providerDefaults(),
  };
}
