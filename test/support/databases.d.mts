import type { SqliteDatabase } from '../../src/server.js';

export interface ClosableDatabase extends SqliteDatabase {
  close(): void;
}
export function postgresFolder(): string | undefined;
export function betterSqlite3(): (new (path: string) => ClosableDatabase) | undefined;
export function installBetterSqlite3(options: { readonly compile: boolean }): boolean;
