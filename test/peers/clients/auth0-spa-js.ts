import { Auth0Client } from '@auth0/auth0-spa-js';
import { type ClientKind, clientId, type Tokens } from './client.js';

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
      logIn: tokens => signIn(client, tokens),
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

/** Sign-in by redirect, with a local response to the code exchange where the page sends it, and the provider's where a worker does. */
async function signIn(client: Auth0Client, tokens: Tokens): Promise<void> {
  let url = new URL(location.origin);
  await client.loginWithRedirect({
    openUrl: address => {
      url = new URL(address);
    },
  });
  if (globalThis.storesByDefault) {
    const { url: callback } = await fetch(url);
    return void (await client.handleRedirectCallback(callback));
  }
  const id_token = withNonce(tokens.id_token, url.searchParams.get('nonce') ?? '');
  const realFetch = globalThis.fetch;
  globalThis.fetch = async () => Response.json({ ...tokens, id_token });
  try {
    const response = new URLSearchParams({ code: 'code', state: url.searchParams.get('state') ?? '' });
    await client.handleRedirectCallback(`${location.origin}/tab?${response}`);
  } finally {
    globalThis.fetch = realFetch;
  }
}

function withNonce(idToken: string, nonce: string): string {
  const [header, payload = '', signature] = idToken.split('.');
  const claims = { ...JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))), nonce };
  const encoded = btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${header}.${encoded}.${signature}`;
}
