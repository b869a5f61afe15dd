import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { recordFields } from '../../../src/server/session-record.js';
import { freePort } from './http-server.js';

export type RedisClient = ReturnType<typeof createRedisClient>;

/** A Redis of its own on a free port of the loopback interface. */
export interface RunningRedis {
  readonly port: number;
  readonly process: ChildProcess;
  connect(): Promise<RedisClient>;
  stop(): Promise<void>;
}

export const redisIsInstalled = ((): boolean => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export async function startRedis(...options: string[]): Promise<RunningRedis> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...options];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  await new Promise<void>((ready, failed) => {
    server.stdout.on('data', chunk => String(chunk).includes('Ready to accept connections') && ready());
    server.once('exit', code => failed(new Error(`redis-server ended with ${code}`)));
  });
  const clients: RedisClient[] = [];
  return {
    port,
    process: server,
    async connect() {
      const client = createRedisClient(port);
      client.on('error', () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    },
    async stop() {
      for (const client of clients) if (client.isOpen) client.destroy();
      process.off('exit', kill);
      if (server.exitCode === null && server.signalCode === null) {
        kill();
        await once(server, 'exit');
      }
      await rm(directory, { recursive: true });
    },
  };
}

const instants = Object.entries(recordFields)
  .filter(([, kind]) => kind === 'instant')
  .map(([name]) => `'${name}'`)
  .join();

/** Advances the time of the sessions in Redis by moving their instants into the past. */
export async function advanceRedis(client: RedisClient, seconds: number): Promise<void> {
  if (seconds === 0) return;
  const script = `
    local by = tonumber(ARGV[1])
    for _, key in ipairs(redis.call('KEYS', '*')) do
      local left = redis.call('PTTL', key)
      local type = redis.call('TYPE', key).ok
      if type == 'zset' then
        for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do redis.call('ZINCRBY', key, -by, member) end
      elseif type == 'string' then
        redis.call('INCRBY', key, -by)
      else
        for _, instant in ipairs({ ${instants} }) do redis.call('HINCRBY', key, instant, -by) end
      end
      if left >= 0 then redis.call('PEXPIRE', key, left - by) end
    end`;
  await client.eval(script, { arguments: [String(Math.round(seconds * 1000))] });
}

function createRedisClient(port: number) {
  return createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: 50 },
    disableOfflineQueue: true,
  });
}
