import type { Pool } from 'pg';
import { migratePostgresTo } from '../../../src/server/store/postgres-migration.js';
import {
  migratePostgres,
  OAuthError,
  type PostgresPool,
  type PostgresQueries,
  postgresSchema,
  postgresStore,
  type SessionStore,
  storeContract,
  type TokenIssuer,
} from '../../../src/server.js';
import { companion, day } from '../support/companion.js';
import {
  advancePostgres,
  emptyPostgres,
  postgresIsInstalled,
  type RunningPostgres,
  startPostgres,
} from '../support/postgres-server.js';

/** How fast PostgreSQL responds on a busy machine is not what these specs are about. */
const timeoutMs = 60_000;
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'granted',
    (error: unknown) => (error instanceof OAuthError ? error.code : String(error)),
  );

describe('a PostgreSQL store', () => {
  let postgres: RunningPostgres;
  let pool: Pool;
  let store: SessionStore;

  beforeAll(async () => {
    if (!postgresIsInstalled) return;
    postgres = await startPostgres('fsync=off');
    pool = postgres.connect();
    store = postgresStore(pool, { timeoutMs });
  }, 60_000);
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    if (!postgresIsInstalled) return pending('PostgreSQL was not found');
    await emptyPostgres(pool);
  });
  const rows = async (sql: string): Promise<unknown[]> => (await pool.query(sql)).rows;

  for (const { name, check } of storeContract) {
    it(name, async () => {
      await check({ store, advance: seconds => advancePostgres(pool, seconds) });
      expect().nothing();
    });
  }

  it('deletes ended sessions and users with later logins', async () => {
    const { tokens } = companion({ store });
    for (let user = 0; user < 25; user++) {
      await tokens.issue({ sub: `user ${user}` });
      await tokens.revokeAllForUser(`user ${user}`);
    }
    await advancePostgres(pool, 31 * day);
    for (let login = 0; login < 3; login++) await tokens.issue({ sub: 'ada' });
    expect(await rows('SELECT sub FROM auth_sessions')).toEqual([{ sub: 'ada' }, { sub: 'ada' }, { sub: 'ada' }]);
    expect(await rows('SELECT sub FROM auth_users')).toEqual([]);
  });

  it('treats a record that cannot be read as missing, and serves the user’s other sessions', async () => {
    const { tokens } = companion({ store });
    const broken = await tokens.issue({ sub: 'ada' });
    const intact = await tokens.issue({ sub: 'ada' });
    await pool.query("UPDATE auth_sessions SET meta = '{' WHERE id = $1", [tokens.sessionId(broken.refresh_token)]);
    expect(await outcome(tokens.refresh({ refreshToken: broken.refresh_token }))).toBe('invalid_grant');
    expect((await tokens.sessions('ada')).length).toBe(1);
    expect(await outcome(tokens.refresh({ refreshToken: intact.refresh_token }))).toBe('granted');
    expect(await tokens.revokeAllForUser('ada')).toBe(1);
  });

  it('uses READ COMMITTED on a database with another default', async () => {
    const strict = postgres.connect('default_transaction_isolation=serializable');
    const { tokens } = companion({ store: postgresStore(strict, { timeoutMs }), maxSessionsPerUser: 2 });
    const logins = Array.from({ length: 20 }, () => outcome(tokens.issue({ sub: 'ada' })));
    expect(new Set(await Promise.all(logins))).toEqual(new Set(['granted']));
    expect((await tokens.sessions('ada')).length).toBe(2);
  });

  it('is not healthy on a server that is read-only, and responds with 503 for writes', async () => {
    const { tokens } = companion({ store });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const standby = postgres.connect('default_transaction_read_only=on');
    const { tokens: readOnly } = companion({ store: postgresStore(standby, { timeoutMs }) });
    expect(await outcome(readOnly.checkHealth())).toBe('temporarily_unavailable');
    expect(await outcome(readOnly.refresh({ refreshToken: refresh_token }))).toBe('temporarily_unavailable');
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
  });

  it('responds with 503 after timeoutMs while a lock is held, and completes the login later', async () => {
    const { tokens } = companion({ store: postgresStore(pool, { timeoutMs: 50 }) });
    await tokens.checkHealth();
    const blocker = await pool.connect();
    await blocker.query('BEGIN; LOCK auth_sessions');
    expect(await outcome(tokens.issue({ sub: 'ada' }))).toBe('temporarily_unavailable');
    await blocker.query('COMMIT');
    blocker.release();
    expect(await outcome(companion({ store }).tokens.issue({ sub: 'ada' }))).toBe('granted');
  });

  it('creates its tables once for several processes', async () => {
    await pool.query('DROP TABLE auth_sessions, auth_users, auth_schema');
    expect(await outcome(companion({ store }).tokens.checkHealth())).toBe('temporarily_unavailable');
    const migrations = Array.from({ length: 4 }, () => migratePostgres(postgres.connect()));
    expect(new Set(await Promise.all(migrations))).toEqual(new Set([postgresSchema.length]));
    expect(await outcome(companion({ store }).tokens.checkHealth())).toBe('granted');
  });

  it('migrates a version to the next with its sessions, once, and not at all if a statement fails', async () => {
    const { tokens } = companion({ store });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const next = [...postgresSchema, 'ALTER TABLE auth_sessions ADD COLUMN device text'];
    await expectAsync(migratePostgresTo(pool, [...next, 'ALTER TABLE missing ADD COLUMN x text'])).toBeRejected();
    expect(await rows('SELECT version FROM auth_schema')).toEqual([{ version: postgresSchema.length }]);
    expect(await Promise.all([migratePostgresTo(pool, next), migratePostgresTo(pool, next)])).toEqual([
      postgresSchema.length + 1,
      postgresSchema.length + 1,
    ]);
    // A process of the version before still works.
    expect(await outcome(tokens.refresh({ refreshToken: refresh_token }))).toBe('granted');
    expect(await outcome(tokens.issue({ sub: 'bob' }))).toBe('granted');
    await pool.query('ALTER TABLE auth_sessions DROP COLUMN device');
    await pool.query('UPDATE auth_schema SET version = $1', [postgresSchema.length]);
  });

  for (const fault of ['before', 'after'] as const) {
    it(`does all of an operation or nothing when the connection breaks ${fault} any of its statements`, async () => {
      let untilFault = Number.POSITIVE_INFINITY;
      const faulty = breaking(pool, async statement => {
        const isBroken = untilFault-- === 0;
        if (isBroken && fault === 'before') throw new Error('The connection broke.');
        const result = await statement();
        if (isBroken) throw new Error('The connection broke.');
        return result;
      });
      const { tokens: broken } = companion({ store: postgresStore(faulty, { timeoutMs }) });
      const { tokens } = companion({ store });
      const refreshed = (refreshToken: string) => outcome(tokens.refresh({ refreshToken }));
      for (const { statements, run, sessions } of faultyOperations(broken)) {
        for (let failAt = 0; failAt < statements; failAt++) {
          await emptyPostgres(pool);
          const phone = (await tokens.issue({ sub: 'ada' })).refresh_token;
          const desk = (await tokens.issue({ sub: 'ada' })).refresh_token;
          untilFault = failAt;
          expect(await outcome(run(phone)))
            .withContext(`${run} at ${failAt}`)
            .toBe('temporarily_unavailable');
          expect(sessions.possible)
            .withContext(`${run} at ${failAt}`)
            .toContain((await tokens.sessions('ada')).length);
          expect(await outcome(run(phone)))
            .withContext(`${run} again`)
            .toBe('granted');
          expect((await tokens.sessions('ada')).length).toBeLessThanOrEqual(sessions.afterRetry);
          if (sessions.afterRetry < 2) continue;
          expect([await refreshed(phone), await refreshed(desk)])
            .withContext(`${run} at ${failAt}`)
            .toEqual(['granted', 'granted']);
        }
        untilFault = statements;
        expect(await outcome(run((await tokens.issue({ sub: 'ada' })).refresh_token))).toBe('granted');
        expect(untilFault).withContext(`statements of ${run}`).toBe(0);
      }
    });
  }
});

interface FaultyOperation {
  readonly statements: number;
  readonly run: (refreshToken: string) => Promise<unknown>;
  /** Possible numbers of sessions after the error, and the maximum after the retry. The user had two. */
  readonly sessions: { readonly possible: readonly number[]; readonly afterRetry: number };
}

function faultyOperations(tokens: TokenIssuer): FaultyOperation[] {
  return [
    {
      statements: 5,
      run: () => tokens.issue({ sub: 'ada' }),
      sessions: { possible: [2, 3], afterRetry: 4 },
    },
    {
      statements: 3,
      run: refreshToken => tokens.refresh({ refreshToken }),
      sessions: { possible: [2], afterRetry: 2 },
    },
    {
      statements: 2,
      run: refreshToken => tokens.revoke({ refreshToken }),
      sessions: { possible: [1, 2], afterRetry: 1 },
    },
    {
      statements: 5,
      run: () => tokens.revokeAllForUser('ada'),
      sessions: { possible: [0, 2], afterRetry: 0 },
    },
  ];
}

type Statement = () => Promise<{ rows: Record<string, unknown>[] }>;

/** A pool whose statements run through a function. */
function breaking(
  pool: Pool,
  run: (statement: Statement) => Promise<{ rows: Record<string, unknown>[] }>,
): PostgresPool {
  const query: PostgresQueries['query'] = (text, values) => run(() => pool.query(text, values));
  return {
    query,
    on: () => undefined,
    connect(callback) {
      pool.connect((error, client) => {
        const connection = client && {
          query: (text: string, values?: unknown[]) => run(() => client.query(text, values)),
          release: (close?: boolean) => client.release(close),
          on: client.on.bind(client),
          off: client.off.bind(client),
        };
        callback(error, connection);
      });
    },
  };
}
