import type { SessionOptions } from '../core.js';
import type { AuthSettings } from './auth-config.js';
import { type RefreshClient, refreshGrantOptions, revocationOptions } from './options/refresh-options.js';
import { tokenReader } from './options/token-response-options.js';

/** Translates the plugin's options into those of the framework-free session. */
export function sessionOptions(
  settings: AuthSettings,
  client: RefreshClient,
  onError: (error: unknown) => void,
): SessionOptions {
  return {
    refresh: settings.useRefreshToken ? refreshGrantOptions(settings, client) : undefined,
    automatic: settings.autoUpdateToken,
    readTokenResponse: tokenReader(settings),
    keepResponseProperties: settings.keepOldResponseProperties,
    tokenWaitSeconds: settings.tokenWaitSeconds,
    revocation: revocationOptions(settings, client),
    onError,
  };
}
