import { type ParserPlugin, parse, parseExpression } from '@babel/parser';
import type { Node } from '@babel/types';

/** A node of a syntax tree, with the nodes around it. */
export interface Place<N extends Node = Node> {
  readonly node: N;
  /** The innermost comes last. */
  readonly around: readonly Node[];
}

const common: ParserPlugin[] = ['decorators-legacy', 'decoratorAutoAccessors', 'exportDefaultFrom'];

/**
 * Parses a JavaScript, TypeScript or JSON file.
 *
 * @throws if the text has a syntax error that the parser cannot skip
 */
export function syntaxTree(text: string, path: string): Node {
  if (path.endsWith('.json')) return parseExpression(text);
  return parse(text, {
    sourceType: 'unambiguous',
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    plugins: [...common, ...dialect(path)],
  }).program;
}

function dialect(path: string): ParserPlugin[] {
  if (/\.[cm]?ts$/.test(path)) return ['typescript'];
  return path.endsWith('.tsx') ? ['typescript', 'jsx'] : ['flow', 'jsx'];
}

/** Every node, each before the nodes in it. */
export function* places(node: Node, around: readonly Node[] = []): Generator<Place> {
  yield { node, around };
  const inner = [...around, node];
  for (const child of children(node)) yield* places(child, inner);
}

function children(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'leadingComments' || key === 'trailingComments' || key === 'innerComments' || key === 'extra'
      ? []
      : [value].flat().filter(isNode),
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The places of the given types. */
export function placesOf<T extends Node['type']>(
  all: readonly Place[],
  ...types: T[]
): Place<Extract<Node, { type: T }>>[] {
  const wanted: ReadonlySet<string> = new Set(types);
  return all.filter((place): place is Place<Extract<Node, { type: T }>> => wanted.has(place.node.type));
}

/** The name of a property or a method. Undefined if it is computed. */
export function keyOf(node: Node): string | undefined {
  if (!('key' in node)) return undefined;
  if ('computed' in node && node.computed && node.key.type !== 'StringLiteral') return undefined;
  return nameOf(node.key);
}

/** The name of an accessed property. Undefined if it is computed. */
export function propertyOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined;
  return node.computed && node.property.type !== 'StringLiteral' ? undefined : nameOf(node.property);
}

/** The text of an identifier or of a string. */
export function nameOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Identifier') return node.name;
  return node?.type === 'StringLiteral' ? node.value : undefined;
}

/** The text of a string, or the beginning of a template. */
export function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return node.value;
  return node?.type === 'TemplateLiteral' ? node.quasis[0]?.value.raw : undefined;
}

/** The callee of a call, as the name that is called: `get` in `container.get(…)`. */
export function calledName(node: Node): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression') return undefined;
  return propertyOf(node.callee) ?? nameOf(node.callee);
}

/** The expression without parentheses, type assertions and `await`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
    case 'TypeCastExpression':
      return bare(node.expression);
    case 'AwaitExpression':
      return bare(node.argument);
    case 'AssignmentExpression':
      return bare(node.right);
    case 'LogicalExpression':
      return bare(node.left);
    default:
      return node;
  }
}
