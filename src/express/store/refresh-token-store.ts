import type { Presentation, RefreshFamily, RevocationReason, Rotation } from '../rotation.js';

/** A login, as the issuer hands it to the store. The store adds the instants, on its own clock. */
export interface NewFamily {
  readonly id: string;
  readonly sub: string;
  readonly clientId?: string;
  readonly scope: string;
  /** Seconds between the user's proof of identity and now; 0 for a login that just happened. */
  readonly authenticationAgeSeconds: number;
  readonly idleLifetimeSeconds: number;
  readonly absoluteLifetimeSeconds: number;
  /** The user's oldest live families beyond this number are revoked. */
  readonly maxSessionsPerUser: number;
  readonly meta: Readonly<Record<string, string>>;
}

/** A new family and those that had to make room for it. */
export interface CreatedFamily {
  readonly family: RefreshFamily;
  readonly evicted: readonly RefreshFamily[];
}

/** A family as it is in the store now. */
export interface FoundFamily {
  readonly family: RefreshFamily;
  /** Whether it can still be refreshed, by the clock of the store. */
  readonly live: boolean;
}

/**
 * Where families live. Each operation is atomic on its family, for all processes that share the store, and reads
 * the clock of the store, not of the caller. A rejected promise means "not available": the issuer answers 503 and the
 * client keeps its refresh token.
 *
 * A revoked or expired family stays readable until its absolute expiry, so that reuse is recognised for as long as a
 * copied token could hope to work.
 */
export interface RefreshTokenStore {
  /** Keeps a new family at generation 1. */
  create(family: NewFamily): Promise<CreatedFamily>;
  /** The record, live or not; `undefined` when there never was one or its absolute expiry is past. */
  find(id: string): Promise<FoundFamily | undefined>;
  /** Applies {@link rotation} and keeps its result. */
  rotate(id: string, presented: Presentation): Promise<Rotation>;
  /** @returns the family when this call revoked it; `undefined` when it was not live. */
  revoke(id: string, reason: RevocationReason): Promise<RefreshFamily | undefined>;
  /** The user's live families, oldest first. */
  sessions(sub: string): Promise<readonly RefreshFamily[]>;
  /** @returns the families this call revoked. */
  revokeAll(sub: string, reason: RevocationReason, except?: string): Promise<readonly RefreshFamily[]>;
}
