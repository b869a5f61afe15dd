import { generateRandomState } from 'oauth4webapi';
import { removeLongHint } from '../callback/id-token-hint.js';
import type { PageCallback } from './page-callback.js';
import type { Provider } from './provider.js';

/** Options of one sign-out. */
export interface SignOutRequest {
  /** URL to navigate to after the sign-out, on the page's own origin. `completeSignOut()` returns it. */
  readonly returnTo?: string | undefined;
  /**
   * `false` ends the session and revokes the refresh token. The user stays signed in at the provider.
   * @default true
   */
  readonly atProvider?: boolean;
  /** Additional parameters of the logout request. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Returns the URL of the logout request. Returns `undefined` if the provider has no `end_session_endpoint`.
 *
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
export async function signOutUrl(
  provider: Provider,
  idToken: string | undefined,
  { returnTo, parameters = {} }: SignOutRequest,
  callback: PageCallback,
): Promise<string | undefined> {
  const endpoint = await provider.endpoint('end_session_endpoint');
  if (endpoint === undefined) return undefined;
  const { clientId, issuer, postLogoutRedirectUri, idTokenHint } = provider.options;
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  url.searchParams.set('client_id', clientId);
  if (idTokenHint && idToken !== undefined) url.searchParams.set('id_token_hint', idToken);
  if (postLogoutRedirectUri !== undefined) {
    const state = generateRandomState();
    callback.pending.add({ kind: 'logout', state, issuer, clientId, returnTo: callback.ownPath(returnTo) });
    url.searchParams.set('post_logout_redirect_uri', postLogoutRedirectUri);
    url.searchParams.set('state', state);
  }
  removeLongHint(url.searchParams, url.href);
  return url.href;
}
