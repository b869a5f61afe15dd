import { type ChildProcess, exec, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../server/support/http-server.js';
import { npmOutput } from '../../support/npm.mjs';
import { dependenciesIn, installed } from './installed-packages.js';
import { root, tarball, unpack } from './tarball.js';

const run = promisify(execFile);

export type Language = 'js' | 'ts';

/** Packages of this repository, or those that npm downloads without its cache, as on a new machine. */
export type PackageSource = 'repository' | 'registry';

interface Block {
  /** Headings above the block, the nearest last. */
  readonly headings: readonly string[];
  readonly language: string;
  readonly text: string;
}

/** An empty folder in which the code blocks of pages are followed in order, as a reader would. */
export class GuideWalk {
  /** Address of the server that a page started. */
  origin = '';
  /** What was done, one entry for each block. */
  readonly steps: string[] = [];
  private readonly settings: Record<string, string> = {};
  /** Seconds that each command took. */
  readonly seconds: Record<string, number> = {};
  private server: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly language: Language,
    private readonly packages: PackageSource,
  ) {}

  static async begin(language: Language, packages: PackageSource = 'repository'): Promise<GuideWalk> {
    return new GuideWalk(await mkdtemp(join(tmpdir(), 'walk-')), language, packages);
  }

  /**
   * Saves the files of a page and runs its commands.
   *
   * @param isChosen leaves out sections for another choice, by their headings
   */
  async follow(page: string, isChosen: (heading: string) => boolean = () => true): Promise<void> {
    for (const { headings, language, text } of blocksOf(await readFile(join(root, page), 'utf8'))) {
      if (!headings.every(isChosen)) continue;
      if (language === 'sh') for (const command of commandsOf(text)) await this.timed(command);
      else await this.save(language, text);
    }
  }

  async end(): Promise<void> {
    await this.stopServer();
    await rm(this.folder, { recursive: true });
    await rm(`${this.folder}-cache`, { recursive: true, force: true });
  }

  /** Saves a block that begins with its file name. In JavaScript, a file replaces its TypeScript before. */
  private async save(language: string, text: string): Promise<void> {
    const [, name = ''] = /^(?:\/\/|<!--) ([\w./-]+\.\w+)(?: -->)?\n/.exec(text) ?? [];
    if (name === '') return;
    const isTypeScript = language === 'ts';
    if (this.language === 'ts' && language === 'js' && this.steps.at(-1) === `save ${name.replace(/js$/, 'ts')}`)
      return;
    this.steps.push(`save ${name}`);
    await write(join(this.folder, isTypeScript && this.language === 'js' ? name.replace(/ts$/, 'js') : name), text);
  }

  private async timed(command: string): Promise<void> {
    const startMs = performance.now();
    await this.execute(command);
    this.seconds[command] = (performance.now() - startMs) / 1000;
  }

  private async execute(command: string): Promise<void> {
    if (command.includes(' > ')) return void (await promisify(exec)(command, { cwd: this.folder }));
    const [, secret = '', line = ''] = /^(TOKEN_SECRET=\$\(.*?\) )?(.*)$/.exec(command) ?? [];
    const parts = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
    const [program = '', ...args] = parts.map(part => part.replaceAll('"', ''));
    if (args[0] === 'tsc' && this.language === 'js') return;
    const isNpm = program === 'npm' && ['init', 'pkg', 'install', 'run'].includes(args[0] ?? '');
    if (this.packages === 'registry' && (isNpm || args[0] === 'tsc')) await this.download(program, args);
    else if (program === 'npm') await this.npm(args);
    else if (program === 'npx' && args[0] !== 'tsx') await this.npx(args);
    else if (program === 'node' || program === 'npx') await this.serve(args, secret !== '');
  }

  private async npm([verb, ...args]: readonly string[]): Promise<void> {
    if (verb === 'pkg') return this.set(args.slice(1));
    if (verb === 'run') return this.execute(`npx ${this.settings[`scripts.${args[0]}`]}`);
    if (verb !== 'install') return;
    const names = args.filter(arg => !arg.startsWith('-')).map(arg => arg.replace(/(?<=.)@.*/, ''));
    this.steps.push(`install ${names.join(' ')}`);
    if (names.includes('aurelia-auth-refresh')) names.push(...(await dependenciesIn(await unpack(this.folder))));
    await installed(
      names.filter(name => name !== 'aurelia-auth-refresh'),
      this.folder,
    );
  }

  /** Runs npm or npx itself. This package is the packed one. */
  private async download(program: string, args: readonly string[]): Promise<void> {
    this.steps.push([program, ...args].join(' '));
    const own = await tarball();
    const named = args.map(arg => (arg === 'aurelia-auth-refresh' ? own : arg));
    const command = program === 'npx' ? ['exec', '--', ...named] : [...named, `--cache=${this.folder}-cache`];
    try {
      npmOutput(command, this.folder);
    } catch (error) {
      throw new Error(`${program} ${args.join(' ')}\n${Object(error).stdout}`);
    }
  }

  /** Sets fields of package.json. */
  private async set(settings: readonly string[]): Promise<void> {
    for (const setting of settings) {
      const [name = '', value = ''] = setting.split('=');
      this.settings[name] = value;
    }
    await write(join(this.folder, 'package.json'), JSON.stringify(this.settings));
  }

  /** Runs a tool that the page has installed. */
  private async npx([tool = '', ...args]: readonly string[]): Promise<void> {
    this.steps.push(`npx ${tool}`);
    const folder =
      tool === 'tsc' ? join(root, 'node_modules/@typescript/native') : join(this.folder, 'node_modules', tool);
    const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const script = join(folder, typeof bin === 'string' ? bin : bin[tool]);
    await run(process.execPath, [script, ...args], { cwd: this.folder }).catch(error => {
      throw new Error(`npx ${tool} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
    });
  }

  private async stopServer(): Promise<void> {
    if (this.server?.kill()) await once(this.server, 'exit');
  }

  /** Starts a server that a page has saved in this language. */
  private async serve(args: readonly string[], needsSecret: boolean): Promise<void> {
    const file = args.at(-1) ?? '';
    if (!existsSync(join(this.folder, file))) return;
    this.steps.push(`start ${file}`);
    await this.stopServer();
    const port = await freePort();
    const env = { ...process.env, PORT: String(port) };
    if (needsSecret) Object.assign(env, { TOKEN_SECRET: randomBytes(32).toString('base64') });
    const nodeArgs = args[0] === 'tsx' ? ['--import', ...args] : args;
    const server = spawn(process.execPath, nodeArgs, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.server = server;
    const [outcome] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit')]);
    if (typeof outcome === 'number') throw new Error(`${file} ended with ${outcome}.`);
    server.stdout.resume();
    this.origin = `http://localhost:${port}`;
  }
}

function* blocksOf(page: string): Generator<Block> {
  const headings: string[] = [];
  for (const [, level, heading = '', language = '', text = ''] of page.matchAll(
    /^(#+) (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm,
  )) {
    if (level !== undefined) headings.splice(level.length - 1, headings.length, heading);
    else yield { headings: headings.filter(Boolean), language, text };
  }
}

function commandsOf(text: string): string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap(line => line.split(' && '))
    .map(line => line.trim())
    .filter(Boolean);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
