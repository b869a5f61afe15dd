import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './repository-files.js';

/** A TypeScript block of a page, and the folded JavaScript behind it, if any. */
const typescriptBlock =
  /^```ts\n([\s\S]*?)^```\n(?:\n<details><summary>JavaScript<\/summary>\n\n```js\n[\s\S]*?^```\n\n<\/details>\n)?/gm;
const blank = '//:blank line';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  newLine: ts.NewLineKind.LineFeed,
  alwaysStrict: false,
};

/** Writes the JavaScript of each TypeScript block behind it, unless both are the same. */
export function withJavaScript(pages: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const blocks = [...pages.values()].flatMap(text => [...text.matchAll(typescriptBlock)].map(([, code = '']) => code));
  // A block of options only is the same in both languages.
  const translated = javascript([...new Set(blocks)].filter(code => !code.startsWith('{')));
  return new Map(
    [...pages].map(([path, text]) => [
      path,
      text.replace(typescriptBlock, (_, code) => block(code, translated.get(code))),
    ]),
  );
}

/** Turns each TypeScript block with JavaScript behind it into tabs. */
export function asTabs(page: string): string {
  return page.replace(
    /^(```ts\n[\s\S]*?^```\n)\n<details><summary>JavaScript<\/summary>\n\n(```js\n[\s\S]*?^```\n)\n<\/details>\n/gm,
    (_, typescript, script) =>
      `:::tabs key:language variant:code\n== TypeScript\n${typescript}== JavaScript\n${script}:::\n`,
  );
}

function block(code: string, script = ''): string {
  const typescript = `\`\`\`ts\n${code}\`\`\`\n`;
  if (script === '' || isSame(script, code)) return typescript;
  return `${typescript}\n<details><summary>JavaScript</summary>\n\n\`\`\`js\n${script}\`\`\`\n\n</details>\n`;
}

/** Whether both differ only in their format, their file name, and functions that the example declares. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map(text =>
    text.replace(/^declare .*;$|^\/\/ \S+\.[jt]s$/gm, '').replace(/[\s,;()]/g, ''),
  );
  return first === second;
}

/** Returns the JavaScript of each code, formatted as this repository is. */
function javascript(codes: readonly string[]): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(root, 'doc/.javascript-'));
  try {
    codes.forEach((code, index) => {
      writeFileSync(join(folder, `${index}.js`), withoutTypes(code));
    });
    format(folder);
    const names = readdirSync(folder);
    return new Map(
      names.map(name => [codes[Number.parseInt(name, 10)] ?? '', finished(readFileSync(join(folder, name), 'utf8'))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The compiler drops blank lines, but not comments. */
function withoutTypes(code: string): string {
  const { outputText } = ts.transpileModule(code.replace(/^$/gm, blank), { compilerOptions: options });
  return outputText.replace(/^export \{\};\n/m, '');
}

function format(folder: string): void {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = ['format', '--write', '--vcs-enabled=false', folder];
  const { status, stderr } = spawnSync(process.execPath, [biome, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function finished(script: string): string {
  return script
    .replaceAll(new RegExp(`^ *${blank}$`, 'gm'), '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\{\n\n/g, '{\n')
    .replace(/^\/\/ (\S+)\.ts$/m, '// $1.js')
    .replace(/(class .*\{\n)((?: {2}\w+;\n)+)(?= {2}static inject)/g, '$1')
    .replace(/^\n+|\n+$/g, '')
    .concat('\n');
}
