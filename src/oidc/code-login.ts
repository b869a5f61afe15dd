import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  processPushedAuthorizationResponse,
  pushedAuthorizationRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { AuthError } from '../errors.js';
import type { PendingLogin } from './pending.js';
import type { Provider } from './provider.js';

/** What one sign-in asks for beyond the configuration. */
export interface SignInRequest {
  /** Where the user wanted to go, on the page's own origin. */
  readonly returnTo?: string | undefined;
  /** `login`, `consent`, `select_account` or `none`. Absent: as the provider sees fit. */
  readonly prompt?: string | undefined;
  /** Whom the provider should expect: an email address, for instance. */
  readonly loginHint?: string | undefined;
  /** After how many seconds the provider is to ask an earlier sign-in for the password again. */
  readonly maxAgeSeconds?: number | undefined;
  /** Further parameters of this authorization request. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface BegunLogin {
  /** Where to send the browser. */
  readonly url: string;
  readonly pending: PendingLogin;
}

/** What makes the answer ours; no option may change it. */
const ours = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'request',
  'request_uri',
];

/**
 * Prepares an authorization request: code and PKCE, a state and a nonce made for it alone.
 *
 * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_failed`, `invalid_configuration`
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 */
export async function beginCodeLogin(
  provider: Provider,
  redirectUri: string,
  request: SignInRequest,
  signal: AbortSignal,
): Promise<BegunLogin> {
  const { issuer, clientId, scope, authorizationParameters, prompt } = provider.options;
  const isOpenId = scope.split(' ').includes('openid');
  const pending: PendingLogin = {
    kind: 'login',
    state: generateRandomState(),
    issuer,
    clientId,
    redirectUri,
    nonce: isOpenId ? generateRandomNonce() : undefined,
    codeVerifier: generateRandomCodeVerifier(),
    maxAgeSeconds: request.maxAgeSeconds,
    returnTo: request.returnTo,
  };
  const parameters = new URLSearchParams({
    scope,
    ...defined({ prompt, login_hint: request.loginHint, max_age: request.maxAgeSeconds?.toString() }),
    ...authorizationParameters,
    ...request.parameters,
    ...defined({ prompt: request.prompt }),
  });
  for (const name of ours) parameters.delete(name);
  parameters.set('client_id', clientId);
  parameters.set('redirect_uri', redirectUri);
  parameters.set('response_type', 'code');
  parameters.set('state', pending.state);
  if (pending.nonce !== undefined) parameters.set('nonce', pending.nonce);
  parameters.set('code_challenge', await calculatePKCECodeChallenge(pending.codeVerifier));
  parameters.set('code_challenge_method', 'S256');
  const thumbprint = await (await provider.proofs?.handleForSignIn())?.calculateThumbprint();
  if (thumbprint !== undefined) parameters.set('dpop_jkt', thumbprint);
  return { url: await authorizationUrl(provider, parameters, signal), pending };
}

async function authorizationUrl(provider: Provider, parameters: URLSearchParams, signal: AbortSignal): Promise<string> {
  const endpoint = await provider.endpoint('authorization_endpoint');
  if (endpoint === undefined) {
    throw new AuthError('invalid_configuration', "The provider's metadata names no authorization_endpoint.");
  }
  const url = new URL(endpoint);
  for (const [name, value] of await pushed(provider, parameters, signal)) url.searchParams.set(name, value);
  return url.href;
}

/** The request, or the reference to it that the provider gave. @see https://www.rfc-editor.org/rfc/rfc9126 */
async function pushed(provider: Provider, parameters: URLSearchParams, signal: AbortSignal): Promise<URLSearchParams> {
  const { par, clientId } = provider.options;
  const { pushed_authorization_request_endpoint: offered, require_pushed_authorization_requests: required } =
    await provider.metadata();
  if (!required && (par === false || offered === undefined)) return parameters;
  try {
    const requestUri = await provider.exchangeForSignIn(signal, async ({ server, client, authentication, proven }) => {
      const response = await pushedAuthorizationRequest(server, client, authentication, parameters, proven);
      return (await processPushedAuthorizationResponse(server, client, response)).request_uri;
    });
    return new URLSearchParams({ client_id: clientId, request_uri: requestUri });
  } catch (error) {
    if (required || par === true || signal.aborted) throw error;
    return parameters;
  }
}

/**
 * Trades the answer to an authorization request for tokens, after all that OpenID Connect wants checked.
 *
 * @param answer the address the provider sent the browser back to
 * @throws {AuthError} `login_required`, `login_failed`, `untrusted_response`, `provider_unreachable`
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 * @see https://www.rfc-editor.org/rfc/rfc9207
 */
export async function completeCodeLogin(
  provider: Provider,
  pending: PendingLogin,
  answer: URL,
  signal: AbortSignal,
): Promise<TokenEndpointResponse> {
  return provider.exchangeForSignIn(signal, async exchange => {
    const { server, client, authentication, proven } = exchange;
    const code = validateAuthResponse(server, client, answer.searchParams, pending.state);
    const additionalParameters = provider.options.tokenParameters ?? {};
    const { redirectUri, codeVerifier, nonce, maxAgeSeconds } = pending;
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      code,
      redirectUri,
      codeVerifier,
      { ...proven, additionalParameters },
    );
    const tokens = await processAuthorizationCodeResponse(server, client, response, {
      ...(nonce !== undefined && { expectedNonce: nonce, requireIdToken: true }),
      ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
    });
    if (tokens.id_token !== undefined) await provider.checkSignature(response, exchange);
    return accepted(tokens, provider);
  });
}

/** Tokens of the kind that was asked for, of somebody, and without what is not to be kept. */
export function accepted(tokens: TokenEndpointResponse, provider: Provider): TokenEndpointResponse {
  const { dpop, renewal } = provider.options;
  if (dpop && tokens.token_type !== 'dpop') {
    throw new AuthError('untrusted_response', 'The provider did not bind the tokens to the key (dpop: true).');
  }
  if (getValidatedIdTokenClaims(tokens)?.sub === '') {
    throw new AuthError('untrusted_response', 'The id token names nobody: its sub is empty.');
  }
  if (renewal !== 'silent') return tokens;
  const { refresh_token: _unused, ...others } = tokens;
  return others as TokenEndpointResponse;
}

function defined(parameters: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
