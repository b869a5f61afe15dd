import type { CallbackParameters } from '../callback/callback-parameters.js';
import { AuthError } from '../errors.js';
import { jwtClaims } from '../session/token-set.js';
import { type ProviderRequest, providerParameters } from './provider-parameters.js';

/** An OAuth 2.0 authorization server. */
export interface AuthorizationServer extends ProviderRequest {
  /**
   * Sends a PKCE code challenge (RFC 7636). The application's server receives `code_verifier` with the code, and must include it in
   * the token request.
   * @default false
   */
  readonly pkce?: boolean | undefined;
}

/** Cryptography of a sign-in. */
export interface SecretPorts {
  /** Returns `bytes` random bytes in base64url. */
  randomText(bytes: number): string;
  /** Returns the SHA-256 hash of `text` in base64url. */
  digest(text: string): Promise<string>;
}

/** Random values of one sign-in. */
export interface SignInSecrets {
  readonly state: string;
  /** Set if the provider returns an id token. */
  readonly nonce: string | undefined;
  /** Set with PKCE. */
  readonly codeVerifier: string | undefined;
}

/** Authorization response of a provider (RFC 6749 §4.1.2), with the PKCE code verifier. */
export interface AuthorizationResponse {
  readonly parameters: CallbackParameters;
  readonly codeVerifier?: string;
}

/** Creates the random values of one sign-in. */
export function signInSecrets(provider: AuthorizationServer, ports: SecretPorts): SignInSecrets {
  const { responseType = 'code', pkce = false } = provider;
  return {
    state: custom(provider['state']) ?? ports.randomText(32),
    nonce: custom(provider['nonce']) ?? (responseType.includes('id_token') ? ports.randomText(32) : undefined),
    codeVerifier: pkce ? ports.randomText(32) : undefined,
  };
}

/**
 * Returns the URL of the authorization request.
 *
 * @throws {AuthError} `invalid_configuration`
 */
export async function authorizationUrl(
  provider: AuthorizationServer,
  { state, nonce, codeVerifier }: SignInSecrets,
  ports: SecretPorts,
): Promise<string> {
  const challenge = codeVerifier !== undefined && {
    code_challenge: await ports.digest(codeVerifier),
    code_challenge_method: 'S256',
  };
  const secrets = { state, ...(nonce !== undefined && { nonce }), ...challenge };
  return withParameters(authorizationEndpoint(provider), providerParameters(provider, secrets));
}

/** @throws {AuthError} `invalid_configuration` if the provider has none */
export function authorizationEndpoint({ authorizationEndpoint: endpoint, name = '' }: ProviderRequest): string {
  if (endpoint) return endpoint;
  throw new AuthError('invalid_configuration', `The provider ${name} has no authorizationEndpoint.`);
}

/**
 * Checks an authorization response. Errors must repeat the `state` as well. An id token must repeat the `nonce`.
 *
 * @throws {AuthError} `unknown_state`, `untrusted_response`; `login_failed` with the provider's error
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export function authorizationResponse(parameters: CallbackParameters, secrets: SignInSecrets): AuthorizationResponse {
  const { state, nonce, codeVerifier } = secrets;
  if (parameters['state'] !== state) {
    throw new AuthError('unknown_state', 'OAuth 2.0 state parameter mismatch: the response is for another sign-in.');
  }
  const { error, id_token: idToken } = parameters;
  if (error !== undefined) {
    throw new AuthError('login_failed', 'The provider did not sign the user in.', { oauthError: error });
  }
  if (nonce !== undefined && idToken !== undefined && jwtClaims(idToken)?.['nonce'] !== nonce) {
    throw new AuthError('untrusted_response', 'The nonce of the id token is not the one of this sign-in.');
  }
  return { parameters, ...(codeVerifier !== undefined && { codeVerifier }) };
}

/** Appends parameters to a URL that may have a query. */
export function withParameters(endpoint: string, parameters: URLSearchParams): string {
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${parameters}`;
}

/** Ignores constants: a `state` or `nonce` that anyone can read in the source protects nothing. */
function custom(value: unknown): string | undefined {
  const made: unknown = typeof value === 'function' ? value() : undefined;
  return typeof made === 'string' && made !== '' ? made : undefined;
}
