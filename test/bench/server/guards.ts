/**
 * Requests per second to a protected resource, for `requireToken()` and its alternatives: `npm run bench:guards`. Compare the ratios of two
 * lines of the same run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const roundMs = Number(process.env['ROUND_MS'] ?? 1500);
const connections = 16;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const names = ['requireToken()', 'express-oauth2-jwt-bearer', 'express-jwt'];

interface Measurement {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

for (const algorithm of ['HS256', 'ES256']) {
  const servers = new Map<string, Awaited<ReturnType<typeof start>>>();
  for (const name of names) servers.set(name, await start(name, algorithm));
  const measured = new Map<string, Measurement[]>(names.map(name => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, server] of servers) {
      const measurement = await measure(server);
      if (round >= 0) measured.get(name)?.push(measurement);
    }
  }
  for (const { child } of servers.values()) child.disconnect();
  const ours = measured.get('requireToken()') ?? [];
  for (const [name, all] of measured) {
    const ratio = (of: (m: Measurement) => number) => median(ours.map((m, index) => of(m) / of(all[index] ?? m)));
    const perSecond = median(all.map(m => m.perSecond)).toFixed(0);
    const cpu = median(all.map(m => m.cpuMicroseconds)).toFixed(0);
    const compared = `requireToken() has ${ratio(m => m.perSecond).toFixed(2)} of its throughput, ${ratio(m => m.cpuMicroseconds).toFixed(2)} of its CPU time`;
    console.log(`${algorithm} ${name.padEnd(28)}${perSecond.padStart(8)} /s${cpu.padStart(6)} µs CPU   ${compared}`);
  }
}
process.exit();

async function start(name: string, algorithm: string) {
  const child = fork(new URL('guard-server.ts', import.meta.url), [name, algorithm], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'bench' },
  });
  const [{ port, token }] = (await once(child, 'message')) as [{ port: number; token: string }];
  const cpuMs = async (): Promise<number> => {
    const response = once(child, 'message');
    child.send('cpu');
    return (await response)[0].cpuMs;
  };
  return { child, port, token, cpuMs };
}

async function measure({ port, token, cpuMs }: Awaited<ReturnType<typeof start>>): Promise<Measurement> {
  const before = await cpuMs();
  const begun = performance.now();
  const endsAt = begun + roundMs;
  let requests = 0;
  const connection = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await get(port, token);
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: requests / seconds, cpuMicroseconds: (((await cpuMs()) - before) * 1000) / requests };
}

function get(port: number, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, path: '/me', host: '127.0.0.1', headers }, response => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`The response has the status ${response.statusCode}.`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
