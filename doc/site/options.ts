import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const source = join(import.meta.dirname, '../../src');

interface Option {
  readonly name: string;
  /** The title above it in the source. */
  readonly section: string | undefined;
  readonly meaning: string;
  readonly defaultValue: string | undefined;
}

/** The options of the plugin, section by section, as their docstrings describe them. */
export function optionTables(): string {
  const sections = new Map<string, Option[]>();
  let title = '';
  for (const option of optionsOf('aurelia/auth-config.ts', 'AuthConfig')) {
    title = option.section ?? title;
    sections.set(title, [...(sections.get(title) ?? []), option]);
  }
  return [...sections]
    .map(([section, options]) => `## ${capitalized(section)}\n\n${table('option', options)}`)
    .join('\n\n');
}

/** The properties of a provider, in the same way. */
export function providerTable(): string {
  const options = [
    ...optionsOf('aurelia/auth-provider.ts', 'AuthProvider'),
    ...optionsOf('login/provider-parameters.ts', 'ProviderRequest'),
    ...optionsOf('login/authorization-request.ts', 'AuthorizationServer'),
    ...optionsOf('login/provider-login.ts', 'Provider'),
  ];
  const byName = new Map(options.reverse().map(option => [option.name, option]));
  return table('property', [...byName.values()].reverse());
}

function optionsOf(file: string, interfaceName: string): Option[] {
  const text = readFileSync(join(source, file), 'utf8');
  const module = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const declaration = module.statements.find(
    statement => ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (!declaration || !ts.isInterfaceDeclaration(declaration)) throw new Error(`${file} has no ${interfaceName}.`);
  return declaration.members.filter(ts.isPropertySignature).map(member => ({
    name: member.name.getText(),
    section: /^ *\/\/ --- (.*) ---$/m.exec(text.slice(member.getFullStart(), member.getStart()))?.[1],
    meaning: meaningOf(member),
    defaultValue: flat(ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default')?.comment),
  }));
}

function meaningOf(member: ts.Node): string {
  const [deprecated] = ts.getJSDocTags(member).filter(({ tagName }) => tagName.text === 'deprecated');
  const [docstring] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const text = [flat(docstring?.comment), deprecated && `Deprecated. ${flat(deprecated.comment)}`].filter(Boolean);
  if (text.length === 0) throw new Error(`${member.getText()} has no docstring.`);
  return text.join(' ');
}

function flat(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string | undefined {
  return ts.getTextOfJSDocComment(comment)?.replace(/\s+/g, ' ');
}

function table(what: string, options: readonly Option[]): string {
  const rows = options.map(({ name, defaultValue, meaning }) => {
    return `| \`${name}\` | ${shown(defaultValue)} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return [`| ${what} | default | meaning |`, '|---|---|---|', ...rows].join('\n');
}

/** A value of the language as code, anything else as it is. */
function shown(value: string | undefined): string {
  if (value === undefined) return '';
  return /^(['[{]|\d+$|true$|false$|null$)/.test(value) ? `\`${value}\`` : value;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
