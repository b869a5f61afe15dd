import type { CallbackParameters } from '../callback/callback-parameters.js';
import { removeLongHint } from '../callback/id-token-hint.js';
import { openPopup, type PopupPorts, type PopupSize, popupCallback } from '../callback/popup.js';
import { AuthError } from '../errors.js';
import {
  type AuthorizationResponse,
  type AuthorizationServer,
  authorizationEndpoint,
  authorizationResponse,
  authorizationUrl,
  type SecretPorts,
  signInSecrets,
  withParameters,
} from './authorization-request.js';

/** A provider whose authorization code the application's own server exchanges. */
export interface Provider extends AuthorizationServer {
  /** `width` and `height` of the popup in CSS pixels. @default 500 × 500 */
  readonly popupOptions?: PopupSize | undefined;
  /** Logout page of the provider, for `logout(redirect, query, name)`. If unset, the user stays signed in at the provider. */
  readonly logoutEndpoint?: string | undefined;
  /** URL that the provider redirects to after the logout. */
  readonly postLogoutRedirectUri?: string | undefined;
}

/** Platform of a sign-in by popup. `providerLoginPorts()` returns that of the browser. */
export interface ProviderLoginPorts extends PopupPorts, SecretPorts {}

/**
 * Signs the user in at a provider in a popup. The response must repeat the `state` of this sign-in, and its id token the `nonce`.
 *
 * @throws {AuthError} `popup_blocked`, `popup_closed`, `unknown_state`, `untrusted_response`; `login_failed` with the provider's error
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export async function providerLogin(provider: Provider, ports: ProviderLoginPorts): Promise<AuthorizationResponse> {
  authorizationEndpoint(provider);
  const secrets = signInSecrets(provider, ports);
  const url = () => authorizationUrl(provider, secrets, ports);
  const isExpected = ({ state }: CallbackParameters) => state === secrets.state;
  return authorizationResponse(await inPopup(provider, url, isExpected, ports), secrets);
}

/**
 * Signs the user out at a provider in a popup.
 *
 * @returns parameters of the redirect from the provider
 * @throws {AuthError} `popup_blocked`, `popup_closed`, `unknown_state`
 */
export async function providerLogout(
  provider: Provider,
  idTokenHint: string | undefined,
  ports: ProviderLoginPorts,
): Promise<CallbackParameters> {
  const { logoutEndpoint = '', postLogoutRedirectUri } = provider;
  const state = ports.randomText(32);
  const parameters = new URLSearchParams({ state });
  if (postLogoutRedirectUri) parameters.set('post_logout_redirect_uri', postLogoutRedirectUri);
  if (idTokenHint !== undefined) parameters.set('id_token_hint', idTokenHint);
  const isExpected = (response: CallbackParameters) => response['state'] === state;
  removeLongHint(parameters, withParameters(logoutEndpoint, parameters));
  const url = withParameters(logoutEndpoint, parameters);
  const response = await inPopup(provider, async () => url, isExpected, ports);
  if (isExpected(response)) return response;
  throw new AuthError('unknown_state', 'OAuth2 response state value differs: the response is for another sign-out.');
}

/**
 * Signs the user in at an OAuth 1.0 provider in a popup.
 *
 * @param requestToken fetches a request token from the application's own server
 * @see https://www.rfc-editor.org/rfc/rfc5849#section-2.2
 */
export async function oauth1Login(
  provider: Provider,
  requestToken: () => Promise<Readonly<Record<string, string>>>,
  ports: ProviderLoginPorts,
): Promise<AuthorizationResponse> {
  const { authorizationEndpoint: endpoint = '' } = provider;
  let token: Readonly<Record<string, string>> = {};
  const isExpected = ({ oauth_token }: CallbackParameters) => oauth_token === token['oauth_token'];
  const url = async () => {
    token = await requestToken();
    return withParameters(endpoint, new URLSearchParams(token));
  };
  const parameters = await inPopup(provider, url, isExpected, ports);
  if (isExpected(parameters)) return { parameters };
  throw new AuthError('unknown_state', 'The oauth_token of the response is for another sign-in.');
}

/** Opens a popup, navigates it and returns the parameters of the redirect from the provider. */
async function inPopup(
  { name = 'provider', popupOptions = {} }: Provider,
  url: () => Promise<string>,
  isExpected: (parameters: CallbackParameters) => boolean,
  ports: ProviderLoginPorts,
): Promise<CallbackParameters> {
  const popup = openPopup({ name, ...popupOptions }, ports);
  try {
    popup.navigate(await url());
    return await popupCallback(popup, isExpected, ports);
  } catch (error) {
    popup.close();
    throw error;
  }
}
