import type { SessionProvider } from '../core.js';

/** Container key of the app's {@link SessionProviderFactory}. */
export const sessionProviderKey = 'aurelia-auth-refresh:session-provider';

/** Creates the app's provider from its options. */
export type SessionProviderFactory = (options: object) => SessionProvider;
