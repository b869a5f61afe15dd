import type { Node } from '@babel/types';
import type { AppFile } from './app-files.js';
import { Scopes } from './scopes.js';
import { nameOf, type Place, places, placesOf, propertyOf, syntaxTree } from './syntax.js';

/** A source file of the application, parsed. */
export interface SourceFile {
  readonly path: string;
  readonly places: readonly Place[];
  readonly scopes: Scopes;
  /** The exported values, by name. */
  readonly exported: ReadonlyMap<string, Place>;
}

/** @throws if the file has a syntax error */
export function sourceFile({ path, text }: AppFile): SourceFile {
  const all = [...places(syntaxTree(text, path))];
  return { path, places: all, scopes: new Scopes(all), exported: exportsOf(all) };
}

function exportsOf(all: readonly Place[]): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const { node, around } of placesOf(all, 'ExportDefaultDeclaration')) {
    found.set('default', { node: node.declaration, around });
  }
  for (const { node, around } of placesOf(all, 'ExportNamedDeclaration')) {
    for (const [name, value] of exportedValues(node)) found.set(name, { node: value, around });
  }
  for (const { node, around } of placesOf(all, 'AssignmentExpression')) {
    const name = commonJsName(node.left);
    if (name) found.set(name, { node: node.right, around });
  }
  return found;
}

function exportedValues(node: Node & { type: 'ExportNamedDeclaration' }): [name: string, value: Node][] {
  const { declaration, specifiers } = node;
  if (declaration?.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && init ? [[id.name, init]] : [],
    );
  }
  if (declaration?.type === 'ClassDeclaration' && declaration.id) return [[declaration.id.name, declaration]];
  return specifiers.flatMap(specifier =>
    specifier.type === 'ExportSpecifier' ? [[nameOf(specifier.exported) ?? '', specifier.local]] : [],
  );
}

/** `module.exports = …` and `exports.name = …`. */
function commonJsName(target: Node): string | undefined {
  const property = propertyOf(target);
  if (property === undefined || !('object' in target)) return undefined;
  if (nameOf(target.object) === 'module' && property === 'exports') return 'default';
  const isExports = nameOf(target.object) === 'exports' || propertyOf(target.object) === 'exports';
  return isExports ? property : undefined;
}
