import { AuthError } from '../errors.js';
import { checkOptions, type OptionKinds } from '../session/check-options.js';
import type { Session } from '../session/session.js';
import {
  type TokenRequestOptions,
  type TokenRequestParameters,
  tokenRequest,
  tokenRequestKinds,
} from '../session/token-request.js';

/** How to send credentials to the login endpoint of the app's server. Shares its options with refresh requests. */
export interface CredentialsLoginOptions extends TokenRequestOptions {
  /** Login or signup endpoint: an absolute URL, or one relative to the page. */
  readonly url: string;
  /** Aborts the request. */
  readonly signal?: AbortSignal | null | undefined;
}

/** Kinds of {@link CredentialsLoginOptions}. */
export const credentialsLoginKinds: OptionKinds = { ...tokenRequestKinds, url: 'text, required', signal: 'object' };

/** What a login with credentials needs from its environment. `browserPorts()` has it. */
export interface CredentialsLoginPorts {
  /** Sends the request. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** Credentials by name: an object or a form. */
export type Credentials = object | FormData | URLSearchParams;

/**
 * Sends credentials to the login endpoint, and signs in with the response, as the session reads it.
 *
 * @returns the response body
 * @throws {AuthError} as {@link sendCredentials} and `Session.beginLogIn`
 * @example
 * await credentialsLogin(session, { email, password }, { url: '/auth/login' }, browserPorts());
 */
export async function credentialsLogin(
  session: Session,
  credentials: Credentials,
  options: CredentialsLoginOptions,
  ports: CredentialsLoginPorts,
): Promise<unknown> {
  const logIn = session.beginLogIn();
  const body = await sendCredentials(credentials, options, ports);
  logIn(body);
  return body;
}

/**
 * Sends credentials without signing in, for a signup whose users sign in later.
 *
 * @returns the response body, parsed if it is JSON
 * @throws {AuthError} `invalid_configuration`, or `login_failed`. `cause` is the `Response` with its unread body, or the network error; the latter is `retryable`.
 */
export async function sendCredentials(
  credentials: Credentials,
  options: CredentialsLoginOptions,
  ports: CredentialsLoginPorts,
): Promise<unknown> {
  checkOptions(options, credentialsLoginKinds);
  const { url, method, parameters, headers = jsonHeaders, credentials: cookies, signal = null } = options;
  const fields = { ...fieldsOf(credentials), ...parameters };
  const request = tokenRequest(fields, new Headers(headers), method, cookies);
  const response = await ports.fetch(url, { ...request, signal }).catch(cause => {
    if (!(cause instanceof TypeError)) throw cause;
    throw new AuthError('login_failed', 'The login endpoint could not be reached.', { cause, retryable: true });
  });
  const { ok, status } = response;
  if (!ok)
    throw new AuthError('login_failed', `The login was rejected with status ${status}.`, { cause: response, status });
  return parsed(await response.text());
}

const jsonHeaders = { 'Content-Type': 'application/json' };

function fieldsOf(credentials: Credentials): TokenRequestParameters {
  const isForm = credentials instanceof FormData || credentials instanceof URLSearchParams;
  return (isForm ? Object.fromEntries(credentials) : credentials) as TokenRequestParameters;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
