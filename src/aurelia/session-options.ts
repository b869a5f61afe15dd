import type { SessionOptions, SessionProvider } from '../core.js';
import type { AuthSettings } from './auth-config.js';
import { type RefreshClient, refreshGrantOptions, revocationOptions } from './options/refresh-options.js';
import { tokenReader } from './options/token-response-options.js';

/** Translates the plugin's options into those of the framework-free session. Options that change later apply at once. */
export function sessionOptions(
  settings: AuthSettings,
  client: RefreshClient,
  provider: SessionProvider | undefined,
  onError: (error: unknown) => void,
): SessionOptions {
  const ofProvider = provider?.sessionOptions;
  return {
    refresh: ofProvider?.refresh ?? refreshGrantOptions(settings, client),
    readTokenResponse: provider ? undefined : body => tokenReader(settings)(body),
    get automatic() {
      return settings.autoUpdateToken && (provider !== undefined || settings.useRefreshToken);
    },
    get keepResponseProperties() {
      return settings.keepOldResponseProperties;
    },
    get tokenWaitSeconds() {
      return settings.tokenWaitSeconds;
    },
    get revocation() {
      return ofProvider?.revocation ?? revocationOptions(settings, client);
    },
    onError,
  };
}
