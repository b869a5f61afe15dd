import type { RequestHandler } from 'express';
import { decodeJwt, type JSONWebKeySet } from 'jose';
import { errorReporter } from '../server/error-reporter.js';
import { type LogoutToken, logoutTokenLifetimeSeconds, verifyLogoutToken } from '../server/logout-token.js';
import { OAuthError, oauthError } from '../server/oauth-error.js';
import { checkMethods, checkOptions } from '../server/option-check.js';
import { requiredParameter } from '../server/request-parameters.js';
import type { TokenEventListener } from '../server/token-event.js';
import { keySource } from '../server/verification-keys.js';
import { asyncHandler } from './async-handler.js';
import { requestContext } from './request-context.js';
import { sendOAuthError, sendUncached } from './send-response.js';
import type { WebTokens } from './web-tokens.js';

/** Stores logouts. Several processes need a shared store. A name can be dropped after its lifetime. */
export interface LogoutStore {
  /** Stores an instant (epoch milliseconds) under a name, and replaces an earlier one. */
  put(name: string, at: number, lifetimeSeconds: number): Promise<void>;
  /** Returns the instant of a name, if it is stored. */
  find(name: string): Promise<number | undefined>;
}

/** The provider and the client of {@link backChannelLogout}. */
export type BackChannelLogoutOptions = {
  /** The provider's issuer. */
  readonly issuer: string;
  /** The ID of this application at the provider. */
  readonly clientId: string;
  /** The longest lifetime of a session of the application. @default 2_592_000 (30 days) */
  readonly sessionLifetimeSeconds?: number;
  /** Stores logouts. If unset, this process stores them in memory. */
  readonly store?: LogoutStore;
  /** Called when the keys cannot be fetched, or the store fails. */
  readonly onEvent?: TokenEventListener;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
} & (
  | { /** The URL of the provider's public keys. */ readonly jwksUri: string; readonly keys?: never }
  | { /** The provider's public keys. */ readonly keys: JSONWebKeySet; readonly jwksUri?: never }
);

/** The logouts that a provider reported. */
export interface BackChannelLogout {
  /** Handles the provider's logout requests. Place it after `express.urlencoded()`. */
  readonly handler: RequestHandler;
  /** Returns whether the provider ended the session of an ID token. */
  hasEnded(tokens: Pick<WebTokens, 'id_token'>): Promise<boolean>;
}

/**
 * Receives the logouts of an OpenID provider, so that {@link webSession} ends the sessions. Logouts are found by the `sid` or the
 * `sub` of the session's ID token.
 *
 * @example
 * ```ts
 * const logouts = backChannelLogout({ issuer, clientId, jwksUri: `${issuer}/jwks` });
 * app.post('/backchannel-logout', express.urlencoded({ extended: false }), logouts.handler);
 * const freshTokens = webSession({ tokens, refresh, logouts });
 * ```
 * @throws {TypeError} if an option is invalid
 * @see https://openid.net/specs/openid-connect-backchannel-1_0.html
 */
export function backChannelLogout(options: BackChannelLogoutOptions): BackChannelLogout {
  checkLogoutOptions(options);
  const { issuer, clientId, sessionLifetimeSeconds = 2_592_000, clock = Date.now, onEvent } = options;
  const { store = logoutsInMemory(clock) } = options;
  const reportError = errorReporter(onEvent);
  const { getKey, algorithms } = keySource(options, clock, reportError);

  /** Many stores return `null` for a name that is not stored. */
  const find = async (name: string): Promise<number | undefined> => (await store.find(name)) ?? undefined;
  /** The token is stored last, so that the provider can repeat a request that failed. */
  const logOut = async (token: LogoutToken): Promise<void> => {
    const used = nameOf(issuer, 'jti', token.jti);
    if ((await find(used)) !== undefined) throw new OAuthError('invalid_request', 'The logout token was used before.');
    const [kind, id] = token.sid === undefined ? (['sub', token.sub ?? ''] as const) : (['sid', token.sid] as const);
    await store.put(nameOf(issuer, kind, id), clock(), sessionLifetimeSeconds);
    await store.put(used, clock(), logoutTokenLifetimeSeconds);
  };

  return {
    handler: asyncHandler(async (req, res) => {
      try {
        const token = requiredParameter(req.body, 'logout_token');
        await logOut(await verifyLogoutToken(token, getKey, algorithms, { issuer, clientId, clock, reportError }));
        sendUncached(res, 200, {});
      } catch (error) {
        reportError(error, requestContext(req));
        sendOAuthError(res, oauthError(error));
      }
    }),
    async hasEnded({ id_token }) {
      const { sid, sub, began } = sessionOf(id_token);
      const logouts = await Promise.all([
        sid === undefined ? undefined : find(nameOf(issuer, 'sid', sid)),
        sub === undefined ? undefined : find(nameOf(issuer, 'sub', sub)),
      ]);
      // The provider does not reuse a sid. A user can log in again. A session whose beginning is not a number has ended, too.
      return logouts[0] !== undefined || (logouts[1] !== undefined && !(began * 1000 > logouts[1]));
    },
  };
}

function checkLogoutOptions(options: BackChannelLogoutOptions): void {
  checkOptions<BackChannelLogoutOptions>('backChannelLogout', options, {
    issuer: 'text!',
    clientId: 'text!',
    sessionLifetimeSeconds: 'positive',
    store: 'object',
    onEvent: 'function',
    clock: 'clock',
    jwksUri: 'http url',
    keys: 'object',
  });
  if ((options.jwksUri === undefined) === (options.keys === undefined)) {
    throw new TypeError('backChannelLogout: set either jwksUri or keys.');
  }
  if (options.store !== undefined) checkMethods('backChannelLogout: store', options.store, 'put', 'find');
}

function nameOf(issuer: string, kind: 'jti' | 'sid' | 'sub', id: string): string {
  return JSON.stringify([issuer, kind, id]);
}

/** Reads the ID token without verification, because the application stored it. A refresh does not change `auth_time`. */
function sessionOf(idToken: string | undefined): { sid: string | undefined; sub: string | undefined; began: number } {
  if (idToken === undefined) throw new TypeError('backChannelLogout: the session must contain the id_token.');
  const { sid, sub, auth_time, iat = 0 } = decodeJwt(idToken);
  const began = typeof auth_time === 'number' ? auth_time : iat;
  return { sid: typeof sid === 'string' ? sid : undefined, sub, began };
}

function logoutsInMemory(clock: () => number): LogoutStore {
  const logouts = new Map<string, { readonly at: number; readonly dropAt: number }>();
  let sweepAt = 0;
  const sweep = (): void => {
    const now = clock();
    if (now < sweepAt) return;
    sweepAt = now + 60_000;
    for (const [name, { dropAt }] of logouts) if (now >= dropAt) logouts.delete(name);
  };
  return {
    async put(name, at, lifetimeSeconds) {
      sweep();
      logouts.set(name, { at, dropAt: clock() + lifetimeSeconds * 1000 });
    },
    async find(name) {
      const logout = logouts.get(name);
      return logout !== undefined && clock() < logout.dropAt ? logout.at : undefined;
    },
  };
}
