/** Runs queries. */
export interface PostgresQueries {
  /** Runs a query. `values` are the parameters `$1`, `$2` and so on. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: Record<string, unknown>[] }>;
}

/** A connection of a {@link PostgresPool}. */
export interface PostgresConnection extends PostgresQueries {
  /** Returns the connection to the pool, or closes it. */
  release(close?: boolean): void;
  /** Adds a listener for a connection that breaks. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Removes a listener. */
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** The methods of a pool that {@link postgresStore} needs. A `Pool` of the package `pg` has them. */
export interface PostgresPool extends PostgresQueries {
  /** Takes a connection for a transaction. Calls back with an error, or with the connection. */
  connect(callback: (error: Error | undefined, connection: PostgresConnection | undefined) => void): void;
  /** Adds a listener for idle connections that break. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A process that stops within a transaction holds its locks no longer than this. */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '5s'`;

/** Runs work in a transaction. Closes the connection if the work fails, which rolls the transaction back. */
export async function inPostgresTransaction<T>(
  pool: PostgresPool,
  work: (queries: PostgresQueries) => Promise<T>,
): Promise<T> {
  const connection = await connected(pool);
  let completed = false;
  try {
    await connection.query(begin);
    const result = await work(connection);
    await connection.query('COMMIT');
    completed = true;
    return result;
  } finally {
    // A connection that is being closed keeps the listener, because it can still break.
    if (completed) connection.off('error', ignoreBroken);
    connection.release(!completed);
  }
}

/** Listens to the connection at once, since one that is still awaited can already break. */
function connected(pool: PostgresPool): Promise<PostgresConnection> {
  return new Promise((resolve, reject) => {
    pool.connect((error, connection) => {
      connection?.on('error', ignoreBroken);
      if (connection === undefined) reject(error);
      else resolve(connection);
    });
  });
}

/** A listener for connections that break: their queries reject, and the process must not end. */
export function ignoreBroken(): void {}

/** Separates the locks of this package from those of the application. */
const lockSpace = 1_635_087_464;

/** Waits for the lock of a user, or of the schema. It is held until the transaction ends. */
export async function lockUntilCommit(queries: PostgresQueries, name: string): Promise<void> {
  await queries.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lockSpace, name]);
}
