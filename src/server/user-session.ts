import type { SessionRecord } from './session-record.js';

/** A session, as the application sees it. Instants are epoch milliseconds. */
export interface UserSession {
  readonly id: string;
  readonly sub: string;
  /** Unset if the login was not bound to a client. */
  readonly clientId?: string;
  /** Space-separated. Empty if the application uses no scopes. */
  readonly scope: string;
  /** When the user authenticated. A refresh does not change it. */
  readonly authenticatedAt: number;
  /** How the user authenticated. Unset if the login named no authentication context class. */
  readonly acr?: string;
  readonly createdAt: number;
  /**
   * `createdAt`, or later if `revokeAllForUser` kept the session. Compare it, not `authenticatedAt`, with the instant of a change of
   * password, and tolerate the difference between the clocks of application and store.
   */
  readonly validFrom: number;
  /** When the session was last refreshed, or `createdAt`. */
  readonly lastRefreshedAt: number;
  /** The client's IP address at the last refresh, or at the login. Unset if the request context had none. */
  readonly lastAddress?: string;
  /** When the session ends if it is not refreshed. */
  readonly expiresAt: number;
  readonly meta: Readonly<Record<string, string>>;
}

/** A page of sessions, and the cursor of the next page. */
export interface UserSessionPage {
  readonly sessions: readonly UserSession[];
  /** Pass it as `cursor`. Unset on the last page. */
  readonly next?: string;
}

/** Returns the application's view of a record. */
export function userSession(record: SessionRecord): UserSession {
  return {
    id: record.id,
    sub: record.sub,
    ...(record.clientId === undefined ? {} : { clientId: record.clientId }),
    scope: record.scope,
    authenticatedAt: record.authenticatedAt,
    ...(record.acr === undefined ? {} : { acr: record.acr }),
    createdAt: record.createdAt,
    validFrom: record.validFrom,
    lastRefreshedAt: record.rotatedAt,
    ...(record.lastAddress === undefined ? {} : { lastAddress: record.lastAddress }),
    expiresAt: record.idleExpiresAt,
    meta: record.meta,
  };
}
