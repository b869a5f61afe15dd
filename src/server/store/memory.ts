import { type RotationRequest, rotation } from '../rotation.js';
import { isLive, type RevocationReason, type SessionRecord } from '../session-record.js';
import { initialRecord } from './initial-record.js';
import type { SessionStore } from './session-store.js';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Maximum number of sessions. Beyond it, revoked sessions are dropped first, then the least recently refreshed one.
   * @default 100_000
   */
  readonly maxSessions?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
  /**
   * How often expired sessions are dropped. The timer does not keep the process alive.
   * @default 60
   */
  readonly sweepIntervalSeconds?: number;
}

/** A store in memory, with a timer that drops expired sessions. */
export interface MemoryStore extends SessionStore {
  /** Stops the timer. */
  close(): void;
}

/**
 * Keeps sessions in the memory of this process, for development and tests. A restart ends all sessions. Several processes need a
 * shared store.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { maxSessions = 100_000, clock = Date.now, sweepIntervalSeconds = 60 } = options;
  const { NODE_ENV } = process.env;
  if (NODE_ENV === 'production') {
    process.emitWarning(
      'memoryStore() forgets every session when the process ends and is not shared between processes.',
    );
  }
  /** Least recently refreshed first. */
  const records = new Map<string, SessionRecord>();
  /** The revoked ones of them, earliest revoked first. */
  const revoked = new Map<string, SessionRecord>();
  const idsOfUser = new Map<string, Set<string>>();

  const keep = (record: SessionRecord): SessionRecord => {
    records.delete(record.id);
    records.set(record.id, record);
    if (record.revoked !== undefined) revoked.set(record.id, record);
    return record;
  };
  const forget = (record: SessionRecord): void => {
    records.delete(record.id);
    revoked.delete(record.id);
    const ids = idsOfUser.get(record.sub);
    ids?.delete(record.id);
    if (ids?.size === 0) idsOfUser.delete(record.sub);
  };
  const find = (id: string): SessionRecord | undefined => {
    const record = records.get(id);
    if (record === undefined || clock() < record.absoluteExpiresAt) return record;
    forget(record);
    return undefined;
  };
  const revoke = (id: string, reason: RevocationReason): SessionRecord | undefined => {
    const record = find(id);
    if (record === undefined || !isLive(record, clock())) return undefined;
    return keep({ ...record, revoked: reason });
  };
  const sessions = (sub: string): SessionRecord[] => {
    const now = clock();
    return [...(idsOfUser.get(sub) ?? [])]
      .map(id => records.get(id))
      .filter((record): record is SessionRecord => record !== undefined && isLive(record, now));
  };
  const revokeOldest = (sub: string, keepAtMost: number): SessionRecord[] => {
    const live = sessions(sub);
    return live
      .slice(0, Math.max(0, live.length - keepAtMost))
      .map(record => keep({ ...record, revoked: 'too_many_sessions' }));
  };
  const makeRoom = (): void => {
    for (const kept of [revoked, records]) {
      for (const record of kept.values()) {
        if (records.size < maxSessions) return;
        forget(record);
      }
    }
  };
  const sweep = (): void => {
    const now = clock();
    for (const record of records.values()) if (now >= record.absoluteExpiresAt) forget(record);
  };
  const sweeper = setInterval(sweep, sweepIntervalSeconds * 1000);
  sweeper.unref();

  return {
    async create(login) {
      if (records.has(login.id)) throw new Error('A session with this ID already exists.');
      const evicted = revokeOldest(login.sub, login.maxSessionsPerUser - 1);
      makeRoom();
      const record = keep(initialRecord(login, clock()));
      const ids = idsOfUser.get(record.sub) ?? new Set();
      idsOfUser.set(record.sub, ids.add(record.id));
      return { record, evicted };
    },
    async find(id) {
      const record = find(id);
      return record && { record, live: isLive(record, clock()) };
    },
    async rotate(id: string, presented: RotationRequest) {
      const before = find(id);
      const result = rotation(before, presented, clock());
      if (result.outcome !== 'unknown' && result.record !== before) keep(result.record);
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
        .filter(record => record.id !== except)
        .map(record => keep({ ...record, revoked: reason }));
    },
    close() {
      clearInterval(sweeper);
    },
  };
}
