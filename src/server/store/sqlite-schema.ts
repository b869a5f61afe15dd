/**
 * The schema for {@link sqliteStore}. The element at index `n` changes version `n` into `n + 1`.
 *
 * A version keeps the columns of the version before, so that processes of both can run at once. `revoked` is in the index of a user's
 * sessions because SQLite otherwise reads each row to compare it.
 */
export const sqliteSchema: readonly string[] = [
  `
CREATE TABLE auth_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  sub TEXT NOT NULL,
  client_id TEXT,
  scope TEXT NOT NULL,
  authenticated_at INTEGER NOT NULL,
  acr TEXT,
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL,
  revoked TEXT,
  last_address TEXT,
  meta TEXT NOT NULL,
  drop_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_sessions_of_user ON auth_sessions (sub, idle_expires_at, revoked) WHERE revoked IS NULL;
CREATE INDEX auth_sessions_drop_at ON auth_sessions (drop_at);
CREATE TABLE auth_users (
  sub TEXT NOT NULL PRIMARY KEY,
  not_before INTEGER NOT NULL,
  drop_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_users_drop_at ON auth_users (drop_at);
`,
];
