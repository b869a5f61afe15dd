import type { Rotation, RotationRequest } from '../rotation.js';
import type { RevocationReason, SessionRecord } from '../session-record.js';

/** A session to create. The store adds the instants of its own clock. */
export interface NewSession {
  readonly id: string;
  readonly sub: string;
  readonly clientId?: string;
  readonly scope: string;
  /** Seconds since the user authenticated. 0 for a login that just happened. */
  readonly authenticationAgeSeconds: number;
  readonly idleLifetimeSeconds: number;
  readonly absoluteLifetimeSeconds: number;
  /** The user's oldest live sessions beyond this number are revoked. */
  readonly maxSessionsPerUser: number;
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

/**
 * Stores sessions. Each operation is atomic on its session, for all processes that share the store. Instants are read from the
 * store's clock, not from the caller's. If a promise rejects, the response is `503` and the client keeps its refresh token.
 *
 * A revoked or expired session remains readable until its absolute expiry.
 */
export interface SessionStore {
  /** Creates a session at generation 1. */
  create(record: NewSession): Promise<CreatedSession>;
  /** Returns the session, live or not. Returns `undefined` for unknown sessions, and after the absolute expiry. */
  find(id: string): Promise<FoundSession | undefined>;
  /** Applies {@link rotation} and stores its result. */
  rotate(id: string, presented: RotationRequest): Promise<Rotation>;
  /** Revokes a session. @returns the record if this call revoked it, or `undefined` if the session was not live */
  revoke(id: string, reason: RevocationReason): Promise<SessionRecord | undefined>;
  /** Returns the user's live sessions, oldest first. */
  sessions(sub: string): Promise<readonly SessionRecord[]>;
  /** Revokes the user's sessions except one. @returns the records that this call revoked */
  revokeAll(sub: string, reason: RevocationReason, except?: string): Promise<readonly SessionRecord[]>;
}
