import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Pages that quote other texts: the glossary lists the words, the changelog is history. */
const quoting = ['doc/glossary.md', 'doc/CHANGELOG.md'];

interface Text {
  readonly place: string;
  readonly text: string;
}

describe('the vocabulary', () => {
  let refused: RegExp;
  let files: readonly string[];

  beforeAll(async () => {
    refused = await refusedWords();
    files = await trackedFiles();
  });

  it('refuses the words that the glossary replaces', () => {
    for (const text of ['Told of whatever was survived.', 'TradeMeans by hand', 'The browser’s half', 'stillborn']) {
      expect(text.replaceAll('’', "'")).toMatch(refused);
    }
    expect('Called with non-fatal errors. Never receives tokens.').not.toMatch(refused);
  });

  it('is used in names, comments and titles of the source', async () => {
    const sources = files.filter(file => /^(?:src|test|doc)\/.*\.ts$/.test(file));
    const found = (await Promise.all(sources.map(textsOfSource))).flat().filter(({ text }) => refused.test(text));
    expect(found.map(shown)).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  }, 60_000);

  it('is used in the documentation', async () => {
    const pages = files.filter(file => file.endsWith('.md') && !quoting.includes(file));
    const found = (await Promise.all(pages.map(linesOfPage))).flat().filter(({ text }) => refused.test(text));
    expect(found.map(shown)).toEqual([]);
    expect(pages.length).toBeGreaterThan(30);
  });
});

/** The left column of the glossary's last table, for whole words in any case and for parts of names. */
async function refusedWords(): Promise<RegExp> {
  const glossary = await readFile(join(root, 'doc/glossary.md'), 'utf8');
  const [, table = ''] = glossary.split('## Words that are replaced');
  const rows = [...table.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].slice(2);
  const words = rows.flatMap(([, cell = '']) => cell.split(',').map(word => word.replace(/\(.*\)/, '').trim()));
  return new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');
}

async function trackedFiles(): Promise<readonly string[]> {
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: root });
  return stdout.split('\0').filter(Boolean);
}

/** Comments and titles of specs; of the shipped source also file names, names of declarations and string literals. */
async function textsOfSource(path: string): Promise<readonly Text[]> {
  const text = await readFile(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isShipped = path.startsWith('src/');
  const texts: Text[] = isShipped ? [{ place: path, text: spaced(basename(path, '.ts')) }] : [];
  const add = (node: ts.Node, found: string) => texts.push({ place: `${path}:${lineOf(source, node)}`, text: found });
  const visit = (node: ts.Node): void => {
    if (isShipped && ts.isIdentifier(node) && isDeclared(node)) add(node, spaced(node.text));
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) {
      if (isShipped || isTitle(node)) add(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const [comment] of text.matchAll(/(?<=^|[\s(])\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm))
    texts.push({ place: path, text: comment });
  return texts;
}

/** `tokenStore` as `token Store`, so that each part is a word. */
function spaced(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/[-_]/g, ' ');
}

function isDeclared({ parent, text }: ts.Identifier): boolean {
  const declares = ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent);
  const names = declares || ts.isTypeAliasDeclaration(parent) || ts.isPropertySignature(parent);
  return (
    (names || ts.isPropertyDeclaration(parent)) && 'name' in parent && (parent.name as ts.Identifier)?.text === text
  );
}

/** Whether the text stands in the first argument of `it()`, `describe()` and their relatives. */
function isTitle(node: ts.Node): boolean {
  const call = ts.findAncestor(node, ts.isCallExpression);
  if (!call || !/^(?:it|describe|xit|fit)$/.test(call.expression.getText())) return false;
  const [title] = call.arguments;
  return title !== undefined && node.pos >= title.pos && node.end <= title.end;
}

async function linesOfPage(path: string): Promise<readonly Text[]> {
  const text = await readFile(join(root, path), 'utf8');
  // Inline code with a slash is a path.
  const prose = text.replaceAll(/`[^`\n]*\/[^`\n]*`/g, '');
  return prose.split('\n').map((line, index) => ({ place: `${path}:${index + 1}`, text: line }));
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function shown({ place, text }: Text): string {
  return `${place}: ${text.trim()}`;
}
