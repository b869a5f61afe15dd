import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { postgresStore, redisStore, type SessionStore, sqliteStore } from '../../../src/server.js';
import { betterSqlite3 } from '../../support/databases.mjs';
import { connectTo, postgresIsInstalled, startPostgres } from './postgres-server.js';
import { redisIsInstalled, startRedis } from './redis-server.js';

/** A database that several processes open by its address. */
export interface SharedDatabase {
  readonly address: string;
  stop(): Promise<void>;
}

export type DatabaseName = 'Redis' | 'SQLite' | 'PostgreSQL';

/** The databases of this machine, and how to start one. */
export const sharedDatabases: Readonly<Record<DatabaseName, (() => Promise<SharedDatabase>) | undefined>> = {
  Redis: redisIsInstalled ? sharedRedis : undefined,
  SQLite: betterSqlite3() ? sharedSqlite : undefined,
  PostgreSQL: postgresIsInstalled ? sharedPostgres : undefined,
};

/** How fast a database responds on a busy machine is not what the specs are about. */
const timeoutMs = 60_000;

/** Opens the store at the address of a {@link SharedDatabase}. */
export async function storeAt(address: string): Promise<SessionStore> {
  const { protocol, port, pathname } = new URL(address);
  if (protocol === 'postgres:') return postgresStore(connectTo(Number(port)), { timeoutMs });
  if (protocol === 'file:') {
    const Database = betterSqlite3();
    if (Database === undefined) throw new Error('better-sqlite3 cannot be loaded.');
    return sqliteStore(new Database(pathname));
  }
  const client = createClient({ url: address, disableOfflineQueue: true });
  client.on('error', () => undefined);
  await client.connect();
  return redisStore(client, { timeoutMs });
}

async function sharedRedis(): Promise<SharedDatabase> {
  const redis = await startRedis();
  return { address: `redis://127.0.0.1:${redis.port}`, stop: redis.stop };
}

async function sharedPostgres(): Promise<SharedDatabase> {
  const postgres = await startPostgres();
  return { address: `postgres://127.0.0.1:${postgres.port}`, stop: postgres.stop };
}

async function sharedSqlite(): Promise<SharedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-'));
  return { address: `file://${folder}/sessions.db`, stop: () => rm(folder, { recursive: true }) };
}
