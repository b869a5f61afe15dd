/**
 * Refreshes per second and server CPU time per refresh, for the companion and its alternatives. Compare the ratios of
 * two lines of the same run; absolute numbers depend on the machine.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type SharedDatabase, sharedDatabases } from '../../server/support/shared-databases.js';
import { type Encoding, refreshFor } from './load.js';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const roundMs = Number(process.env['ROUND_MS'] ?? 1500);
const sessions = 16;

interface Measurement {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

class MeasuredServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  static async start(variant: string, env: NodeJS.ProcessEnv = {}): Promise<MeasuredServer> {
    const child = fork(new URL('server.ts', import.meta.url), [variant], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, NODE_ENV: 'bench', ...env },
    });
    const [{ port }] = await once(child, 'message');
    return new MeasuredServer(child, port);
  }

  async cpuMs(): Promise<number> {
    const response = once(this.process, 'message');
    this.process.send('cpu');
    return (await response)[0].cpuMs;
  }

  /** Resolves when the process has exited. */
  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }
}

async function measure(servers: readonly MeasuredServer[], encoding: Encoding, ms = roundMs): Promise<Measurement> {
  const cpu = async () => (await Promise.all(servers.map(server => server.cpuMs()))).reduce((a, b) => a + b, 0);
  const before = await cpu();
  const ports = servers.map(({ port }) => port);
  const { refreshes, seconds } = await refreshFor(ms, ports, sessions, encoding);
  return { perSecond: refreshes / seconds, cpuMicroseconds: (((await cpu()) - before) * 1000) / refreshes };
}

const encodings: Record<string, Encoding> = { 'bare oauth2-server': 'form', 'tokenServer()': 'form' };
const compared = ['Express echo', 'hand-written rotation', 'refreshToken()', 'bare oauth2-server', 'tokenServer()'];
const encodingOf = (variant: string): Encoding => encodings[variant] ?? 'json';

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function line(name: string, { perSecond, cpuMicroseconds }: Measurement): void {
  console.log(
    `${name.padEnd(36)}${perSecond.toFixed(0).padStart(8)} /s${cpuMicroseconds.toFixed(0).padStart(8)} µs CPU`,
  );
}

/** Measures the variants in turn, round after round, so that noise of the machine affects all of them. */
async function compareInMemory(): Promise<void> {
  const servers = new Map<string, MeasuredServer>();
  for (const variant of compared) servers.set(variant, await MeasuredServer.start(variant));
  const measured = new Map<string, Measurement[]>(compared.map(variant => [variant, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [variant, server] of servers) {
      const measurement = await measure([server], encodingOf(variant));
      if (round >= 0) measured.get(variant)?.push(measurement);
    }
  }
  for (const server of servers.values()) await server.stop();

  for (const [variant, all] of measured) {
    line(variant, {
      perSecond: median(all.map(m => m.perSecond)),
      cpuMicroseconds: median(all.map(m => m.cpuMicroseconds)),
    });
  }
  ratio(measured, 'refreshToken()', 'hand-written rotation');
  ratio(measured, 'tokenServer()', 'bare oauth2-server');
}

/** Median of the ratios within each round. */
function ratio(measured: ReadonlyMap<string, readonly Measurement[]>, ours: string, theirs: string): void {
  const mine = measured.get(ours) ?? [];
  const other = measured.get(theirs) ?? [];
  const each = (of: (m: Measurement) => number) => median(mine.map((m, i) => of(m) / of(other[i] ?? m)));
  const throughput = each(m => m.perSecond).toFixed(2);
  const cpu = each(m => m.cpuMicroseconds).toFixed(2);
  console.log(`${ours} : ${theirs} = ${throughput} of the throughput, ${cpu} of the CPU time`);
}

/** Measures each store in turn with the memory store, round after round. */
async function compareStores(): Promise<void> {
  const databases: SharedDatabase[] = [];
  const servers = new Map<string, MeasuredServer>([['memory', await MeasuredServer.start('refreshToken()')]]);
  for (const [name, start] of Object.entries(sharedDatabases)) {
    if (start === undefined) {
      console.log(`${name} was not found: its store was not measured.`);
      continue;
    }
    const database = await start();
    databases.push(database);
    const env = { STORE_ADDRESS: database.address };
    servers.set(name, await MeasuredServer.start('refreshToken(), shared store', env));
  }
  const measured = new Map<string, Measurement[]>([...servers.keys()].map(name => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, server] of servers) {
      const measurement = await measure([server], 'json');
      if (round >= 0) measured.get(name)?.push(measurement);
    }
  }
  for (const server of servers.values()) await server.stop();
  for (const database of databases) await database.stop();

  console.log('\nStore          refreshes a second   throughput : memory   CPU time of the server : memory');
  const memory = measured.get('memory') ?? [];
  for (const [name, all] of measured) {
    const ratio = (of: (m: Measurement) => number) => median(all.map((m, index) => of(m) / of(memory[index] ?? m)));
    const perSecond = median(all.map(m => m.perSecond)).toFixed(0);
    const throughput = ratio(m => m.perSecond).toFixed(2);
    const cpu = ratio(m => m.cpuMicroseconds).toFixed(2);
    console.log(`${name.padEnd(15)}${perSecond.padStart(18)}${throughput.padStart(22)}${cpu.padStart(34)}`);
  }
}

await compareInMemory();
await compareStores();
process.exit();
