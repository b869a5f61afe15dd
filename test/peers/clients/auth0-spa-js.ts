import { Auth0Client } from '@auth0/auth0-spa-js';
import { type ClientKind, clientId } from './client.js';

/**
 * Provides a token before each request and refreshes one with less than a minute left. Its own fetcher sends the
 * requests.
 */
export const auth0SpaJs: ClientKind = {
  name: '@auth0/auth0-spa-js',
  open() {
    const client = new Auth0Client({
      domain: location.origin,
      clientId,
      ...(!globalThis.storesByDefault && { cacheLocation: 'localstorage' }),
      useRefreshTokens: true,
      useRefreshTokensFallback: false,
      authorizationParams: { redirect_uri: `${location.origin}/tab` },
    });
    const fetcher = client.createFetcher();
    return {
      logIn: () => signIn(client),
      logOut: () => client.logout({ openUrl: false }),
      async authorize(request) {
        request.headers.set('Authorization', `Bearer ${await client.getTokenSilently()}`);
        return request;
      },
      send: (url, init) => fetcher.fetchWithAuth(url, init),
      refresh: () => client.getTokenSilently({ cacheMode: 'off' }),
      isSignedIn: () => client.isAuthenticated(),
      accessToken: () => client.getTokenSilently({ cacheMode: 'cache-only' }),
    };
  },
};

/** Sign-in by redirect, which the page follows without being left. */
async function signIn(client: Auth0Client): Promise<void> {
  let address = '';
  await client.loginWithRedirect({
    openUrl: url => {
      address = url;
    },
  });
  const { url } = await fetch(address);
  await client.handleRedirectCallback(url);
}
