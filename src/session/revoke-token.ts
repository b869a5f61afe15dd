import type { OptionKinds } from './check-options.js';
import { type After, pause } from './time-limit.js';
import { formHeaders, type TokenRequestOptions, tokenRequest, tokenRequestKinds } from './token-request.js';
import type { TokenSet } from './token-set.js';

/** How to revoke refresh tokens (RFC 7009), or to send the logout request of a custom server. */
export interface RevocationOptions extends TokenRequestOptions {
  /**
   * Revocation or logout endpoint: an absolute URL, or one relative to the page. A function is called when there is a token to
   * revoke. It resolves to `undefined` if the server has no such endpoint.
   */
  readonly url: string | (() => Promise<string | undefined>);
  /**
   * Name of the body field that holds the refresh token.
   * @default 'token'
   */
  readonly refreshTokenParameter?: string;
  /** Returns a header that carries the access token. If unset, the access token is not sent. */
  readonly header?: ((tokens: TokenSet) => readonly [name: string, value: string]) | undefined;
}

/** Kinds of {@link RevocationOptions}. */
export const revocationKinds: OptionKinds = {
  ...tokenRequestKinds,
  url: 'string or function, required',
  refreshTokenParameter: 'text',
  header: 'function',
};

export interface RevocationPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly after: After;
}

const retryDelaysMs = [1000, 5000, 30_000];

/**
 * Returns a function that revokes the refresh token of a session, if it has one.
 *
 * @param options if unset, nothing is revoked
 * @param abort stops the retries
 */
export function tokenRevoker(
  options: RevocationOptions | undefined,
  ports: RevocationPorts,
  abort: AbortSignal,
): (tokens: TokenSet) => Promise<void> {
  return async tokens => {
    if (!options || tokens.refreshToken === undefined) return;
    const headers = new Headers(options.headers || formHeaders);
    if (options.header) headers.set(...options.header(tokens));
    await revokeToken(tokens.refreshToken, { ...options, headers: Object.fromEntries(headers) }, ports, abort);
  };
}

/**
 * Tells the server that a refresh token will not be used again. Retries for a while in the background; no caller waits for it.
 *
 * @param abort stops the retries
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1
 */
export async function revokeToken(
  refreshToken: string,
  options: RevocationOptions,
  ports: RevocationPorts,
  abort: AbortSignal,
): Promise<void> {
  for (const delayMs of [0, ...retryDelaysMs]) {
    if (delayMs > 0) await pause(ports.after, delayMs, abort);
    if (abort.aborted) return;
    if (await isFinal(send(refreshToken, options, ports))) return;
  }
}

async function send(
  refreshToken: string,
  options: RevocationOptions,
  ports: RevocationPorts,
): Promise<Response | undefined> {
  const { url, method, refreshTokenParameter = 'token', headers = formHeaders, parameters, credentials } = options;
  const endpoint = typeof url === 'string' ? url : await url();
  if (endpoint === undefined) return undefined;
  const token = { [refreshTokenParameter]: refreshToken, token_type_hint: 'refresh_token' };
  const fields = { ...parameters, ...token, ...parameters };
  return ports.fetch(endpoint, { ...tokenRequest(fields, new Headers(headers), method, credentials), keepalive: true });
}

/** Retries only after a server error or a `Retry-After`, not without a revocation endpoint. */
async function isFinal(sent: Promise<Response | undefined>): Promise<boolean> {
  try {
    const response = await sent;
    return response === undefined || (response.status < 500 && response.status !== 429);
  } catch {
    return false;
  }
}
