import { checkMethods, checkOptions } from '../option-check.js';
import { type Rotation, type RotationRequest, rotation } from '../rotation.js';
import { isLive, type RevocationReason, type SessionRecord, withNotBefore } from '../session-record.js';
import { initialRecord } from './initial-record.js';
import {
  ignoreBroken,
  inPostgresTransaction,
  lockUntilCommit,
  type PostgresPool,
  type PostgresQueries,
} from './postgres-pool.js';
import { postgresSchema } from './postgres-schema.js';
import * as statements from './postgres-statements.js';
import type {
  CreatedSession,
  FoundSession,
  NewSession,
  RevokeAllRequest,
  SessionPage,
  SessionPageRequest,
  SessionStore,
} from './session-store.js';
import { sessionOfRow, sessionsOfRows, sessionValues } from './sql-record.js';
import { within } from './within.js';

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /**
   * How long to wait for PostgreSQL before the response is `503`. An operation that PostgreSQL completes later does no harm, because the
   * client's refresh token then yields the same successor.
   * @default 2_000
   */
  readonly timeoutMs?: number;
}

/**
 * Stores sessions in PostgreSQL, for any number of processes. Uses the clock of the database. `migratePostgres()` creates the tables.
 *
 * A rotation is one conditional statement. A login and `revokeAllForUser()` are transactions at `READ COMMITTED`.
 *
 * @param pool a pool of the package `pg`, which handles TLS and reconnects itself
 * @example
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * await migratePostgres(pool);
 * const store = postgresStore(pool);
 * ```
 */
export function postgresStore(pool: PostgresPool, options: PostgresStoreOptions = {}): SessionStore {
  checkOptions('postgresStore', options, { timeoutMs: 'positive' });
  checkMethods('postgresStore: the pool', pool, 'query', 'connect', 'on');
  const { timeoutMs = 2_000 } = options;
  pool.on('error', ignoreBroken);
  const sessions = new PostgresSessions(pool);
  const limited = <T>(work: Promise<T>): Promise<T> => within('PostgreSQL', timeoutMs, work);
  return {
    create: session => limited(sessions.create(session)),
    find: id => limited(sessions.find(id)),
    rotate: (id, request) => limited(sessions.rotate(id, request)),
    revoke: (id, reason) => limited(sessions.revoke(id, reason)),
    sessions: sub => limited(sessions.ofUser(sub)),
    revokeAll: (sub, request) => limited(sessions.revokeAll(sub, request)),
    list: request => limited(sessions.list(request)),
    check: () => limited(sessions.check()),
  };
}

/** A record with the user's `notBefore` applied, and the instant at which it was read. */
interface Read {
  readonly record: SessionRecord;
  readonly now: number;
}

class PostgresSessions {
  constructor(private readonly pool: PostgresPool) {}

  create(session: NewSession): Promise<CreatedSession> {
    const { sub, maxSessionsPerUser } = session;
    return inPostgresTransaction(this.pool, async queries => {
      await lockUntilCommit(queries, sub);
      const { rows } = await queries.query(statements.state, [sub]);
      const now = Number(rows[0]?.['now']);
      const record = initialRecord(session, now, Number(rows[0]?.['not_before'] ?? 0));
      const values = [...sessionValues(record, now), maxSessionsPerUser - 1];
      return { record, evicted: await records(queries, statements.create, values) };
    });
  }

  async find(id: string): Promise<FoundSession | undefined> {
    const read = await this.read(id);
    return read && { record: read.record, live: isLive(read.record, read.now) };
  }

  /** Decides again if another request changed the record meanwhile. Each repetition means that a request completed. */
  async rotate(id: string, request: RotationRequest): Promise<Rotation> {
    for (;;) {
      const read = await this.read(id);
      if (read === undefined) return { outcome: 'unknown' };
      const result = rotation(read.record, request, read.now);
      if (result.outcome === 'unknown' || result.record === read.record) return result;
      if (await this.replace(read, result.record)) return result;
    }
  }

  async revoke(id: string, reason: RevocationReason): Promise<SessionRecord | undefined> {
    return (await records(this.pool, statements.revoke, [id, reason]))[0];
  }

  ofUser(sub: string): Promise<SessionRecord[]> {
    return records(this.pool, statements.ofUser, [sub]);
  }

  revokeAll(sub: string, request: RevokeAllRequest): Promise<SessionRecord[]> {
    const { reason, except, absoluteLifetimeSeconds } = request;
    return inPostgresTransaction(this.pool, async queries => {
      await lockUntilCommit(queries, sub);
      const revoked = await records(queries, statements.revokeOthers, [sub, reason, except ?? null]);
      const { rows } = await queries.query(statements.advanceNotBefore, [sub, absoluteLifetimeSeconds * 1000]);
      const notBefore = Number(rows[0]?.['not_before']);
      if (except !== undefined) await queries.query(statements.keep, [sub, except, notBefore + 1]);
      return revoked;
    });
  }

  async list({ cursor = '', limit }: SessionPageRequest): Promise<SessionPage> {
    const { rows } = await this.pool.query(statements.page, [cursor, limit + 1]);
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? page.at(-1)?.['id'] : undefined;
    return { records: sessionsOfRows(page), ...(next === undefined ? {} : { next: String(next) }) };
  }

  async check(): Promise<void> {
    const { rows } = await this.pool.query(statements.check);
    if (Number(rows[0]?.['version'] ?? 0) < postgresSchema.length) {
      throw new Error('The tables have an old version. Call migratePostgres().');
    }
  }

  private async read(id: string): Promise<Read | undefined> {
    const { rows } = await this.pool.query(statements.find, [id]);
    const record = sessionOfRow(rows[0]);
    const { now, not_before } = rows[0] ?? {};
    return record && { record: withNotBefore(record, Number(not_before)), now: Number(now) };
  }

  /** @returns whether the record was still as it was read */
  private async replace({ record, now }: Read, next: SessionRecord): Promise<boolean> {
    const dropAt = sessionValues(next, now).at(-1);
    const { generation, rotatedAt, idleExpiresAt, lastAddress = null, revoked = null } = next;
    const { rows } = await this.pool.query(statements.rotate, [
      ...[record.id, record.generation, record.validFrom],
      ...[generation, rotatedAt, idleExpiresAt, lastAddress, revoked, dropAt],
    ]);
    return rows.length === 1;
  }
}

async function records(queries: PostgresQueries, statement: string, values: unknown[]): Promise<SessionRecord[]> {
  return sessionsOfRows((await queries.query(statement, values)).rows);
}
