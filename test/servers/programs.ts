import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end. Returns what it printed. */
export async function output(
  command: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run(command, parameters, { env: { ...process.env, ...env } });
  return stdout;
}

/** A port of this machine that is free. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A URL that responds once the program is ready. */
  readonly readyUrl: string;
  /** Folder for its log. */
  readonly folder: string;
}

/** A program that runs until it is stopped. */
export class Program {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts a program and waits until `readyUrl` responds. */
  static async start(command: string, parameters: readonly string[], options: ProgramOptions): Promise<Program> {
    const { env, cwd, folder, readyUrl } = options;
    const child = spawn(command, parameters, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(folder, 'log.txt'));
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    process.once('exit', () => child.kill());
    const program = new Program(child);
    await program.ready(readyUrl, join(folder, 'log.txt'));
    return program;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise(resolve => this.child.once('exit', resolve));
    this.child.kill();
    await ended;
  }

  private async ready(url: string, log: string): Promise<void> {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      if (this.child.exitCode !== null) throw new Error(`The server ended at its start: see ${log}`);
      const responded = await fetch(url).then(
        () => true,
        () => false,
      );
      if (responded) return;
      await pause(100);
    }
    await this.stop();
    throw new Error(`The server did not start: see ${log}`);
  }
}

/** Runs SQL in a sqlite database. */
export async function sqlite(database: string, sql: string): Promise<void> {
  const child = spawn('sqlite3', ['-bail', database], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  child.stdin.end(`.timeout 5000\n${sql};\n`);
  const status = await ended;
  if (status !== 0) throw new Error(`sqlite3 ended with ${status}.`);
}

/** Locks a sqlite database for readers and writers. Returns a function that ends the lock. */
export async function lockDatabase(database: string): Promise<() => Promise<void>> {
  const child = spawn('sqlite3', [database], { stdio: ['pipe', 'pipe', 'inherit'] });
  const locked = new Promise<void>(resolve => child.stdout.once('data', () => resolve()));
  child.stdin.write('.timeout 5000\nBEGIN EXCLUSIVE;\nSELECT 1;\n');
  await locked;
  return async () => {
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.stdin.end('COMMIT;\n');
    await ended;
  };
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills the names in.
const dpkgFormat = '--showformat=${db:Status-Status} ${Version}';

/** Versions of installed Debian packages, by name; those that are missing have none. */
export async function debianVersions(packages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const name of packages) {
    const line = await output('dpkg-query', ['--show', dpkgFormat, name]).catch(() => '');
    const [status, version = ''] = line.split(' ');
    if (status === 'installed') versions.set(name, upstreamVersion(version));
  }
  return versions;
}

/** `1.7.0` of `3:1.7.0-2+deb12u1`. */
function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~].*/, '');
}
