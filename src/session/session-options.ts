import { checkOptions, type OptionKinds } from './check-options.js';
import {
  type RefreshGrantOptions,
  type RefreshGrantPorts,
  refreshGrantKinds,
  refreshGrantRenewal,
} from './refresh-grant.js';
import type { Renewal } from './renewal.js';
import { type RevocationOptions, revocationKinds } from './revoke-token.js';
import { type TokenResponseReader, tokenResponse } from './token-response.js';

/** Options of a {@link Session}. */
export interface SessionOptions {
  /** How to refresh: by the refresh token grant, or by a renewal of your own. If unset, the session ends with its access token. */
  readonly refresh?: RefreshGrantOptions | Renewal | undefined;
  /**
   * Refreshes shortly before expiry, and when a request needs a fresh token. If false, only {@link Session.updateToken} refreshes.
   * @default true
   */
  readonly automatic?: boolean | undefined;
  /**
   * Reads the responses of servers that use other names than RFC 6749.
   * @default tokenResponse
   */
  readonly readTokenResponse?: TokenResponseReader | undefined;
  /**
   * Keeps the properties of {@link TokenSet.response} that the response to a refresh leaves out.
   * @default false
   */
  readonly keepResponseProperties?: boolean | undefined;
  /**
   * Maximum time a request waits for a fresh token, in seconds.
   * @default 10
   */
  readonly tokenWaitSeconds?: number | undefined;
  /** Revokes refresh tokens that will not be used again: at logout, and when one arrived too late. If unset, none is revoked. */
  readonly revocation?: RevocationOptions | undefined;
  /** Called with non-fatal errors, such as a storage write or a listener that failed. Never receives tokens. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const sessionKinds: OptionKinds = {
  refresh: 'object',
  automatic: 'boolean',
  readTokenResponse: 'function',
  keepResponseProperties: 'boolean',
  tokenWaitSeconds: 'seconds',
  revocation: 'object',
  onError: 'function',
};

const renewalKinds: OptionKinds = {
  timeoutSeconds: 'seconds',
  canRenew: 'function, required',
  renew: 'function, required',
};

/**
 * Checks the options of a session.
 *
 * @throws {AuthError} `invalid_configuration`
 */
export function checkSessionOptions(options: SessionOptions): void {
  checkOptions(options, sessionKinds);
  const { refresh, revocation } = options;
  if (refresh) checkOptions(refresh, 'renew' in refresh ? renewalKinds : refreshGrantKinds, 'refresh.');
  if (revocation) checkOptions(revocation, revocationKinds, 'revocation.');
}

/** Returns how the options refresh a session; `undefined` if they do not. */
export function sessionRenewal(
  { refresh, readTokenResponse = tokenResponse }: SessionOptions,
  ports: RefreshGrantPorts,
): Renewal | undefined {
  if (!refresh || 'renew' in refresh) return refresh;
  return refreshGrantRenewal(refresh, readTokenResponse, ports);
}
