import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { freePort } from './support/http-server.js';

const root = join(import.meta.dirname, '../..');
const guides = ['server', 'server-cookies', 'server-stores', 'token-server', 'web-app'];

function blocks(guide: string, language: string): string[] {
  const text = readFileSync(join(root, 'doc/guides', `${guide}.md`), 'utf8');
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...text.matchAll(fence)].map(([, code = '']) => code);
}

/** What the compiler has to say of the examples of all guides, each taken for a file beside the guide. */
function complaints(): string[] {
  const examples = new Map<string, string>();
  for (const guide of guides) {
    for (const [index, code] of blocks(guide, 'ts').entries()) {
      examples.set(join(root, 'doc/guides', `${guide}-example-${index + 1}.ts`), code);
    }
  }
  const config = ts.readConfigFile(join(root, 'test/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(root, 'test'));
  const lenient = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(lenient);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = file => examples.has(file) || fileExists(file);
  host.readFile = file => examples.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const code = examples.get(file);
    return code === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, code, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...examples.keys()], lenient, host);
  return [...examples.keys()].flatMap(file => {
    const source = program.getSourceFile(file);
    const found = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
    return found.map(({ messageText }) => `${basename(file)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

describe('the guides about the server', () => {
  it('show examples that compile', () => {
    expect(complaints()).toEqual([]);
    expect(guides.flatMap(guide => blocks(guide, 'ts')).length).toBeGreaterThan(8);
  }, 60_000);
});

describe('the guide to the token server', () => {
  it('shows curl commands that do what it says', async () => {
    const port = await freePort();
    const server = spawn(process.execPath, ['--import', 'tsx', 'doc/guides/token-server/server.ts'], {
      cwd: root,
      env: { ...process.env, PORT: String(port), ACCESS_TOKEN_SECONDS: '4', TSX_TSCONFIG_PATH: 'test/tsconfig.json' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(server.stdout, 'data');
    const shell = async (command: string, tokens: Record<string, string> = {}): Promise<string> => {
      const here = command.replaceAll('http://localhost:3000', `http://127.0.0.1:${port}`);
      const child = spawn('sh', ['-c', here], {
        env: { ...process.env, ...tokens },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', chunk => {
        output += chunk;
      });
      await once(child, 'close');
      return output;
    };

    const commands = blocks('token-server', 'sh').filter(block => block.startsWith('curl'));
    const [login, use, useExpired, refresh, logOut] = commands;
    expect(commands.length).toBe(5);
    const first = JSON.parse(await shell(login!));
    expect(Object.keys(first)).toEqual(Object.keys(JSON.parse(blocks('token-server', 'json')[0]!)));
    const tokens = { ACCESS_TOKEN: first.access_token, REFRESH_TOKEN: first.refresh_token };
    expect(await shell(use!, tokens)).toBe('{"secret":"for test alone"}');

    await new Promise(resolve => setTimeout(resolve, 5_100));
    const refused = await shell(useExpired!, tokens);
    expect(refused).toMatch(/^HTTP\/1.1 401/);
    expect(refused).toMatch(/WWW-Authenticate: Bearer error="invalid_token"/i);

    const next = JSON.parse(await shell(refresh!, tokens));
    expect(JSON.parse(await shell(refresh!, tokens)).refresh_token).toBe(next.refresh_token);
    const nextTokens = { ACCESS_TOKEN: next.access_token, REFRESH_TOKEN: next.refresh_token };
    expect(await shell(use!, nextTokens)).toBe('{"secret":"for test alone"}');

    expect(await shell(logOut!, nextTokens)).toMatch(/^HTTP\/1.1 200/);
    expect(JSON.parse(await shell(refresh!, nextTokens)).error).toBe('invalid_grant');
    server.kill();
    await once(server, 'exit');
  }, 30_000);
});
