import { checkMethods, checkOptions } from '../option-check.js';
import { type Rotation, type RotationRequest, rotation } from '../rotation.js';
import {
  isLive,
  type RevocationReason,
  revokedRetentionSeconds,
  type SessionRecord,
  withNotBefore,
} from '../session-record.js';
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
import {
  droppedPerLogin,
  type SqlRow,
  sessionColumns,
  sessionOfRow,
  sessionsOfRows,
  sessionValues,
} from './sql-record.js';
import { inSqliteTransaction, migrateSqlite, type SqliteDatabase } from './sqlite-database.js';
import { sqliteSchema } from './sqlite-schema.js';

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/**
 * Stores sessions in an SQLite file, for the processes of one machine. A restart keeps them. Creates and migrates its tables.
 *
 * The store sets the journal mode `WAL` and `synchronous = FULL`, so that a loss of power loses no completed operation.
 *
 * @param db an open database of `better-sqlite3`, or of `node:sqlite`
 * @example
 * ```ts
 * const store = sqliteStore(new Database('sessions.db'));
 * ```
 */
export function sqliteStore(db: SqliteDatabase, options: SqliteStoreOptions = {}): SessionStore {
  checkOptions('sqliteStore', options, { clock: 'clock' });
  checkMethods('sqliteStore: the database', db, 'exec', 'prepare');
  db.exec('PRAGMA busy_timeout = 5000');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  migrateSqlite(db, sqliteSchema);
  const sessions = new SqliteSessions(db, options.clock ?? Date.now);
  return {
    create: async session => sessions.create(session),
    find: async id => sessions.find(id),
    rotate: async (id, request) => sessions.rotate(id, request),
    revoke: async (id, reason) => sessions.revoke(id, reason),
    sessions: async sub => sessions.ofUser(sub),
    revokeAll: async (sub, request) => sessions.revokeAll(sub, request),
    list: async request => sessions.list(request),
    check: async () => sessions.check(),
  };
}

const write = `INSERT INTO auth_sessions (${sessionColumns.join()}) VALUES (${sessionColumns.map(() => '?').join()})
  ON CONFLICT (id) DO UPDATE SET ${sessionColumns.map(column => `${column} = excluded.${column}`).join()}`;

const live = `revoked IS NULL AND idle_expires_at > ?
  AND valid_from > coalesce((SELECT not_before FROM auth_users u WHERE u.sub = s.sub), 0)`;

class SqliteSessions {
  private readonly statements;

  constructor(
    private readonly db: SqliteDatabase,
    private readonly clock: () => number,
  ) {
    this.statements = {
      find: db.prepare('SELECT * FROM auth_sessions WHERE id = ? AND drop_at > ?'),
      write: db.prepare(write),
      ofUser: db.prepare(`SELECT * FROM auth_sessions s WHERE sub = ? AND ${live} ORDER BY created_at`),
      endSurplus: db.prepare(
        `UPDATE auth_sessions SET revoked = 'too_many_sessions', drop_at = min(?, absolute_expires_at) WHERE id IN (
           SELECT id FROM auth_sessions WHERE sub = ? AND revoked IS NULL AND idle_expires_at > ?
           ORDER BY idle_expires_at DESC LIMIT -1 OFFSET ?
         ) RETURNING *`,
      ),
      page: db.prepare(`SELECT * FROM auth_sessions s WHERE id > ? AND ${live} ORDER BY id LIMIT ?`),
      notBefore: db.prepare('SELECT not_before FROM auth_users WHERE sub = ?'),
      setNotBefore: db.prepare('INSERT OR REPLACE INTO auth_users (sub, not_before, drop_at) VALUES (?, ?, ?)'),
      dropSessions: db.prepare(
        'DELETE FROM auth_sessions WHERE id IN (SELECT id FROM auth_sessions WHERE drop_at <= ? LIMIT ?)',
      ),
      dropUsers: db.prepare(
        'DELETE FROM auth_users WHERE sub IN (SELECT sub FROM auth_users WHERE drop_at <= ? LIMIT ?)',
      ),
      check: db.prepare('UPDATE auth_schema SET version = version'),
    };
  }

  create(session: NewSession): CreatedSession {
    return this.transaction(now => {
      if (this.stored(session.id, now) !== undefined) throw new Error('A session with this ID already exists.');
      const { sub, maxSessionsPerUser } = session;
      const dropAt = now + revokedRetentionSeconds * 1000;
      const evicted = sessionsOfRows(
        this.statements.endSurplus.all(dropAt, sub, now, maxSessionsPerUser - 1) as SqlRow[],
      );
      const record = initialRecord(session, now, this.notBefore(sub));
      this.write(record, now);
      this.statements.dropSessions.run(now, droppedPerLogin);
      this.statements.dropUsers.run(now, droppedPerLogin);
      return { record, evicted };
    });
  }

  find(id: string): FoundSession | undefined {
    const now = this.clock();
    const record = this.stored(id, now);
    return record && { record, live: isLive(record, now) };
  }

  /** Most repetitions and rejections write nothing, and take no lock. */
  rotate(id: string, request: RotationRequest): Rotation {
    const decided = this.decide(id, request, this.clock());
    return decided.changed === undefined ? decided.result : this.transaction(now => this.apply(id, request, now));
  }

  revoke(id: string, reason: RevocationReason): SessionRecord | undefined {
    return this.transaction(now => {
      const record = this.stored(id, now);
      return record && isLive(record, now) ? this.end(record, reason, now) : undefined;
    });
  }

  ofUser(sub: string): SessionRecord[] {
    return sessionsOfRows(this.statements.ofUser.all(sub, this.clock()) as SqlRow[]);
  }

  revokeAll(sub: string, { reason, except, absoluteLifetimeSeconds }: RevokeAllRequest): SessionRecord[] {
    return this.transaction(now => {
      const records = sessionsOfRows(this.statements.ofUser.all(sub, now) as SqlRow[]);
      const instant = Math.max(now, (this.notBefore(sub) ?? 0) + 1);
      this.statements.setNotBefore.run(sub, instant, now + absoluteLifetimeSeconds * 1000);
      const kept = records.find(({ id }) => id === except);
      if (kept !== undefined) this.write({ ...kept, validFrom: instant + 1 }, now);
      return records.filter(record => record !== kept).map(record => this.end(record, reason, now));
    });
  }

  list({ cursor = '', limit }: SessionPageRequest): SessionPage {
    const rows = this.statements.page.all(cursor, this.clock(), limit + 1) as SqlRow[];
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? page.at(-1)?.['id'] : undefined;
    return { records: sessionsOfRows(page), ...(next === undefined ? {} : { next: String(next) }) };
  }

  check(): void {
    this.statements.check.run();
  }

  private apply(id: string, request: RotationRequest, now: number): Rotation {
    const { result, changed } = this.decide(id, request, now);
    if (changed !== undefined) this.write(changed, now);
    return result;
  }

  /** Returns the result, and the record to write if it changes. */
  private decide(id: string, request: RotationRequest, now: number): { result: Rotation; changed?: SessionRecord } {
    const record = this.stored(id, now);
    const result = rotation(record, request, now);
    const isChanged = result.outcome !== 'unknown' && result.record !== record;
    return isChanged ? { result, changed: result.record } : { result };
  }

  private transaction<T>(work: (now: number) => T): T {
    return inSqliteTransaction(this.db, () => work(this.clock()));
  }

  private stored(id: string, now: number): SessionRecord | undefined {
    const record = sessionOfRow(this.statements.find.all(id, now)[0] as SqlRow | undefined);
    return record && withNotBefore(record, this.notBefore(record.sub));
  }

  private notBefore(sub: string): number | undefined {
    const [row] = this.statements.notBefore.all(sub) as { not_before: number }[];
    return row?.not_before;
  }

  private write(record: SessionRecord, now: number): void {
    this.statements.write.run(...sessionValues(record, now));
  }

  private end(record: SessionRecord, revoked: RevocationReason, now: number): SessionRecord {
    const ended = { ...record, revoked };
    this.write(ended, now);
    return ended;
  }
}
