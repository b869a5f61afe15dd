import { AuthError } from '../core.js';
import type { AuthProvider } from './auth-provider.js';
import type { PagePorts } from './browser-ports.js';

interface Lock {
  on(event: string, listener: (value: unknown) => void): void;
  show(): void;
  hide(): void;
}

type LockClass = new (clientId: string | undefined, domain: string | undefined, options: object) => Lock;

/** Signs in with Auth0's Lock widget, version 10 or 11. The page must load it as the global `Auth0Lock`. */
export async function auth0LockLogin(provider: AuthProvider, state: string, page: PagePorts): Promise<unknown> {
  const Auth0Lock = page.global('Auth0Lock');
  if (typeof Auth0Lock !== 'function') {
    throw new AuthError('invalid_configuration', 'Auth0Lock is not defined: the page must load its script.');
  }
  const { clientId, clientDomain, lockOptions } = provider;
  const lock = new (Auth0Lock as LockClass)(clientId, clientDomain, { ...optionsFor(provider, state), ...lockOptions });
  return new Promise((resolve, reject) => {
    lock.on('authenticated', result => {
      lock.hide();
      const { accessToken, idToken } = Object(result);
      resolve({ access_token: accessToken, id_token: idToken });
    });
    lock.on('unrecoverable_error', cause => {
      lock.hide();
      reject(new AuthError('login_failed', 'Auth0 did not sign the user in.', { cause }));
    });
    lock.show();
  });
}

function optionsFor(
  { scope, scopeDelimiter = ' ', display, redirectUri, responseType = 'token', popupOptions }: AuthProvider,
  state: string,
) {
  return {
    auth: {
      params: { state, ...(scope && { scope: typeof scope === 'string' ? scope : scope.join(scopeDelimiter) }) },
      redirect: display !== 'popup',
      ...(display !== 'popup' && { redirectUrl: redirectUri }),
      responseType: decodeURIComponent(responseType),
    },
    popupOptions,
  };
}
