import { AuthError } from '../errors.js';
import {
  type AuthorizationResponse,
  type AuthorizationServer,
  addressed,
  authorizationEndpoint,
  authorizationResponse,
  authorizationUrl,
  type SecretPorts,
  signInSecrets,
} from './authorization-request.js';
import type { CallbackParameters } from './callback-parameters.js';
import { openPopup, type PopupPorts, type PopupSize, popupCallback } from './popup.js';

/** A provider whose code the application's own server exchanges. */
export interface Provider extends AuthorizationServer {
  /** `width` and `height` of the window, in CSS pixels. @default 500 × 500 */
  readonly popupOptions?: PopupSize | undefined;
  /** The provider's page for signing out, for `logout(redirect, query, name)`. Absent: there is none. */
  readonly logoutEndpoint?: string | undefined;
  /** Where the provider sends the browser after that. */
  readonly postLogoutRedirectUri?: string | undefined;
}

/** What a sign-in by popup needs from its environment; `providerLoginPorts()` has the real ones. */
export interface ProviderLoginPorts extends PopupPorts, SecretPorts {}

/**
 * Lets the user sign in at a provider, in a window of its own. Every sign-in has a `state` of its own that the answer, an error
 * too, must repeat; an id token must repeat the `nonce`.
 *
 * @throws {AuthError} `popup_blocked`, `popup_closed`, `unknown_state`, `untrusted_response`; `login_failed` with the provider's error
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export async function providerLogin(provider: Provider, ports: ProviderLoginPorts): Promise<AuthorizationResponse> {
  const { name = 'provider', popupOptions = {} } = provider;
  authorizationEndpoint(provider);
  const popup = openPopup('about:blank', name, popupOptions, ports);
  try {
    const secrets = signInSecrets(provider, ports);
    popup.go(await authorizationUrl(provider, secrets, ports));
    const parameters = await popupCallback(popup, ({ state }) => state === secrets.state, ports);
    return authorizationResponse(parameters, secrets);
  } catch (error) {
    popup.close();
    throw error;
  }
}

/** Signs the user out at the provider, in a window of its own. */
export async function providerLogout(
  provider: Provider,
  idTokenHint: string | undefined,
  ports: ProviderLoginPorts,
): Promise<CallbackParameters> {
  const { logoutEndpoint = '', name = 'provider', popupOptions = {}, postLogoutRedirectUri } = provider;
  const state = ports.randomText(32);
  const parameters = new URLSearchParams({ state });
  if (postLogoutRedirectUri) parameters.set('post_logout_redirect_uri', postLogoutRedirectUri);
  if (idTokenHint !== undefined) parameters.set('id_token_hint', idTokenHint);
  const popup = openPopup(addressed(logoutEndpoint, parameters), name, popupOptions, ports);
  const answer = await popupCallback(popup, ({ state: theirs }) => theirs === state, ports);
  if (answer['state'] !== state) {
    throw new AuthError(
      'unknown_state',
      'OAuth2 response state value differs: the answer belongs to another sign-out.',
    );
  }
  return answer;
}

/**
 * Lets the user sign in at a provider of OAuth 1.0.
 *
 * @param requestToken asks the application's own server for a request token
 * @see https://www.rfc-editor.org/rfc/rfc5849#section-2.2
 */
export async function oauth1Login(
  provider: Provider,
  requestToken: () => Promise<Readonly<Record<string, string>>>,
  ports: ProviderLoginPorts,
): Promise<AuthorizationResponse> {
  const { authorizationEndpoint = '', name = 'provider', popupOptions = {} } = provider;
  const popup = openPopup('about:blank', name, popupOptions, ports);
  try {
    const token = await requestToken();
    popup.go(addressed(authorizationEndpoint, new URLSearchParams(token)));
    const isOurs = ({ oauth_token }: CallbackParameters) => oauth_token === token['oauth_token'];
    const parameters = await popupCallback(popup, isOurs, ports);
    if (!isOurs(parameters)) throw new AuthError('unknown_state', 'The answer belongs to no sign-in of ours.');
    return { parameters };
  } catch (error) {
    popup.close();
    throw error;
  }
}
