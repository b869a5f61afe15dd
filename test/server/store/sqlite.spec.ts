import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateSqlite } from '../../../src/server/store/sqlite-database.js';
import { sqliteSchema, sqliteStore, storeContract } from '../../../src/server.js';
import { betterSqlite3, type ClosableDatabase } from '../../support/databases.mjs';
import { companion, day } from '../support/companion.js';
import { testClock } from '../support/test-clock.js';

const Database = betterSqlite3();

describe('an SQLite store', () => {
  let folder: string;
  let file: string;
  let db: ClosableDatabase;

  beforeEach(async () => {
    if (Database === undefined) return pending('better-sqlite3 cannot be loaded');
    folder = await mkdtemp(join(tmpdir(), 'sqlite-'));
    file = join(folder, 'sessions.db');
    db = new Database(file);
  });
  afterEach(async () => {
    db?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  const all = (sql: string) => db.prepare(sql).all() as Record<string, unknown>[];

  for (const { name, check } of storeContract) {
    it(name, async () => {
      const clock = testClock();
      await check({ store: sqliteStore(db, { clock }), advance: clock.advance });
      expect().nothing();
    });
  }

  it('keeps sessions when the file is opened again', async () => {
    const { refresh_token } = await companion({ store: sqliteStore(db) }).tokens.issue({ sub: 'ada' });
    db.close();
    db = new (Database as NonNullable<typeof Database>)(file);
    const { tokens } = companion({ store: sqliteStore(db) });
    const next = await tokens.refresh({ refreshToken: refresh_token });
    expect(await tokens.revokeAllForUser('ada')).toBe(1);
    await expectAsync(tokens.refresh({ refreshToken: next.refresh_token })).toBeRejected();
  });

  it('deletes ended sessions and users with later logins', async () => {
    const clock = testClock();
    const { tokens } = companion({ store: sqliteStore(db, { clock }) }, clock);
    for (let user = 0; user < 25; user++) {
      await tokens.issue({ sub: `user ${user}` });
      await tokens.revokeAllForUser(`user ${user}`);
    }
    clock.advance(31 * day);
    for (let login = 0; login < 3; login++) await tokens.issue({ sub: 'ada' });
    expect(all('SELECT sub FROM auth_sessions').map(({ sub }) => sub)).toEqual(['ada', 'ada', 'ada']);
    expect(all('SELECT sub FROM auth_users')).toEqual([]);
  });

  it('treats a record that cannot be read as missing, and serves the user’s other sessions', async () => {
    const { tokens } = companion({ store: sqliteStore(db) });
    const broken = await tokens.issue({ sub: 'ada' });
    const intact = await tokens.issue({ sub: 'ada' });
    db.prepare('UPDATE auth_sessions SET meta = ? WHERE id = ?').run('{', tokens.sessionId(broken.refresh_token) ?? '');
    await expectAsync(tokens.refresh({ refreshToken: broken.refresh_token })).toBeRejected();
    expect((await tokens.sessions('ada')).length).toBe(1);
    expect((await tokens.listSessions({ limit: 10 })).sessions.length).toBe(1);
    await tokens.refresh({ refreshToken: intact.refresh_token });
    expect(await tokens.revokeAllForUser('ada')).toBe(1);
  });

  it('responds with 503 while the file cannot be written, and loses nothing', async () => {
    const { tokens } = companion({ store: sqliteStore(db) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    db.exec('PRAGMA query_only = ON');
    await expectAsync(tokens.checkHealth()).toBeRejected();
    await expectAsync(tokens.refresh({ refreshToken: refresh_token })).toBeRejectedWith(
      jasmine.objectContaining({ code: 'temporarily_unavailable' }),
    );
    db.exec('PRAGMA query_only = OFF');
    await tokens.checkHealth();
    expect((await tokens.refresh({ refreshToken: refresh_token })).refresh_token).toMatch(/^v1/);
  });

  it('migrates a version to the next with its sessions, once, and not at all if a statement fails', async () => {
    const { tokens } = companion({ store: sqliteStore(db) });
    const { refresh_token } = await tokens.issue({ sub: 'ada' });
    const next = [...sqliteSchema, 'ALTER TABLE auth_sessions ADD COLUMN device TEXT'];
    expect(() => migrateSqlite(db, [...next, 'ALTER TABLE missing ADD COLUMN x TEXT'])).toThrowError(/missing/);
    expect(all('SELECT version FROM auth_schema')).toEqual([{ version: sqliteSchema.length }]);
    expect(migrateSqlite(db, next)).toBe(sqliteSchema.length + 1);
    expect(migrateSqlite(db, next)).toBe(sqliteSchema.length + 1);
    // A process of the version before still works.
    const { tokens: older } = companion({ store: sqliteStore(db) });
    expect((await older.refresh({ refreshToken: refresh_token })).refresh_token).toMatch(/^v1/);
    expect((await older.issue({ sub: 'bob' })).refresh_token).toMatch(/^v1/);
  });
});
