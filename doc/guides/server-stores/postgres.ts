import { migratePostgres, postgresStore } from 'aurelia-auth-refresh/server';
import { Pool } from 'pg';

const pool = new Pool({
  connectionString: process.env['DATABASE_URL'] ?? 'postgres://localhost/postgres',
  connectionTimeoutMillis: 2_000,
});
pool.on('error', error => console.error(error));
await migratePostgres(pool);
export const store = postgresStore(pool);
