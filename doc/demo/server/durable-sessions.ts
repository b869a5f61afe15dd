import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SessionStore, sqliteStore } from 'aurelia-auth-refresh/express';
import Database from 'better-sqlite3';

/** Sessions that a restart keeps, and the secret of their refresh tokens. */
export interface DurableSessions {
  readonly store: SessionStore;
  readonly secret: string;
  close(): void;
}

/** Opens the sessions in a folder. The first call creates them. */
export function durableSessions(folder: string): DurableSessions {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'sessions.db'));
  return { store: sqliteStore(db), secret: storedSecret(join(folder, 'token-secret')), close: () => db.close() };
}

function storedSecret(file: string): string {
  try {
    writeFileSync(file, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
