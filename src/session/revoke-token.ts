import { type After, pause } from './time-limit.js';

/** Where and how refresh tokens are revoked (RFC 7009). */
export interface RevocationOptions {
  /**
   * The revocation endpoint: absolute, or relative to the page. A function is asked when there is something to revoke, and
   * resolves to nothing where the server has no such endpoint.
   */
  readonly url: string | (() => Promise<string | undefined>);
  /** Further body parameters, such as `client_id`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

export interface RevocationPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly after: After;
}

const retryDelaysMs = [1000, 5000, 30_000];

/**
 * Tells the server that a refresh token will not be used again. Tries for a while in the background; nothing depends on it, and
 * whoever is signing out does not wait for it.
 *
 * @param abort stops the trying
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1
 */
export async function revokeToken(
  refreshToken: string,
  options: RevocationOptions,
  ports: RevocationPorts,
  abort: AbortSignal,
): Promise<void> {
  const body = new URLSearchParams({ ...options.parameters, token: refreshToken, token_type_hint: 'refresh_token' });
  for (const delayMs of [0, ...retryDelaysMs]) {
    if (delayMs > 0) await pause(ports.after, delayMs, abort);
    if (abort.aborted) return;
    if (await hadItsSay(request(body, options, ports))) return;
  }
}

async function request(
  body: URLSearchParams,
  { url }: RevocationOptions,
  ports: RevocationPorts,
): Promise<Response | undefined> {
  const endpoint = typeof url === 'string' ? url : await url();
  return endpoint === undefined
    ? undefined
    : ports.fetch(endpoint, { method: 'POST', body, keepalive: true, redirect: 'error' });
}

/** A server that answered has had its say, unless it said that it could not; so has one that offers no revocation. */
async function hadItsSay(answer: Promise<Response | undefined>): Promise<boolean> {
  try {
    const response = await answer;
    return response === undefined || (response.status < 500 && response.status !== 429);
  } catch {
    return false;
  }
}
