import type { Node } from '@babel/types';
import { keyOf, nameOf, type Place, textOf } from './syntax.js';

/** What a name in a source file stands for. */
export interface Binding {
  /** The import that declares the name. */
  readonly imported?: { readonly module: string; readonly name: string };
  /** The name of the annotated type. */
  readonly type?: string | undefined;
  /** The value that the name gets, or whose property it gets. */
  readonly value?: Place | undefined;
  readonly property?: string | undefined;
  /** The parameter of a function, and its position. */
  readonly parameter?: { readonly of: Place; readonly index: number };
  /** The class that the name declares. */
  readonly declares?: Place;
}

/** The names of a source file, by the function that declares them. Blocks are not told apart. */
export class Scopes {
  private readonly names = new Map<Node, Map<string, Binding>>();

  constructor(places: readonly Place[]) {
    for (const place of places) this.collect(place);
  }

  /** What a name stands for at a place. */
  find(name: string, around: readonly Node[]): Binding | undefined {
    for (const scope of [...around].reverse()) {
      const binding = this.names.get(scope)?.get(name);
      if (binding) return binding;
    }
    return undefined;
  }

  private collect(place: Place): void {
    const { node, around } = place;
    if (node.type === 'ImportDeclaration') this.collectImport(node, around);
    else if (node.type === 'VariableDeclarator') this.collectVariable(node, around);
    else if (node.type === 'CatchClause' && node.param) this.add(around, nameOf(node.param), {});
    else if (node.type === 'ClassDeclaration') this.add(around, nameOf(node.id), { declares: place });
    else if (node.type === 'FunctionDeclaration') this.add(around, nameOf(node.id), {});
    if ('params' in node && 'body' in node) this.collectParameters(place);
  }

  private collectImport(node: Node & { type: 'ImportDeclaration' }, around: readonly Node[]): void {
    const module = node.source.value;
    for (const specifier of node.specifiers) {
      const name = 'imported' in specifier ? nameOf(specifier.imported) : undefined;
      const other = specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*';
      this.add(around, specifier.local.name, { imported: { module, name: name ?? other } });
    }
  }

  private collectVariable({ id, init }: Node & { type: 'VariableDeclarator' }, around: readonly Node[]): void {
    const value = init ? { node: init, around } : undefined;
    const module = init && requiredModule(init);
    if (id.type === 'Identifier') {
      this.add(around, id.name, module ? { imported: { module, name: '*' } } : { type: typeName(id), value });
    }
    if (id.type !== 'ObjectPattern') return;
    for (const [property, local] of patternNames(id)) {
      this.add(around, local, module ? { imported: { module, name: property } } : { value, property });
    }
  }

  private collectParameters(of: Place): void {
    if (!('params' in of.node)) return;
    [of.node.params].flat().forEach((parameter, index) => {
      const inner = innerParameter(parameter as Node);
      const binding = { type: typeName(inner), parameter: { of, index } };
      if (inner.type === 'Identifier') this.add([of.node], inner.name, binding);
      else if (inner.type === 'ObjectPattern') {
        for (const [, local] of patternNames(inner)) this.add([of.node], local, {});
      }
    });
  }

  private add(around: readonly Node[], name: string | undefined, binding: Binding): void {
    const scope = [...around].reverse().find(node => node.type === 'Program' || ('params' in node && 'body' in node));
    if (!scope || name === undefined) return;
    const names = this.names.get(scope) ?? new Map<string, Binding>();
    this.names.set(scope, names.set(name, binding));
  }
}

/** The parameter without its default, and without `private` or the like before it. */
export function innerParameter(node: Node): Node {
  if (node.type === 'TSParameterProperty') return innerParameter(node.parameter);
  return node.type === 'AssignmentPattern' ? innerParameter(node.left) : node;
}

/** The name of the type that a variable, a parameter or a property is annotated with. */
export function typeName(node: Node): string | undefined {
  const annotation = 'typeAnnotation' in node ? node.typeAnnotation : undefined;
  return annotation && 'typeAnnotation' in annotation ? nameOfType(annotation.typeAnnotation as Node) : undefined;
}

/** The name of a type, or the first name in a union. */
export function nameOfType(type: Node): string | undefined {
  if ('typeName' in type) return nameOf(type.typeName as Node);
  if ('types' in type)
    return [type.types]
      .flat()
      .map(part => nameOfType(part as Node))
      .find(name => name !== undefined);
  return 'id' in type ? nameOf(type.id as Node) : undefined;
}

/** The module of `require('…')`. */
export function requiredModule(node: Node): string | undefined {
  if (node.type !== 'CallExpression' || nameOf(node.callee) !== 'require') return undefined;
  return textOf(node.arguments[0]);
}

function patternNames(pattern: Node & { type: 'ObjectPattern' }): [property: string, local: string][] {
  return pattern.properties.flatMap(property => {
    const local = property.type === 'ObjectProperty' ? nameOf(innerParameter(property.value)) : undefined;
    const name = keyOf(property);
    return local !== undefined && name !== undefined ? [[name, local]] : [];
  });
}
