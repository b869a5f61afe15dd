import { sqliteStore } from 'aurelia-auth-refresh/server';
import Database from 'better-sqlite3';

export const store = sqliteStore(new Database('sessions.db'));
