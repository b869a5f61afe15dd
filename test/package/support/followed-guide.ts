import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { transform } from 'esbuild';
import { root, unpack } from './tarball.js';

export type Language = 'js' | 'ts';

interface Block {
  readonly language: string;
  readonly text: string;
  /** The paragraph before the block. */
  readonly before: string;
}

/** This Node for a shell, which would read the separators of Windows. */
const node = `'${process.execPath}'`;

/** A folder in which the blocks of a guide are followed in order. */
export class FollowedGuide {
  /** What was done, one line a block. */
  readonly steps: string[] = [];
  private server: ChildProcess | undefined;
  private output = '';
  private variables: Record<string, string> = {};

  private constructor(
    readonly folder: string,
    private readonly language: Language,
    private readonly env: Record<string, string>,
  ) {}

  static async start(language: Language, env: Record<string, string>): Promise<FollowedGuide> {
    const folder = await mkdtemp(join(tmpdir(), 'guide-'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await unpack(folder);
    return new FollowedGuide(folder, language, env);
  }

  /** Follows a guide block by block. @throws if a command fails or its output differs from the guide */
  async follow(path: string): Promise<void> {
    for (const block of blocksOf(await readFile(join(root, path), 'utf8'))) {
      if (block.language === 'ts') await this.save(block.text);
      else if (block.language === 'sh') await this.run(block);
      else if (block.language === 'json' || block.language === 'text') this.compare(block.text);
    }
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await rm(this.folder, { recursive: true });
  }

  private async stopServer(): Promise<void> {
    if (this.server?.kill()) await once(this.server, 'exit');
    this.server = undefined;
  }

  /** Compiler errors of the saved files, as an application would see them. */
  async complaints(): Promise<string> {
    const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
    const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, noEmit: true };
    await writeFile(join(this.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    return new Promise(resolve => {
      execFile(process.execPath, [tsc, '--pretty', 'false'], { cwd: this.folder }, (_, stdout) => resolve(stdout));
    });
  }

  private async save(text: string): Promise<void> {
    const [, name = '', code = ''] = /^\/\/ ([\w.-]+)\.ts\n([\s\S]*)$/.exec(text) ?? [];
    if (name === '') return;
    this.steps.push(`save ${name}`);
    // A block that is no JavaScript fails here, since types are not removed.
    if (this.language === 'js') await transform(code, { loader: 'js' });
    await writeFile(join(this.folder, `${name}.${this.language}`), code);
  }

  private async run({ text, before }: Block): Promise<void> {
    if (/After ten seconds/.test(before)) await wait(11_000);
    const commands = text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter(line => line.trim() !== '');
    for (const command of commands) {
      if (command.startsWith('npm ')) await this.install(command);
      else if (/^[A-Z_]+=\S*…$/.test(command)) this.remember(command);
      else if (/ ?(?:node|npx tsx) (?:--env-file=\S+ )?\w+\.[jt]s$/.test(command)) await this.serve(command);
      else await this.execute(command);
    }
  }

  private async install(command: string): Promise<void> {
    const names = command
      .split(' ')
      .slice(2)
      .filter(name => !name.startsWith('-') && !name.includes('='));
    if (!command.startsWith('npm install')) return;
    this.steps.push(`install ${names.join(' ')}`);
    for (const name of names.filter(each => each !== 'aurelia-auth-refresh')) await link(name, this.folder);
  }

  /** Takes the value of a variable from the last response. */
  private remember(command: string): void {
    const [name = ''] = command.split('=');
    this.variables[name] = String(JSON.parse(this.output)[name.toLowerCase()]);
  }

  private async serve(command: string): Promise<void> {
    if (command.includes('tsx') !== (this.language === 'ts')) return;
    this.steps.push('start the server');
    await this.stopServer();
    // Without a shell in between, so that the server itself can be stopped.
    const here = command.replace('npx tsx', `exec ${node} --import tsx`).replace(/ node /, ` exec ${node} `);
    const server = spawn('sh', ['-c', here.replace(/^node /, `exec ${node} `)], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.server = server;
    const ended = once(server, 'exit').then(() => Promise.reject(new Error(`${command} ended.`)));
    ended.catch(() => undefined);
    await Promise.race([once(server.stdout, 'data'), ended]);
    server.stdout.resume();
  }

  private async execute(command: string): Promise<void> {
    if (command.startsWith('node ') && this.language === 'ts') return;
    const here = command.replaceAll('http://localhost:3000', `http://127.0.0.1:${this.env['PORT']}`);
    this.steps.push(command.split(' ').slice(0, 2).join(' '));
    const env = { ...process.env, ...this.env, ...this.variables };
    this.output = await new Promise((resolve, reject) => {
      execFile('sh', ['-c', here], { cwd: this.folder, env }, (error, stdout, stderr) =>
        error ? reject(new Error(`${command}\n${stdout}${stderr}`)) : resolve(stdout),
      );
    });
  }

  /** Compares the output of the last command. `…` stands for the rest of a value. */
  private compare(expected: string): void {
    if (this.language === 'ts' && this.output === '') return;
    this.steps.push('compare');
    const pattern = normalized(expected).split('…').map(escaped).join('[^"]*');
    if (new RegExp(`^${pattern}`).test(normalized(this.output))) return;
    throw new Error(`The output is\n${this.output}\nand not\n${expected}`);
  }
}

function normalized(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.replaceAll('\r', '').trim();
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function blocksOf(page: string): Block[] {
  const fence = /([^\n]*)\n+```(\w+)\n([\s\S]*?)\n```/g;
  return [...page.matchAll(fence)].map(([, before = '', language = '', text = '']) => ({
    before,
    language,
    text: `${text}\n`,
  }));
}

async function link(name: string, folder: string): Promise<void> {
  const place = join(folder, 'node_modules', name);
  if (existsSync(place)) return;
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(root, 'node_modules', name), place, 'junction');
}
