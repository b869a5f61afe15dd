import { inPostgresTransaction, lockUntilCommit, type PostgresPool } from './postgres-pool.js';
import { postgresSchema } from './postgres-schema.js';

/**
 * Creates the tables of {@link postgresStore}, or brings them to the newest version. Run it before the servers of a new version of this
 * package start. Several processes can run it at once. Needs the right to create tables.
 *
 * @returns the version of the schema
 */
export function migratePostgres(pool: PostgresPool): Promise<number> {
  return migratePostgresTo(pool, postgresSchema);
}

/** Applies the missing versions of a schema in one transaction. */
export function migratePostgresTo(pool: PostgresPool, schema: readonly string[]): Promise<number> {
  return inPostgresTransaction(pool, async queries => {
    await lockUntilCommit(queries, 'auth_schema');
    await queries.query('CREATE TABLE IF NOT EXISTS auth_schema (version integer NOT NULL)');
    const { rows } = await queries.query('SELECT version FROM auth_schema');
    const version = Number(rows[0]?.['version'] ?? 0);
    for (const statements of schema.slice(version)) await queries.query(statements);
    if (rows.length === 0) await queries.query('INSERT INTO auth_schema VALUES ($1)', [schema.length]);
    else if (version < schema.length) await queries.query('UPDATE auth_schema SET version = $1', [schema.length]);
    return Math.max(version, schema.length);
  });
}
