import type { RotationRequest } from '../../rotation.js';
import { userTag } from '../../session-id.js';
import type { RevocationReason, SessionRecord } from '../../session-record.js';
import type { NewSession, RevokeAllRequest, SessionStore } from '../session-store.js';

/** An empty store, and a function that advances its time. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** Moves the store's clock forward, or its records back. */
  advance(seconds: number): void | Promise<void>;
}

/** One requirement of a {@link SessionStore} with its test. */
export interface StoreContractCase {
  readonly name: string;
  /** Rejects with an assertion error if the store does not meet the requirement. */
  check(tested: StoreUnderTest): Promise<void>;
}

/** The ID of a session in these cases: the user's tag and a name. */
export function idOf(name: string, sub = 'ada'): string {
  return userTag(sub) + name.padEnd(16, '_');
}

/** A session to create. */
export function login(name: string, more: Partial<NewSession> = {}): NewSession {
  return {
    id: idOf(name, more.sub),
    sub: 'ada',
    scope: 'read write',
    authenticationAgeSeconds: 0,
    idleLifetimeSeconds: 100,
    absoluteLifetimeSeconds: 10_000,
    maxSessionsPerUser: 100,
    meta: {},
    ...more,
  };
}

/** A request to rotate a generation. */
export function presenting(generation: number, more: Partial<RotationRequest> = {}): RotationRequest {
  return { generation, idleLifetimeSeconds: 100, ...more };
}

/** A request to revoke all sessions of a user. */
export function all(except?: string, reason: RevocationReason = 'all_sessions_revoked'): RevokeAllRequest {
  return { reason, except, absoluteLifetimeSeconds: 10_000 };
}

/** The names of sessions. */
export function names(records: readonly SessionRecord[]): string[] {
  return records.map(({ id }) => id.slice(16).replace(/_+$/, ''));
}
