import { AuthError } from '../errors.js';
import { jwtClaims } from '../session/token-set.js';
import type { CallbackParameters } from './callback-parameters.js';
import { openPopup, type PopupPorts, type PopupSize, popupCallback } from './popup.js';
import { type ProviderRequest, providerParameters } from './provider-parameters.js';

/** A provider whose code the application's own server exchanges. */
export interface Provider extends ProviderRequest {
  readonly popupOptions?: PopupSize | undefined;
  /**
   * Sends a PKCE challenge along (RFC 7636), and hands the verifier out with the code: the server that exchanges the code has to
   * pass it on.
   * @default false
   */
  readonly pkce?: boolean | undefined;
  readonly logoutEndpoint?: string | undefined;
  readonly postLogoutRedirectUri?: string | undefined;
}

export interface ProviderLoginPorts extends PopupPorts {
  /** So many random bytes, as base64url. */
  randomText(bytes: number): string;
  /** SHA-256 of a text, as base64url. */
  digest(text: string): Promise<string>;
}

/** What the provider's answer is, with the PKCE verifier where one was used. */
export interface ProviderAnswer {
  readonly parameters: CallbackParameters;
  readonly codeVerifier?: string;
}

/**
 * Lets the user sign in at a provider, in a window of its own. Every sign-in has a `state` of its own that the answer, an error
 * too, must repeat; an id token must repeat the `nonce`.
 *
 * @throws {AuthError} `popup_blocked`, `popup_closed`, `unknown_state`, `untrusted_answer`; `login_failed` with the provider's error
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export async function providerLogin(provider: Provider, ports: ProviderLoginPorts): Promise<ProviderAnswer> {
  const { authorizationEndpoint, name = 'provider', popupOptions = {}, responseType = 'code' } = provider;
  if (!authorizationEndpoint) {
    throw new AuthError('invalid_configuration', `The provider ${name} has no authorizationEndpoint.`);
  }
  const popup = openPopup('about:blank', name, popupOptions, ports);
  const state = own(provider['state']) ?? ports.randomText(32);
  const nonce = own(provider['nonce']) ?? (responseType.includes('id_token') ? ports.randomText(32) : undefined);
  const codeVerifier = provider.pkce ? ports.randomText(32) : undefined;
  try {
    const secrets = {
      state,
      ...(nonce !== undefined && { nonce }),
      ...(codeVerifier !== undefined && {
        code_challenge: await ports.digest(codeVerifier),
        code_challenge_method: 'S256',
      }),
    };
    popup.go(addressed(authorizationEndpoint, providerParameters(provider, secrets)));
    const parameters = await popupCallback(popup, answer => answer['state'] === state, ports);
    check(parameters, state, nonce);
    return { parameters, ...(codeVerifier !== undefined && { codeVerifier }) };
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

/** Puts parameters behind an address that may have some already. */
export function addressed(endpoint: string, parameters: URLSearchParams): string {
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${parameters}`;
}

function check(answer: CallbackParameters, state: string, nonce: string | undefined): void {
  if (answer['state'] !== state) {
    throw new AuthError(
      'unknown_state',
      'OAuth 2.0 state parameter mismatch: the answer belongs to no sign-in of ours.',
    );
  }
  const { error, id_token: idToken } = answer;
  if (error !== undefined) {
    throw new AuthError('login_failed', 'The provider did not sign the user in.', { oauthError: error });
  }
  if (nonce !== undefined && idToken !== undefined && jwtClaims(idToken)?.['nonce'] !== nonce) {
    throw new AuthError('untrusted_answer', 'The id token was not made for this sign-in.');
  }
}

/** A constant would be known to everybody, so only what a function makes counts. */
function own(value: unknown): string | undefined {
  const made: unknown = typeof value === 'function' ? value() : undefined;
  return typeof made === 'string' && made !== '' ? made : undefined;
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
): Promise<ProviderAnswer> {
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
