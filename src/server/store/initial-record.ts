import type { SessionRecord } from '../session-record.js';
import type { NewSession } from './session-store.js';

/** Returns the record of a new session. @param now epoch milliseconds */
export function initialRecord(login: NewSession, now: number): SessionRecord {
  const absoluteExpiresAt = now + login.absoluteLifetimeSeconds * 1000;
  return {
    id: login.id,
    sub: login.sub,
    ...(login.clientId === undefined ? {} : { clientId: login.clientId }),
    scope: login.scope,
    authenticatedAt: now - login.authenticationAgeSeconds * 1000,
    generation: 1,
    createdAt: now,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + login.idleLifetimeSeconds * 1000, absoluteExpiresAt),
    absoluteExpiresAt,
    meta: login.meta,
  };
}
