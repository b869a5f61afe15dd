import type { Rotation, RotationRequest } from '../rotation.js';
import type { RevocationReason, SessionRecord } from '../session-record.js';

/** A session to create. The store adds the instants of its own clock. */
export interface NewSession {
  /** 32 characters. The first 16 are equal for all sessions of the user, so that a sharded store can keep them together. */
  readonly id: string;
  readonly sub: string;
  readonly clientId?: string;
  readonly scope: string;
  /** Seconds since the user authenticated. 0 for a login that just happened. */
  readonly authenticationAgeSeconds: number;
  /** The authentication context class reference. */
  readonly acr?: string;
  readonly idleLifetimeSeconds: number;
  readonly absoluteLifetimeSeconds: number;
  /** The user's live sessions beyond this number are revoked, beginning with those that expire first. */
  readonly maxSessionsPerUser: number;
  /** The client's IP address. */
  readonly lastAddress?: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** A created session, and the sessions that were revoked because the user had too many. */
export interface CreatedSession {
  readonly record: SessionRecord;
  readonly evicted: readonly SessionRecord[];
}

/** A session and its current state. */
export interface FoundSession {
  readonly record: SessionRecord;
  /** Whether the session can still be refreshed, by the store's clock. */
  readonly live: boolean;
}

/** Which sessions of a user to revoke. */
export interface RevokeAllRequest {
  readonly reason: RevocationReason;
  /** The session to keep. */
  readonly except?: string | undefined;
  /** How long the store must remember the revocation: the longest lifetime of a session. */
  readonly absoluteLifetimeSeconds: number;
}

/** A part of all sessions. */
export interface SessionPageRequest {
  /** The `next` of the previous page. If unset, the first page. */
  readonly cursor?: string | undefined;
  /** Approximate number of sessions. */
  readonly limit: number;
}

/** A part of all live sessions, and the cursor of the next part. */
export interface SessionPage {
  readonly records: readonly SessionRecord[];
  /** Unset on the last page. */
  readonly next?: string;
}

/**
 * Stores sessions. Each operation is atomic on its session, for all processes that share the store. Instants are read from the
 * store's clock, not from the caller's. If a promise rejects, the response is `503` and the client keeps its refresh token.
 *
 * An expired session remains readable until its absolute expiry. A revoked session remains readable for an hour, or until its
 * absolute expiry if that is earlier. Then the store drops it.
 *
 * The store keeps an instant `notBefore` for each user, the instant of the last {@link SessionStore.revokeAll}. A session whose
 * `validFrom` is not later is revoked, even if an index of the user's sessions has lost it.
 *
 * A record that cannot be read is treated like a missing record.
 */
export interface SessionStore {
  /**
   * Creates a session at generation 1, with a `validFrom` later than the user's `notBefore`. The cost must not depend on the number
   * of the user's ended sessions.
   */
  create(session: NewSession): Promise<CreatedSession>;
  /** Returns the session, live or ended. Returns `undefined` for unknown and dropped sessions. */
  find(id: string): Promise<FoundSession | undefined>;
  /** Applies {@link rotation} and stores its result. */
  rotate(id: string, request: RotationRequest): Promise<Rotation>;
  /** Revokes a session. @returns the record if this call revoked it, or `undefined` if the session was not live */
  revoke(id: string, reason: RevocationReason): Promise<SessionRecord | undefined>;
  /** Returns the user's live sessions, oldest first. */
  sessions(sub: string): Promise<readonly SessionRecord[]>;
  /**
   * Revokes the user's sessions except one. Sets `notBefore` to an instant later than each earlier `notBefore`, and sets
   * the `validFrom` of the kept session to a later instant.
   * @returns the records that this call revoked
   */
  revokeAll(sub: string, request: RevokeAllRequest): Promise<readonly SessionRecord[]>;
  /** Returns live sessions of all users. A session that is live during all calls is on at least one page. */
  list(request: SessionPageRequest): Promise<SessionPage>;
  /** Resolves if the store can read and write. */
  check(): Promise<void>;
}
