import { isLive, type Presentation, type RefreshFamily, type RevocationReason, rotation } from '../rotation.js';
import { firstGeneration } from './first-generation.js';
import type { RefreshTokenStore } from './refresh-token-store.js';

/** How much {@link memoryStore} keeps. */
export interface MemoryStoreOptions {
  /**
   * Families kept at most; beyond it those that were revoked are forgotten, then the one that was refreshed longest ago.
   * @default 100_000
   */
  readonly maxFamilies?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
  /**
   * How often expired families are dropped. The timer does not keep the process alive.
   * @default 60
   */
  readonly sweepIntervalSeconds?: number;
}

/** A store in memory, with a timer that drops what has expired. */
export interface MemoryStore extends RefreshTokenStore {
  /** Stops the sweeper. */
  close(): void;
}

/**
 * Families in this process's memory: for development, tests and servers of one process whose users may be logged out
 * by a restart. Several processes need a store they share.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { maxFamilies = 100_000, clock = Date.now, sweepIntervalSeconds = 60 } = options;
  const { NODE_ENV } = process.env;
  if (NODE_ENV === 'production') {
    process.emitWarning(
      'memoryStore() forgets every session when the process ends and is not shared between processes.',
    );
  }
  /** Least recently refreshed first. */
  const families = new Map<string, RefreshFamily>();
  /** Those of them that were revoked, longest ago first. */
  const revoked = new Map<string, RefreshFamily>();
  const idsOfUser = new Map<string, Set<string>>();

  const keep = (family: RefreshFamily): RefreshFamily => {
    families.delete(family.id);
    families.set(family.id, family);
    if (family.revoked !== undefined) revoked.set(family.id, family);
    return family;
  };
  const forget = (family: RefreshFamily): void => {
    families.delete(family.id);
    revoked.delete(family.id);
    const ids = idsOfUser.get(family.sub);
    ids?.delete(family.id);
    if (ids?.size === 0) idsOfUser.delete(family.sub);
  };
  const find = (id: string): RefreshFamily | undefined => {
    const family = families.get(id);
    if (family === undefined || clock() < family.absoluteExpiresAt) return family;
    forget(family);
    return undefined;
  };
  const revoke = (id: string, reason: RevocationReason): RefreshFamily | undefined => {
    const family = find(id);
    if (family === undefined || !isLive(family, clock())) return undefined;
    return keep({ ...family, revoked: reason });
  };
  const sessions = (sub: string): RefreshFamily[] => {
    const now = clock();
    return [...(idsOfUser.get(sub) ?? [])]
      .map(id => families.get(id))
      .filter((family): family is RefreshFamily => family !== undefined && isLive(family, now));
  };
  const revokeOldest = (sub: string, keepAtMost: number): RefreshFamily[] => {
    const live = sessions(sub);
    return live
      .slice(0, Math.max(0, live.length - keepAtMost))
      .map(family => keep({ ...family, revoked: 'too_many_sessions' }));
  };
  const makeRoom = (): void => {
    for (const kept of [revoked, families]) {
      for (const family of kept.values()) {
        if (families.size < maxFamilies) return;
        forget(family);
      }
    }
  };
  const sweep = (): void => {
    const now = clock();
    for (const family of families.values()) if (now >= family.absoluteExpiresAt) forget(family);
  };
  const sweeper = setInterval(sweep, sweepIntervalSeconds * 1000);
  sweeper.unref();

  return {
    async create(login) {
      if (families.has(login.id)) throw new Error('A family with this id exists already.');
      const evicted = revokeOldest(login.sub, login.maxSessionsPerUser - 1);
      makeRoom();
      const family = keep(firstGeneration(login, clock()));
      const ids = idsOfUser.get(family.sub) ?? new Set();
      idsOfUser.set(family.sub, ids.add(family.id));
      return { family, evicted };
    },
    async find(id) {
      const family = find(id);
      return family && { family, live: isLive(family, clock()) };
    },
    async rotate(id: string, presented: Presentation) {
      const before = find(id);
      const result = rotation(before, presented, clock());
      if (result.outcome !== 'unknown' && result.family !== before) keep(result.family);
      return result;
    },
    async revoke(id, reason) {
      return revoke(id, reason);
    },
    async sessions(sub) {
      return sessions(sub);
    },
    async revokeAll(sub, reason, except) {
      return sessions(sub)
        .filter(family => family.id !== except)
        .map(family => keep({ ...family, revoked: reason }));
    },
    close() {
      clearInterval(sweeper);
    },
  };
}
