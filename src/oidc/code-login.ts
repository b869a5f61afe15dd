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
import { callbackSearchParams } from '../callback/callback-parameters.js';
import { removeLongHint } from '../callback/id-token-hint.js';
import { AuthError } from '../errors.js';
import { validateResponseMode } from './open-id-connect-options.js';
import type { PendingLogin } from './pending.js';
import type { Provider } from './provider.js';

/** Options of one sign-in. */
export interface SignInRequest {
  /** URL to navigate to after the sign-in, on the page's own origin. */
  readonly returnTo?: string | undefined;
  /** `login`, `consent`, `select_account` or `none`. If unset, the provider decides. */
  readonly prompt?: string | undefined;
  /** User that the provider should expect, for example an email address. */
  readonly loginHint?: string | undefined;
  /** Maximum time since the user last authenticated, in seconds. After it the provider authenticates the user again. */
  readonly maxAgeSeconds?: number | undefined;
  /** Additional parameters of the authorization request. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** An authorization request that is ready to be sent. */
export interface AuthorizationRequest {
  /** URL to navigate to. */
  readonly url: string;
  readonly pending: PendingLogin;
}

/** Parameters that protect the response. No option may change them. */
const protectedParameters = [
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
 * Prepares an authorization request with code and PKCE, a new `state` and a new `nonce`.
 *
 * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_failed`, `invalid_configuration`
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 */
export async function beginCodeLogin(
  provider: Provider,
  redirectUri: string,
  request: SignInRequest,
  signal: AbortSignal,
): Promise<AuthorizationRequest> {
  validateResponseMode(request.parameters);
  const { issuer, clientId, scope } = provider.options;
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
  const parameters = requestedParameters(provider, request);
  await addProtection(parameters, pending, provider);
  return { url: await authorizationUrl(provider, parameters, signal), pending };
}

/** Parameters that the options and the sign-in choose. */
function requestedParameters({ options }: Provider, request: SignInRequest): URLSearchParams {
  const { scope, authorizationParameters, prompt } = options;
  return new URLSearchParams({
    scope,
    ...defined({ prompt, login_hint: request.loginHint, max_age: request.maxAgeSeconds?.toString() }),
    ...authorizationParameters,
    ...request.parameters,
    ...defined({ prompt: request.prompt }),
  });
}

async function addProtection(parameters: URLSearchParams, pending: PendingLogin, provider: Provider): Promise<void> {
  for (const name of protectedParameters) parameters.delete(name);
  parameters.set('client_id', pending.clientId);
  parameters.set('redirect_uri', pending.redirectUri);
  parameters.set('response_type', 'code');
  parameters.set('state', pending.state);
  if (pending.nonce !== undefined) parameters.set('nonce', pending.nonce);
  parameters.set('code_challenge', await calculatePKCECodeChallenge(pending.codeVerifier));
  parameters.set('code_challenge_method', 'S256');
  const thumbprint = await (await provider.proofs?.handleForSignIn())?.calculateThumbprint();
  if (thumbprint !== undefined) parameters.set('dpop_jkt', thumbprint);
}

async function authorizationUrl(provider: Provider, parameters: URLSearchParams, signal: AbortSignal): Promise<string> {
  const endpoint = await provider.endpoint('authorization_endpoint');
  if (endpoint === undefined) {
    throw new AuthError('invalid_configuration', "The provider's metadata has no authorization_endpoint.");
  }
  const url = new URL(endpoint);
  for (const [name, value] of await pushed(provider, parameters, signal)) url.searchParams.set(name, value);
  removeLongHint(url.searchParams, url.href);
  return url.href;
}

/** Pushes the parameters if the provider supports it. @see https://www.rfc-editor.org/rfc/rfc9126 */
async function pushed(provider: Provider, parameters: URLSearchParams, signal: AbortSignal): Promise<URLSearchParams> {
  const { par, clientId } = provider.options;
  const { pushed_authorization_request_endpoint: supported, require_pushed_authorization_requests: required } =
    await provider.metadata();
  if (!required && (par === false || supported === undefined)) return parameters;
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

/** Whether a callback URL repeats the `state` of a request, exactly once. */
export function isResponseTo({ state }: { readonly state: string }, callback: string): boolean {
  const states = callbackSearchParams(callback).getAll('state');
  return states.length === 1 && states[0] === state;
}

/**
 * Validates an authorization response and exchanges its code for tokens. Validates the id token as OpenID Connect requires.
 *
 * @param callback URL that the provider redirected to
 * @throws {AuthError} `login_required`, `login_failed`, `untrusted_response`, `provider_unreachable`
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 * @see https://www.rfc-editor.org/rfc/rfc9207
 */
export async function completeCodeLogin(
  provider: Provider,
  pending: PendingLogin,
  callback: string,
  signal: AbortSignal,
): Promise<TokenEndpointResponse> {
  return provider.exchangeForSignIn(signal, async exchange => {
    const { server, client, authentication, proven } = exchange;
    const code = validateAuthResponse(server, client, callbackSearchParams(callback), pending.state);
    const additionalParameters = provider.options.tokenParameters ?? {};
    const { redirectUri, codeVerifier, nonce, maxAgeSeconds } = pending;
    const options = { ...proven, additionalParameters };
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      code,
      redirectUri,
      codeVerifier,
      options,
    );
    const tokens = await processAuthorizationCodeResponse(server, client, response, {
      ...(nonce !== undefined && { expectedNonce: nonce, requireIdToken: true }),
      ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
    });
    if (tokens.id_token !== undefined) await provider.checkSignature(response, exchange);
    return accepted(tokens, provider);
  });
}

/**
 * Checks that the tokens have the requested type and a subject. Removes the refresh token with `renewal: 'silent'`.
 *
 * @throws {AuthError} `untrusted_response`
 */
export function accepted(tokens: TokenEndpointResponse, provider: Provider): TokenEndpointResponse {
  const { dpop, renewal } = provider.options;
  if (dpop && tokens.token_type !== 'dpop') {
    throw new AuthError('untrusted_response', 'The provider did not bind the tokens to the key (dpop: true).');
  }
  if (getValidatedIdTokenClaims(tokens)?.sub === '') {
    throw new AuthError('untrusted_response', 'The sub of the id token is empty.');
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
