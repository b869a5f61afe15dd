import type { RefreshFamily } from '../rotation.js';
import type { NewFamily } from './refresh-token-store.js';

/** @param now epoch milliseconds */
export function firstGeneration(login: NewFamily, now: number): RefreshFamily {
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
