import type { Node } from '@babel/types';
import type { SourceFile } from './source-file.js';
import { calledName, keyOf, nameOf, type Place, placesOf, propertyOf } from './syntax.js';

/** What the constructors of a source file are given: by `@inject(…)`, `static inject` or `Class.inject = …`. */
export class Injections {
  private readonly lists = new Map<Node, readonly Place[]>();
  private readonly named = new Map<string, readonly Place[]>();

  constructor(file: SourceFile) {
    for (const { node, around } of placesOf(file.places, 'Decorator')) {
      const { expression } = node;
      if (calledName(expression) === 'inject' && 'arguments' in expression) this.add(around, expression.arguments);
    }
    for (const { node, around } of placesOf(file.places, 'ClassProperty', 'ClassMethod')) {
      if (node.static && keyOf(node) === 'inject') this.add(around, listIn(node));
    }
    for (const { node, around } of placesOf(file.places, 'AssignmentExpression')) {
      const { left, right } = node;
      if (propertyOf(left) !== 'inject' || !('object' in left) || right.type !== 'ArrayExpression') continue;
      this.named.set(nameOf(left.object) ?? '', toPlaces(right.elements, around));
    }
  }

  /** The injected values of a class, in the order of the parameters. */
  of(node: Node | undefined): readonly Place[] | undefined {
    if (!node) return undefined;
    return this.lists.get(node) ?? this.named.get(('id' in node && nameOf(node.id as Node)) || '');
  }

  private add(around: readonly Node[], elements: readonly (Node | null)[]): void {
    const owner = [...around].reverse().find(node => 'superClass' in node);
    if (owner) this.lists.set(owner, toPlaces(elements, around));
  }
}

function toPlaces(elements: readonly (Node | null)[], around: readonly Node[]): Place[] {
  return elements.map(element => ({ node: element ?? ({ type: 'NullLiteral' } as Node), around }));
}

function listIn(node: Node): readonly (Node | null)[] {
  const returned =
    node.type === 'ClassMethod' ? node.body.body.find(({ type }) => type === 'ReturnStatement') : undefined;
  const value = node.type === 'ClassProperty' ? node.value : returned && 'argument' in returned && returned.argument;
  return value && typeof value === 'object' && value.type === 'ArrayExpression' ? value.elements : [];
}
