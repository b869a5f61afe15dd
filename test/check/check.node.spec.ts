import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppFile } from '../../src/check/app-files.js';
import { appFiles } from '../../src/check/app-files.js';
import { check } from '../../src/check/check.js';
import { runCommand } from '../../src/check/command.js';
import type { Finding, Verdict } from '../../src/check/finding.js';
import { members } from '../../src/check/members.js';
import { exportedNames, isKnownMember } from '../../src/check/predecessor.js';
import { keyOf, nameOf, places, placesOf, syntaxTree } from '../../src/check/syntax.js';

const root = join(import.meta.dirname, '../..');
const app = join(import.meta.dirname, 'app');
const dropInApp = join(root, 'test/journey/drop-in/app');
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Lines of JSON files, which have no comments. */
const inJson: Readonly<Record<string, number[]>> = {
  'aurelia_project/aurelia.json': [10, 11, 12],
  'package.json': [6, 8, 13, 17],
};

describe('the check of an application that was written for aurelia-authentication 3.8.3', () => {
  it('names exactly the lines that change or need a look', () => {
    const findings = check(app, own);
    expect(linesOf(findings, 'look')).toEqual(markedLines('look'));
    const changes = Object.entries(inJson).flatMap(([file, lines]) => lines.map(line => `${file}:${line}`));
    expect(linesOf(findings, 'change')).toEqual([...markedLines('change'), ...changes].sort());
  });

  it('names exactly the lines with the name of the package in the application that behaves alike after renaming', () => {
    const renamed = appFiles(dropInApp).flatMap(({ path, text }) => linesWith(path, text, 'aurelia-authentication'));
    expect(linesOf(check(dropInApp, own), 'change')).toEqual(renamed.sort());
  });

  it('says what to write', () => {
    const written = (file: string, line: number) =>
      check(app, own)
        .filter(finding => finding.file === file && finding.line === line)
        .map(({ write }) => write);
    expect(written('webpack.config.js', 7)).toEqual([
      'aurelia-auth-refresh',
      'node_modules/aurelia-auth-refresh/dist/native-modules',
    ]);
    expect(written('package.json', 6)).toEqual([
      `"aurelia-auth-refresh": "^${own.version}"`,
      `"aurelia-api": "${own.peerDependencies['aurelia-api']}"`,
    ]);
    expect(written('package.json', 8)).toEqual([`"aurelia-framework": "${own.peerDependencies['aurelia-framework']}"`]);
    expect(written('aurelia_project/aurelia.json', 11)).toEqual(['../node_modules/aurelia-auth-refresh/dist/amd']);
    expect(written('src/app.html', 2)).toEqual(['aurelia-auth-refresh/authFilterValueConverter']);
  });

  it('knows every class and every member of the typings of aurelia-authentication', () => {
    const typings = readFileSync(
      join(root, 'node_modules/aurelia-authentication/dist/aurelia-authentication.d.ts'),
      'utf8',
    );
    const classes = placesOf([...places(syntaxTree(typings, 'x.d.ts'))], 'ClassDeclaration');
    const declared = classes.flatMap(({ node }) =>
      node.body.body.flatMap(member => `${node.id?.name}.${keyOf(member)}`),
    );
    expect(declared.length).toBeGreaterThan(130);
    expect(declared.filter(member => !member.endsWith('.constructor') && !isKnownMember(member, members))).toEqual([]);
    expect(classes.map(({ node }) => node.id?.name).filter(name => !exportedNames.has(name ?? ''))).toEqual([]);
  });

  it('expects no name that the main module of this package lacks', () => {
    const main = syntaxTree(readFileSync(join(root, 'src/index.ts'), 'utf8'), 'index.ts');
    const exported = placesOf([...places(main)], 'ExportSpecifier').map(({ node }) => nameOf(node.exported));
    expect([...exportedNames].filter(name => !exported.includes(name))).toEqual([]);
  });
});

describe('the check finds the use in', () => {
  const constructed = `constructor(http, auth) { this.auth = auth; }\n  go() { this.auth.clearTimeout(); }\n}`;
  const imported = `import { AuthService } from 'aurelia-authentication';\n`;
  const sources: Readonly<Record<string, Record<string, string>>> = {
    'static inject = […]': {
      'a.js': `${imported}export class A { static inject = [Http, AuthService]; ${constructed}`,
    },
    'static inject() { return […] }': {
      'a.js': `${imported}export class A { static inject() { return [Http, AuthService]; } ${constructed}`,
    },
    'static get inject()': {
      'a.js': `${imported}export class A { static get inject() { return [Http, AuthService]; } ${constructed}`,
    },
    'Class.inject = […]': { 'a.js': `${imported}export class A { ${constructed}\nA.inject = [Http, AuthService];` },
    '@inject(…)': { 'a.js': `${imported}@inject(Http, AuthService)\nexport class A { ${constructed}` },
    'a typed property': { 'a.ts': `${imported}class A { auth: AuthService;\n go() { this.auth.clearTimeout(); } }` },
    'a typed parameter': { 'a.ts': `${imported}const go = (auth: AuthService) => auth\n.clearTimeout();` },
    'an imported type': {
      'a.ts': `import type { AuthService } from 'aurelia-authentication';\nexport class A { constructor(public auth: AuthService) {\nthis.auth.clearTimeout(); } }`,
    },
    'another name of the import': {
      'a.ts': `import { AuthService as S } from 'aurelia-authentication';\nfunction go(auth: S) {\nauth.clearTimeout(); }`,
    },
    'an import of everything': {
      'a.js': `import * as lib from 'aurelia-authentication';\ncontainer.get(lib.AuthService)\n.clearTimeout();`,
    },
    'require()': {
      'a.js': `const { AuthService } = require('aurelia-authentication');\ncontainer.get(AuthService)\n.clearTimeout();`,
    },
    'require() of everything': {
      'a.js': `const lib = require('aurelia-authentication');\nnew lib.AuthService()\n.clearTimeout();`,
    },
    'an optional call': {
      'a.ts': `${imported}let auth: AuthService | undefined;\nauth = container.get(AuthService);\n(auth as AuthService)?.clearTimeout();`,
    },
    'a subclass of a subclass in another file': {
      'b.js': `${imported}export class Base extends AuthService {}`,
      'a.js': `import { Base } from './b';\nclass A extends Base {\n go() { this\n.clearTimeout(); } }`,
    },
    'a value under another name': {
      'a.js': `${imported}const one = container.get(AuthService);\nconst other = one;\nother.clearTimeout();`,
    },
  };

  for (const [name, files] of Object.entries(sources)) {
    it(name, () => {
      const findings = checkFiles(files).filter(({ use }) => use === 'AuthService.clearTimeout');
      const { length } = (files['a.js'] ?? files['a.ts'] ?? '').split('clearTimeout')[0]?.split('\n') ?? [];
      expect(findings.map(({ file, line, verdict }) => [file.slice(0, 2), line, verdict])).toEqual([
        ['a.', length, 'look'],
      ]);
    });
  }

  const options: Readonly<Record<string, Record<string, string>>> = {
    'an object that is passed to the plugin': {
      'a.js': `au.use.plugin('aurelia-authentication', { logoutOnInvalidToken: true });`,
    },
    'an imported plugin': {
      'a.js': `import { configure as auth } from 'aurelia-authentication';\nau.use.plugin(auth, { logoutOnInvalidToken: true });`,
    },
    'a callback that assigns': {
      'a.js': `au.use.plugin('aurelia-authentication', c => { c.logoutOnInvalidToken = true; });`,
    },
    'the default export of another file': {
      'b.js': `export default { logoutOnInvalidToken: true };`,
      'a.js': `import config from './b';\nau.use.plugin('aurelia-authentication', c => c.configure(config));`,
    },
    'a named export of a file found from the root of the loader': {
      'b.js': `const shared = { logoutOnInvalidToken: true };\nexport { shared as config };`,
      'a.js': `import { config } from 'b';\nau.use.plugin('aurelia-authentication', config);`,
    },
    'module.exports of another file': {
      'b.js': `module.exports = { logoutOnInvalidToken: true };`,
      'a.js': `const config = require('./b');\nau.use.plugin('aurelia-authentication', config);`,
    },
    'Object.assign()': {
      'a.js': `const base = { logoutOnInvalidToken: true };\nau.use.plugin('aurelia-authentication', Object.assign({}, base));`,
    },
    'a condition': {
      'a.js': `au.use.plugin('aurelia-authentication', test ? { logoutOnInvalidToken: true } : {});`,
    },
    'a typed object': {
      'a.ts': `import { BaseConfig } from 'aurelia-authentication';\nexport const c = { logoutOnInvalidToken: true } as BaseConfig;`,
    },
  };

  for (const [name, files] of Object.entries(options)) {
    it(name, () => {
      const looks = checkFiles(files).filter(({ verdict }) => verdict === 'look');
      expect(looks.flatMap(({ differences }) => differences.map(({ id }) => id))).toEqual(['401-resolves']);
    });
  }
});

describe('the check leaves out', () => {
  const sources: Readonly<Record<string, string>> = {
    'another object of the same name': `export const go = (auth) => auth.clearTimeout();\nconst auth = container.get(AuthService);`,
    'a member of the subclass': `export class A extends AuthService { clear() {} go() { this.clear(); } }`,
    'the configuration of the router': `au.use.plugin('aurelia-authentication', config => {});\nclass A { configureRouter(config) { config.map([]); } }`,
    'packages whose name only begins alike': `import 'aurelia-authentication-extras';`,
  };

  for (const [name, source] of Object.entries(sources)) {
    it(name, () => {
      const file = `import { AuthService } from 'aurelia-authentication';\n${source}`;
      expect(checkFiles({ 'a.js': file }).filter(({ verdict }) => verdict === 'look')).toEqual([]);
      expect(checkFiles({ 'a.js': file }).some(({ use }) => use.includes('extras'))).toBe(false);
    });
  }
});

describe('aurelia-auth-refresh check', () => {
  it('prints each use with its file, line and column', () => {
    const { output, exitCode, error } = runCommand(['check', app], own);
    expect(output).toContain('src/auth/my-auth.ts:13:10 look AuthService.clearTimeout\n');
    expect(output).toContain(
      'webpack.config.js:14:7 change name of the package: aurelia-authentication\n    write  aurelia-auth-refresh\n',
    );
    expect([exitCode, error]).toEqual([0, '']);
  });

  it('prints JSON with --json', () => {
    const { counts, findings, version } = JSON.parse(runCommand(['check', '--json', app], own).output);
    expect(version).toBe(own.version);
    expect(findings.length).toBe(counts.change + counts.look + counts.stays);
    expect(findings).toContain(
      jasmine.objectContaining({ file: 'src/login.js', use: 'getItem of the stored session', verdict: 'look' }),
    );
  });

  it('changes no file', () => {
    const before = appFiles(app);
    runCommand(['check', app], own);
    expect(appFiles(app)).toEqual(before);
  });

  it('reports a file with a syntax error, and the uses of the other files', () => {
    const findings = checkFiles({ 'a.js': 'let = ;(', 'b.js': `import 'aurelia-authentication';` });
    expect(findings.map(({ file, verdict }) => [file, verdict])).toEqual([
      ['a.js', 'look'],
      ['b.js', 'change'],
    ]);
  });

  const failures: [title: string, args: string[], message: string][] = [
    ['a folder that does not exist', ['check', join(app, 'nowhere')], 'There is no folder'],
    ['a file in place of a folder', ['check', join(app, 'package.json')], 'There is no folder'],
    ['a folder without a use', ['check', join(root, 'src/session')], 'uses aurelia-authentication.'],
    ['no command', [], 'Usage:'],
    ['another command', ['fix'], 'Usage:'],
    ['two folders', ['check', app, app], 'Usage:'],
    ['an unknown option', ['check', app, '--write'], "Unknown option '--write'"],
  ];
  for (const [title, args, message] of failures) {
    it(`fails with ${title}`, () => {
      const { exitCode, output, error } = runCommand(args, own);
      expect([exitCode, output]).toEqual([1, '']);
      expect(error).toContain(message);
    });
  }
});

function checkFiles(files: Readonly<Record<string, string>>): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  try {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return check(folder, own);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function linesOf(findings: readonly Finding[], verdict: Verdict): string[] {
  const lines = findings.filter(finding => finding.verdict === verdict).map(({ file, line }) => `${file}:${line}`);
  return [...new Set(lines)].sort();
}

/** Lines of the application that a comment at their end marks. */
function markedLines(verdict: Verdict): string[] {
  return appFiles(app)
    .flatMap(({ path, text }: AppFile) => [
      ...linesWith(path, text, `// ${verdict}`),
      ...linesWith(path, text, `<!-- ${verdict} -->`),
    ])
    .sort();
}

function linesWith(path: string, text: string, part: string): string[] {
  return text.split('\n').flatMap((line, index) => (line.includes(part) ? [`${path}:${index + 1}`] : []));
}
