import type { SessionRecord } from '../session-record.js';
import type { NewSession } from './session-store.js';

/**
 * Returns the record of a new session.
 * @param now epoch milliseconds
 * @param notBefore the user's `notBefore`
 */
export function initialRecord(session: NewSession, now: number, notBefore?: number): SessionRecord {
  const absoluteExpiresAt = now + session.absoluteLifetimeSeconds * 1000;
  return {
    id: session.id,
    sub: session.sub,
    ...(session.clientId === undefined ? {} : { clientId: session.clientId }),
    scope: session.scope,
    authenticatedAt: now - Math.round(session.authenticationAgeSeconds * 1000),
    ...(session.acr === undefined ? {} : { acr: session.acr }),
    generation: 1,
    createdAt: now,
    validFrom: notBefore === undefined ? now : Math.max(now, notBefore + 1),
    rotatedAt: now,
    idleExpiresAt: Math.min(now + session.idleLifetimeSeconds * 1000, absoluteExpiresAt),
    absoluteExpiresAt,
    ...(session.lastAddress === undefined ? {} : { lastAddress: session.lastAddress }),
    meta: session.meta,
  };
}
