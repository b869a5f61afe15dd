import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { recordFields } from '../../../src/server/session-record.js';
import { migratePostgres } from '../../../src/server.js';
import { postgresFolder } from '../../support/databases.mjs';
import { freePort } from './http-server.js';

const folder = postgresFolder() ?? '';
export const postgresIsInstalled = folder !== '';

/** A PostgreSQL of its own on a free port of the loopback interface. */
export interface RunningPostgres {
  readonly port: number;
  /** @param settings such as `default_transaction_read_only=on` */
  connect(...settings: string[]): Pool;
  /** Kills all its processes, and starts it again with the same data. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param options such as `fsync=off` */
export async function startPostgres(...options: string[]): Promise<RunningPostgres> {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'postgres-'));
  const user = unprivileged();
  if (user.uid !== undefined && user.gid !== undefined) await chown(data, user.uid, user.gid);
  const initdb = [
    '--pgdata',
    data,
    '--username',
    'test',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ];
  await promisify(execFile)(join(folder, 'initdb'), initdb, { ...user, cwd: data });
  const start = (): Promise<ChildProcess> => startServer(data, port, options, user);
  let server = await start();
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  const pools: Pool[] = [];
  const result: RunningPostgres = {
    port,
    connect(...settings) {
      const pool = connectTo(port, ...settings);
      pools.push(pool);
      return pool;
    },
    async killAndRestart() {
      const ended = once(server, 'exit');
      // The server kills its other processes when one of them dies by SIGKILL, and they end with it.
      server.kill('SIGKILL');
      await ended;
      server = await start();
    },
    async stop() {
      for (const pool of pools) await pool.end().catch(() => undefined);
      process.off('exit', kill);
      const ended = once(server, 'exit');
      kill();
      await ended;
      await rm(data, { recursive: true });
    },
  };
  await migratePostgres(result.connect());
  return result;
}

export function connectTo(port: number, ...settings: string[]): Pool {
  const options = settings.map(setting => `-c ${setting}`).join(' ');
  const pool = new Pool({ host: '127.0.0.1', port, user: 'test', database: 'postgres', max: 10, options });
  pool.on('error', () => undefined);
  return pool;
}

/** PostgreSQL does not run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function startServer(
  data: string,
  port: number,
  options: readonly string[],
  user: SpawnOptions,
): Promise<ChildProcess> {
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...options];
  const args = ['-D', data, ...settings.flatMap(setting => ['-c', setting])];
  for (;;) {
    const server = spawn(join(folder, 'postgres'), args, { ...user, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
    const isReady = await new Promise<boolean>(resolve => {
      server.stderr?.on('data', chunk => String(chunk).includes('ready to accept connections') && resolve(true));
      // Processes of a killed server keep its memory until they have ended.
      server.once('exit', () => resolve(false));
    });
    if (isReady) return server;
  }
}

const instants = Object.entries(recordFields)
  .filter(([, kind]) => kind === 'instant')
  .map(([name]) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`));

/** Advances the time of the sessions in PostgreSQL by moving their instants into the past. */
export async function advancePostgres(pool: Pool, seconds: number): Promise<void> {
  const earlier = (columns: readonly string[]) => columns.map(column => `${column} = ${column} - $1::bigint`).join();
  const by = [Math.round(seconds * 1000)];
  await pool.query(`UPDATE auth_sessions SET ${earlier([...instants, 'drop_at'])}`, by);
  await pool.query(`UPDATE auth_users SET ${earlier(['not_before', 'drop_at'])}`, by);
}

export async function emptyPostgres(pool: Pool): Promise<void> {
  await pool.query('TRUNCATE auth_sessions, auth_users');
}
