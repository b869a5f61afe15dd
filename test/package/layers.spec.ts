import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

const statements = (count: number) => Array.from({ length: count }, (_, index) => `  x.push(${index});\n`).join('');
const functionOf = (lines: number) => `export function f(x: number[]) {\n${statements(lines - 2)}}`;
const fileOf = (lines: number) =>
  Array.from({ length: lines }, (_, index) => `export const x${index} = ${index};`).join('\n');

/** Source files that a layer must reject, each with the rule that rejects it. */
const refused: [file: string, source: string, rule: string][] = [
  ['src/errors.ts', `export { session } from './session/session.js';`, 'style/noRestrictedImports'],
  ['src/session/up.ts', `export { bearer } from '../http/bearer.js';`, 'style/noRestrictedImports'],
  ['src/session/up-type.ts', `export type { Bearer } from '../http/bearer.js';`, 'style/noRestrictedImports'],
  ['src/session/up-lazy.ts', `export const bearer = () => import('../http/bearer.js');`, 'style/noRestrictedImports'],
  ['src/session/door.ts', `export { session } from '../core.js';`, 'style/noRestrictedImports'],
  ['src/session/aurelia.ts', `export { Aurelia } from 'aurelia-framework';`, 'style/noRestrictedImports'],
  ['src/http/sideways.ts', `export { popup } from '../login/popup.js';`, 'style/noRestrictedImports'],
  ['src/callback/up.ts', `export { Session } from '../session/session.js';`, 'style/noRestrictedImports'],
  ['src/callback/storage.ts', `export const get = () => localStorage.getItem('x');`, 'style/noRestrictedGlobals'],
  ['src/login/oidc.ts', `export { provider } from '../oidc/provider.js';`, 'style/noRestrictedImports'],
  ['src/oidc/login.ts', `export { popup } from '../login/popup.js';`, 'style/noRestrictedImports'],
  ['src/login/node.ts', `export { readFile } from 'node:fs';`, 'style/noRestrictedImports'],
  ['src/oidc/jose.ts', `export { jwtVerify } from 'jose';`, 'style/noRestrictedImports'],
  [
    'src/oidc/aurelia-plugin.ts',
    `export { AuthService } from '../aurelia/auth-service.js';`,
    'style/noRestrictedImports',
  ],
  ['src/core.ts', `export { codeLogin } from './oidc/code-login.js';`, 'style/noRestrictedImports'],
  ['src/aurelia/deep.ts', `export { session } from '../session/session.js';`, 'style/noRestrictedImports'],
  ['src/aurelia/errors.ts', `export { AuthError } from '../errors.js';`, 'style/noRestrictedImports'],
  ['src/aurelia/predecessor/deep.ts', `export { x } from '../../session/session.js';`, 'style/noRestrictedImports'],
  ['src/aurelia2/deep.ts', `export { session } from '../session/session.js';`, 'style/noRestrictedImports'],
  ['src/aurelia2/one.ts', `export { Aurelia } from 'aurelia-framework';`, 'style/noRestrictedImports'],
  ['src/aurelia2/global.ts', `export const get = () => globalThis.fetch('x');`, 'style/noRestrictedGlobals'],
  ['src/aurelia/two.ts', `export { DI } from '@aurelia/kernel';`, 'style/noRestrictedImports'],
  ['src/aurelia/server.ts', `export { refreshToken } from '../express/refresh-token.js';`, 'style/noRestrictedImports'],
  ['src/server/up.ts', `export { logout } from '../express/logout.js';`, 'style/noRestrictedImports'],
  ['src/server/express.ts', `export { Router } from 'express';`, 'style/noRestrictedImports'],
  ['src/server/browser.ts', `export type { T } from '../session/token-response.js';`, 'style/noRestrictedImports'],
  ['src/server/store/client.ts', `export { createClient } from 'redis';`, 'style/noRestrictedImports'],
  ['src/testing/deep.ts', `export { session } from '../session/session.js';`, 'style/noRestrictedImports'],
  ['src/devtools/deep.ts', `export { session } from '../session/session.js';`, 'style/noRestrictedImports'],
  ['src/devtools/fake.ts', `export { TestClock } from '../testing/test-clock.js';`, 'style/noRestrictedImports'],
  ['src/express/aurelia.ts', `export { Aurelia } from 'aurelia-framework';`, 'style/noRestrictedImports'],
  ['src/express/code.ts', `export { tokenSet } from '../session/token-set.js';`, 'style/noRestrictedImports'],
  ['src/express/types.ts', `export type { T } from '../session/token-response.js';`, 'style/noRestrictedImports'],
  ['src/check/library.ts', `export { Session } from '../core.js';`, 'style/noRestrictedImports'],
  ['src/check/express.ts', `export { Router } from 'express';`, 'style/noRestrictedImports'],
  ['src/aurelia/check.ts', `export { check } from '../check/check.js';`, 'style/noRestrictedImports'],
  ['src/session/cycle-a.ts', `export { b } from './cycle-b.js';\nexport const a = 1;`, 'suspicious/noImportCycles'],
  ['src/session/cycle-b.ts', `export { a } from './cycle-a.js';\nexport const b = 1;`, 'suspicious/noImportCycles'],
  ['src/session/window.ts', `export const width = () => window.innerWidth;`, 'style/noRestrictedGlobals'],
  ['src/session/storage.ts', `export const get = () => localStorage.getItem('x');`, 'style/noRestrictedGlobals'],
  ['src/http/fetch.ts', `export const get = () => fetch('x');`, 'style/noRestrictedGlobals'],
  ['src/login/timer.ts', `export const later = () => setTimeout(later, 1);`, 'style/noRestrictedGlobals'],
  ['src/oidc/locks.ts', `export const locks = () => navigator.locks;`, 'style/noRestrictedGlobals'],
  ['src/aurelia/global.ts', `export const get = () => globalThis.fetch('x');`, 'style/noRestrictedGlobals'],
  [
    'src/session/own.ts',
    `export const own = (o: object) => Object.hasOwn(o, 'x');`,
    'nursery/noJsRestrictedProperties',
  ],
  ['src/session/clock.ts', `export const now = () => Date.now();`, 'nursery/noJsRestrictedProperties'],
  ['src/session/date.ts', `export const now = () => new Date().getTime();`, 'plugin'],
  ['src/session/node.ts', `export const env = () => process.env;`, 'style/noRestrictedGlobals'],
  ['src/testing/print.ts', `export const say = () => console.log('x');`, 'suspicious/noConsole'],
  ['src/session/any.ts', `export const x = (y: any) => y;`, 'suspicious/noExplicitAny'],
  ['src/session/default.ts', `export default 1;`, 'style/noDefaultExport'],
  ['src/session/enum.ts', `export enum State {\n  In,\n}`, 'style/noEnum'],
  ['src/session/namespace.ts', `export namespace State {\n  export const x = 1;\n}`, 'style/noNamespace'],
  [
    'src/session/floating.ts',
    `import { load } from './promise.js';\nexport function go() {\n  load();\n}`,
    'nursery/noFloatingPromises',
  ],
  ['src/session/long-function.ts', functionOf(41), 'complexity/noExcessiveLinesPerFunction'],
  ['src/session/long-file.ts', fileOf(351), 'style/noExcessiveLinesPerFile'],
];

/** Imports that the layers must allow. */
const allowed: [file: string, source: string][] = [
  ['src/session/function.ts', functionOf(40)],
  ['src/session/file.ts', fileOf(350)],
  ['src/session/promise.ts', `export const load = () => Promise.resolve(1);`],
  ['src/session/browser-ports.ts', `export const now = () => Date.now();\nexport const get = () => fetch('x');`],
  ['src/session/down.ts', `export { AuthError } from '../errors.js';\nexport { jwtDecode } from 'jwt-decode';`],
  ['src/session/parsed.ts', `export const atMs = (date: string) => new Date(date).getTime();`],
  ['src/http/down.ts', `export { session } from '../session/session.js';`],
  ['src/login/down.ts', `export { PendingRedirects } from '../callback/pending-redirects.js';`],
  ['src/oidc/pending-down.ts', `export { PendingRedirects } from '../callback/pending-redirects.js';`],
  ['src/oidc/down.ts', `export { refresh } from '../session/session.js';\nexport { discovery } from 'oauth4webapi';`],
  ['src/aurelia2/own.ts', `export { session } from '../core.js';\nexport { DI } from '@aurelia/kernel';`],
  ['src/aurelia/plugin.ts', `export { session } from '../core.js';\nexport { Aurelia } from 'aurelia-framework';`],
  ['src/aurelia/predecessor/storage.ts', `export { s } from '../auth-service.js';\nexport { c } from '../../core.js';`],
  [
    'src/devtools/own.ts',
    `export { session } from '../core.js';\nexport const width = () => document.body.clientWidth;`,
  ],
  ['src/server/own.ts', `export { readFile } from 'node:fs';\nexport { jwtVerify } from 'jose';`],
  ['src/server/store/own.ts', `export { rotation } from '../rotation.js';`],
  ['src/express/down.ts', `export { rotation } from '../server/rotation.js';`],
  ['src/check/own.ts', `export { parse } from '@babel/parser';\nexport const stop = () => process.exit();`],
  ['src/express/server.ts', `export { readFile } from 'node:fs';\nexport { Router } from 'express';`],
];

describe('the linter keeps the layers', () => {
  let rulesByFile: Map<string, Set<string>>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layers-'));
    try {
      rulesByFile = await lint(folder, [...refused, ...allowed]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const [file, source, rule] of refused) {
    it(`refuses ${file}: ${shown(source)}`, () => {
      expect([...(rulesByFile.get(file) ?? [])]).toContain(rule);
    });
  }

  for (const [file, source] of allowed) {
    it(`allows ${file}: ${shown(source)}`, () => {
      expect([...(rulesByFile.get(file) ?? [])]).toEqual([]);
    });
  }
});

function shown(source: string): string {
  return source.replaceAll(/\s+/g, ' ').replace(/^(.{120}).+/, '$1…');
}

/**
 * Writes the files into an empty folder with the project's linter configuration. Returns the broken rules of each
 * file.
 */
async function lint(folder: string, files: readonly (readonly [file: string, source: string, ...unknown[]])[]) {
  const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'));
  await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  await cp(join(root, 'test/support/lint'), join(folder, 'test/support/lint'), { recursive: true });
  for (const [file, source] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${source}\n`);
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const report = await new Promise<string>(resolve => {
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd: folder },
      (_, stdout) => resolve(stdout),
    );
  });
  const broken = new Map<string, Set<string>>();
  for (const { category, location } of diagnostics(report)) {
    const rules = broken.get(location.path) ?? new Set();
    broken.set(location.path, rules.add(category.replace('lint/', '')));
  }
  return broken;
}

function diagnostics(report: string): { category: string; location: { path: string } }[] {
  return JSON.parse(report).diagnostics;
}
