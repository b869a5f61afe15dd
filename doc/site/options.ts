import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const source = join(import.meta.dirname, '../../src');

interface Option {
  readonly name: string;
  readonly meaning: string;
  readonly defaultValue: string | undefined;
}

/** Heading, file and interface of each group of options, in the order of the page. */
const groups = [
  ['Server', 'server-options', 'ServerOptions'],
  ['Redirects', 'redirect-options', 'RedirectOptions'],
  ['Tokens in requests', 'token-request-options', 'TokenRequestOptions'],
  ['Tokens in responses', 'token-response-options', 'TokenResponseOptions'],
  ['Refresh: useRefreshToken', 'refresh-options', 'RefreshOptions'],
  ['Storage and idle timeout', 'storage-options', 'StorageOptions'],
  ['Templates', 'template-options', 'TemplateOptions'],
  ['Providers', 'provider-options', 'ProviderOptions'],
] as const;

/** Returns a table of options for each group, as their docstrings describe them. */
export function optionTables(): string {
  const tables = groups.map(([heading, file, interfaceName]) => {
    return `## ${heading}\n\n${table('option', optionsOf(`aurelia/options/${file}.ts`, interfaceName))}`;
  });
  return tables.join('\n\n');
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
