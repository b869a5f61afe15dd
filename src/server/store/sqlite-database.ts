/** A prepared statement of a {@link SqliteDatabase}. */
export interface SqliteStatement {
  /** Returns the rows of a query. */
  all(...values: (string | number | null)[]): unknown[];
  /** Runs a statement that returns no rows. */
  run(...values: (string | number | null)[]): unknown;
}

/** The methods of a database that {@link sqliteStore} needs. `better-sqlite3` and `node:sqlite` have them. */
export interface SqliteDatabase {
  /** Runs statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement with parameters `?`. */
  prepare(sql: string): SqliteStatement;
}

/** Runs work in a transaction that holds the write lock from its beginning. */
export function inSqliteTransaction<T>(db: SqliteDatabase, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** SQLite has already rolled back after some errors, such as a full disk. */
function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // There is no transaction to roll back.
  }
}

/** Brings the schema to the newest version. @returns the version */
export function migrateSqlite(db: SqliteDatabase, schema: readonly string[]): number {
  return inSqliteTransaction(db, () => {
    db.exec('CREATE TABLE IF NOT EXISTS auth_schema (version INTEGER NOT NULL) STRICT');
    const [row] = db.prepare('SELECT version FROM auth_schema').all() as { version: number }[];
    const version = row?.version ?? 0;
    for (const statements of schema.slice(version)) db.exec(statements);
    if (row === undefined) db.prepare('INSERT INTO auth_schema VALUES (?)').run(schema.length);
    else if (version < schema.length) db.prepare('UPDATE auth_schema SET version = ?').run(schema.length);
    return Math.max(version, schema.length);
  });
}
