export interface RevocationOptions {
  /** The revocation endpoint: absolute, or relative to the page. */
  readonly url: string;
  /** Further body parameters, such as `client_id`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

export interface RevocationPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  after(delayMs: number, action: () => void): () => void;
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
    if (delayMs > 0) await pause(delayMs, ports, abort);
    if (abort.aborted) return;
    if (await hadItsSay(ports.fetch(options.url, { method: 'POST', body, keepalive: true, redirect: 'error' }))) return;
  }
}

/** A server that answered has had its say, unless it said that it could not. */
async function hadItsSay(answer: Promise<Response>): Promise<boolean> {
  try {
    const { status } = await answer;
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

function pause(delayMs: number, ports: RevocationPorts, abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const cancel = ports.after(delayMs, resolve);
    abort.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
