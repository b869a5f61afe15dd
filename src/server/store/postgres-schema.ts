/**
 * The schema for {@link postgresStore}. The element at index `n` changes version `n` into `n + 1`.
 *
 * A version keeps the columns of the version before, so that processes of both can run at once.
 */
export const postgresSchema: readonly string[] = [
  `
CREATE TABLE auth_sessions (
  id text COLLATE "C" PRIMARY KEY,
  sub text COLLATE "C" NOT NULL,
  client_id text,
  scope text NOT NULL,
  authenticated_at bigint NOT NULL,
  acr text,
  generation bigint NOT NULL,
  created_at bigint NOT NULL,
  valid_from bigint NOT NULL,
  rotated_at bigint NOT NULL,
  idle_expires_at bigint NOT NULL,
  absolute_expires_at bigint NOT NULL,
  revoked text,
  last_address text,
  meta text NOT NULL,
  drop_at bigint NOT NULL
);
CREATE INDEX auth_sessions_of_user ON auth_sessions (sub, idle_expires_at) WHERE revoked IS NULL;
CREATE INDEX auth_sessions_drop_at ON auth_sessions (drop_at);
CREATE TABLE auth_users (
  sub text COLLATE "C" PRIMARY KEY,
  not_before bigint NOT NULL,
  drop_at bigint NOT NULL
);
CREATE INDEX auth_users_drop_at ON auth_users (drop_at);
`,
];
