import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../../doc/site/repository-files.js';

/** Names that examples use without declaring them. */
const environment = `
declare const aurelia: import('aurelia-framework').Aurelia;
declare const container: import('aurelia-framework').Container;
declare const PLATFORM: typeof import('aurelia-framework').PLATFORM;
declare const http: import('aurelia-fetch-client').HttpClient;
declare const eventAggregator: import('aurelia-event-aggregator').EventAggregator;
declare const authService: import('aurelia-auth-refresh').AuthService;
declare const session: import('aurelia-auth-refresh/core').Session;
declare const oidc: import('aurelia-auth-refresh/oidc').OpenIdConnect;
declare const file: File;
declare function notify(text: string): void;
declare function report(...what: unknown[]): void;

/** The part of Vite's API that an example uses. */
interface ImportMeta {
  glob<T>(pattern: string | string[], options: object): Record<string, T>;
}

/** The part of SignalR's API that an example uses. */
declare module '@microsoft/signalr' {
  export class HubConnectionBuilder {
    withUrl(url: string, options: { accessTokenFactory?(): string | Promise<string> }): this;
    withAutomaticReconnect(): this;
    build(): unknown;
  }
}
`;

/** Code blocks of one language on a page. */
export function blocks(page: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...readFileSync(join(root, page), 'utf8').matchAll(fence)].map(([, code = '']) => code);
}

/**
 * Compiler errors of the examples on these pages. Each example is compiled as a module in the folder named after its
 * page, under the file name in its first line.
 */
export function complaints(pages: readonly string[]): string[] {
  const examples = new Map<string, string>();
  for (const page of pages) {
    const folder = join(root, page.replace(/\.md$/, ''));
    for (const [index, code] of blocks(page, 'ts').entries()) {
      const [, name = `example-${index + 1}.ts`] = /^\/\/ ([\w./-]+\.ts)\n/.exec(code) ?? [];
      const earlier = examples.get(join(folder, name));
      if (earlier !== undefined) examples.set(join(folder, `earlier-${index}.ts`), earlier);
      examples.set(join(folder, name), statement(code));
    }
  }
  const config = ts.readConfigFile(join(root, 'test/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(root, 'test'));
  const lenient: ts.CompilerOptions = {
    ...options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const host = ts.createCompilerHost(lenient);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = file => examples.has(file) || fileExists(file);
  host.directoryExists = folder => [...examples.keys()].some(file => file.startsWith(folder)) || existsSync(folder);
  host.readFile = file => examples.get(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const code = examples.get(file);
    return code === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, code, languageVersion);
  };
  const files = [...examples.keys()];
  examples.set(join(root, 'doc/environment.d.ts'), environment);
  const program = ts.createProgram([...examples.keys()], lenient, host);
  return files.flatMap(file => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => {
      return `${relative(root, file)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

/** Examples that consist of options only use those of the OpenID Connect entry point. */
function statement(code: string): string {
  return code.startsWith('{')
    ? `export const options: import('aurelia-auth-refresh/oidc').OpenIdConnectOptions = ${code}`
    : code;
}
