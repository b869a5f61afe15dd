import { checkOptions } from '../option-check.js';
import { type Rotation, type RotationRequest, rotation } from '../rotation.js';
import { isLive, type RevocationReason, revokedUntil, type SessionRecord, withNotBefore } from '../session-record.js';
import { initialRecord } from './initial-record.js';
import type {
  CreatedSession,
  FoundSession,
  NewSession,
  RevokeAllRequest,
  SessionPage,
  SessionPageRequest,
  SessionStore,
} from './session-store.js';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Maximum number of sessions. Beyond it, ended sessions are dropped first, then the least recently refreshed one.
   * @default 100_000
   */
  readonly maxSessions?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
  /**
   * How often ended sessions are dropped. The timer does not keep the process alive.
   * @default 60
   */
  readonly sweepIntervalSeconds?: number;
}

/** A store in memory, with a timer that drops ended sessions. */
export interface MemoryStore extends SessionStore {
  /** Stops the timer. */
  close(): void;
}

/**
 * Keeps sessions in the memory of this process, for development and tests. A restart ends all sessions. Several processes need a
 * shared store.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  checkOptions('memoryStore', options, {
    maxSessions: 'positive',
    clock: 'clock',
    sweepIntervalSeconds: 'positive',
  });
  const { maxSessions = 100_000, clock = Date.now, sweepIntervalSeconds = 60 } = options;
  const { NODE_ENV } = process.env;
  if (NODE_ENV === 'production') {
    process.emitWarning(
      'memoryStore() loses every session when the process ends, and is not shared between processes.',
    );
  }
  const memory = new SessionMemory(maxSessions, clock);
  const sweeper = setInterval(() => memory.sweep(), sweepIntervalSeconds * 1000);
  sweeper.unref();
  return {
    create: async session => memory.create(session),
    find: async id => memory.found(id),
    rotate: async (id, request) => memory.rotate(id, request),
    revoke: async (id, reason) => memory.revoke(id, reason),
    sessions: async sub => memory.sessions(sub),
    revokeAll: async (sub, request) => memory.revokeAll(sub, request),
    list: async request => memory.list(request),
    check: async () => undefined,
    close: () => clearInterval(sweeper),
  };
}

/** A record, and when it is dropped. */
interface Kept {
  readonly record: SessionRecord;
  readonly dropAt: number;
}

/** The live sessions of a user, those that expire first in front. A session that expired is removed at the next login. */
interface User {
  live: Map<string, SessionRecord>;
  /** When the last of them expires, or later. */
  lastExpiry: number;
  notBefore?: { readonly instant: number; readonly dropAt: number };
}

class SessionMemory {
  /** Least recently refreshed first. */
  private readonly kept = new Map<string, Kept>();
  /** The IDs of revoked sessions, earliest revoked first. */
  private readonly revoked = new Set<string>();
  private readonly users = new Map<string, User>();

  constructor(
    private readonly maxSessions: number,
    private readonly clock: () => number,
  ) {}

  create(session: NewSession): CreatedSession {
    if (this.kept.has(session.id)) throw new Error('A session with this ID already exists.');
    const evicted = this.revokeSurplus(session.sub, session.maxSessionsPerUser - 1);
    this.makeRoom();
    const record = initialRecord(session, this.clock(), this.users.get(session.sub)?.notBefore?.instant);
    this.keep(record);
    return { record, evicted };
  }

  found(id: string): FoundSession | undefined {
    const record = this.find(id);
    return record && { record, live: isLive(record, this.clock()) };
  }

  rotate(id: string, request: RotationRequest): Rotation {
    const record = this.find(id);
    const result = rotation(record, request, this.clock());
    if (result.outcome !== 'unknown' && result.record !== record) this.keep(result.record);
    return result;
  }

  revoke(id: string, reason: RevocationReason): SessionRecord | undefined {
    const record = this.find(id);
    if (record === undefined || !isLive(record, this.clock())) return undefined;
    return this.keep({ ...record, revoked: reason });
  }

  sessions(sub: string): SessionRecord[] {
    return this.liveOf(sub).sort((a, b) => a.createdAt - b.createdAt);
  }

  revokeAll(sub: string, { reason, except, absoluteLifetimeSeconds }: RevokeAllRequest): SessionRecord[] {
    const now = this.clock();
    const live = this.liveOf(sub);
    const user = this.userOf(sub);
    const instant = Math.max(now, (user.notBefore?.instant ?? 0) + 1);
    user.notBefore = { instant, dropAt: now + absoluteLifetimeSeconds * 1000 };
    const saved = live.find(({ id }) => id === except);
    if (saved !== undefined) this.keep({ ...saved, validFrom: instant + 1 });
    return live.filter(record => record !== saved).map(record => this.keep({ ...record, revoked: reason }));
  }

  /** Pages follow the order of IDs, so that a refresh between two pages does not move a session. */
  list({ cursor = '', limit }: SessionPageRequest): SessionPage {
    const ids = [...this.kept.keys()].filter(id => id > cursor).sort();
    const page = ids.slice(0, limit);
    const last = page.at(-1);
    const records = page.flatMap(id => this.found(id) ?? []).flatMap(({ record, live }) => (live ? [record] : []));
    return { records, ...(last !== undefined && ids.length > limit ? { next: last } : {}) };
  }

  /** Drops everything whose time has come. */
  sweep(): void {
    const now = this.clock();
    for (const { record, dropAt } of this.kept.values()) if (now >= dropAt) this.drop(record);
    for (const [sub, user] of this.users) {
      if (user.notBefore !== undefined && now >= user.notBefore.dropAt) delete user.notBefore;
      if (user.live.size === 0 && user.notBefore === undefined) this.users.delete(sub);
    }
  }

  private find(id: string): SessionRecord | undefined {
    const kept = this.kept.get(id);
    if (kept === undefined) return undefined;
    if (this.clock() >= kept.dropAt) {
      this.drop(kept.record);
      return undefined;
    }
    return withNotBefore(kept.record, this.users.get(kept.record.sub)?.notBefore?.instant);
  }

  /** Stores a record as the most recent one. */
  private keep(record: SessionRecord): SessionRecord {
    const { id } = record;
    const ended = record.revoked !== undefined;
    const user = this.userOf(record.sub);
    user.live.delete(id);
    if (ended) {
      this.revoked.add(id);
    } else {
      this.kept.delete(id);
      addInOrder(user, record);
    }
    this.kept.set(id, { record, dropAt: ended ? revokedUntil(record, this.clock()) : record.absoluteExpiresAt });
    return record;
  }

  private drop({ id, sub }: SessionRecord): void {
    this.kept.delete(id);
    this.revoked.delete(id);
    this.users.get(sub)?.live.delete(id);
  }

  private userOf(sub: string): User {
    const user = this.users.get(sub) ?? { live: new Map(), lastExpiry: 0 };
    this.users.set(sub, user);
    return user;
  }

  private liveOf(sub: string): SessionRecord[] {
    const now = this.clock();
    return [...(this.users.get(sub)?.live.values() ?? [])].filter(record => isLive(record, now));
  }

  /** Revokes the user's sessions that expire first, until no more than `limit` remain. */
  private revokeSurplus(sub: string, limit: number): SessionRecord[] {
    const { live } = this.userOf(sub);
    const now = this.clock();
    const evicted: SessionRecord[] = [];
    for (const record of live.values()) {
      if (!isLive(record, now)) live.delete(record.id);
      // `revoked` first: V8 is slow to extend a copy of a record.
      else if (live.size > limit) evicted.push(this.keep({ revoked: 'too_many_sessions', ...record }));
      else break;
    }
    return evicted;
  }

  private makeRoom(): void {
    for (const ids of [this.revoked, this.kept.keys()]) {
      for (const id of ids) {
        if (this.kept.size < this.maxSessions) return;
        const kept = this.kept.get(id);
        if (kept !== undefined) this.drop(kept.record);
      }
    }
  }
}

/** Adds a live session. Most expire after all others of their user. */
function addInOrder(user: User, record: SessionRecord): void {
  user.live.set(record.id, record);
  let last = record;
  if (record.idleExpiresAt < user.lastExpiry) {
    const ordered = [...user.live.values()].sort((a, b) => a.idleExpiresAt - b.idleExpiresAt);
    user.live = new Map(ordered.map(each => [each.id, each]));
    last = ordered.at(-1) ?? record;
  }
  user.lastExpiry = last.idleExpiresAt;
}
