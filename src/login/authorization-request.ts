import { AuthError } from '../errors.js';
import { jwtClaims } from '../session/token-set.js';
import type { CallbackParameters } from './callback-parameters.js';
import { type ProviderRequest, providerParameters } from './provider-parameters.js';

/** A provider of OAuth 2.0. */
export interface AuthorizationServer extends ProviderRequest {
  /**
   * Sends a PKCE challenge along (RFC 7636), and hands the verifier out with the code: the server that exchanges the code has to
   * pass it on.
   * @default false
   */
  readonly pkce?: boolean | undefined;
}

/** What makes secrets. */
export interface SecretPorts {
  /** So many random bytes, as base64url. */
  randomText(bytes: number): string;
  /** SHA-256 of a text, as base64url. */
  digest(text: string): Promise<string>;
}

/** What is made anew for every sign-in. */
export interface SignInSecrets {
  readonly state: string;
  /** Absent where no id token is asked for. */
  readonly nonce: string | undefined;
  /** Absent without PKCE. */
  readonly codeVerifier: string | undefined;
}

/** What the provider's answer is, with the PKCE verifier where one was used. */
export interface AuthorizationResponse {
  readonly parameters: CallbackParameters;
  readonly codeVerifier?: string;
}

export function signInSecrets(provider: AuthorizationServer, ports: SecretPorts): SignInSecrets {
  const { responseType = 'code', pkce = false } = provider;
  return {
    state: own(provider['state']) ?? ports.randomText(32),
    nonce: own(provider['nonce']) ?? (responseType.includes('id_token') ? ports.randomText(32) : undefined),
    codeVerifier: pkce ? ports.randomText(32) : undefined,
  };
}

/**
 * The provider's page, asked to sign the user in.
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
  return addressed(authorizationEndpoint(provider), providerParameters(provider, secrets));
}

/** @throws {AuthError} `invalid_configuration` where there is none */
export function authorizationEndpoint({ authorizationEndpoint: endpoint, name = '' }: ProviderRequest): string {
  if (endpoint) return endpoint;
  throw new AuthError('invalid_configuration', `The provider ${name} has no authorizationEndpoint.`);
}

/**
 * The provider's answer, if it is one to this sign-in: an error too must repeat the `state`, and an id token the `nonce`.
 *
 * @throws {AuthError} `unknown_state`, `untrusted_response`; `login_failed` with the provider's error
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export function authorizationResponse(parameters: CallbackParameters, secrets: SignInSecrets): AuthorizationResponse {
  const { state, nonce, codeVerifier } = secrets;
  if (parameters['state'] !== state) {
    throw new AuthError(
      'unknown_state',
      'OAuth 2.0 state parameter mismatch: the answer belongs to no sign-in of ours.',
    );
  }
  const { error, id_token: idToken } = parameters;
  if (error !== undefined) {
    throw new AuthError('login_failed', 'The provider did not sign the user in.', { oauthError: error });
  }
  if (nonce !== undefined && idToken !== undefined && jwtClaims(idToken)?.['nonce'] !== nonce) {
    throw new AuthError('untrusted_response', 'The id token was not made for this sign-in.');
  }
  return { parameters, ...(codeVerifier !== undefined && { codeVerifier }) };
}

/** Puts parameters behind an address that may have some already. */
export function addressed(endpoint: string, parameters: URLSearchParams): string {
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${parameters}`;
}

/** A constant would be known to everybody, so only what a function makes counts. */
function own(value: unknown): string | undefined {
  const made: unknown = typeof value === 'function' ? value() : undefined;
  return typeof made === 'string' && made !== '' ? made : undefined;
}
