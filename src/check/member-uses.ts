import type { Node } from '@babel/types';
import type { ClassFinder } from './class-finder.js';
import { members } from './members.js';
import { isKnownMember } from './predecessor.js';
import type { SourceFile } from './source-file.js';
import { bare, keyOf, type Place, placesOf, propertyOf } from './syntax.js';
import { positionOf, type Use } from './use.js';

/** Finds the members of objects of the package that a source file uses or overrides. */
export function memberUses(file: SourceFile, finder: ClassFinder): Use[] {
  return [...accesses(file, finder), ...destructured(file, finder), ...overrides(file, finder)];
}

function accesses(file: SourceFile, finder: ClassFinder): Use[] {
  return placesOf(file.places, 'MemberExpression', 'OptionalMemberExpression').flatMap(({ node, around }) => {
    const property = propertyOf(node);
    const className = property && finder.classOf({ node: node.object, around });
    if (!className) return [];
    const member = `${className}.${property}`;
    // A subclass has members of its own.
    const isOwn = ['ThisExpression', 'Super'].includes(bare(node.object).type);
    if (isOwn && !isKnownMember(member, members)) return [];
    return [{ member, file: file.path, ...positionOf(node.property), ...accessOf({ node, around }) }];
  });
}

function accessOf({ node, around }: Place): Pick<Use, 'kind' | 'args' | 'value' | 'isErrorHandled'> {
  const outer = around.at(-1);
  if (outer && 'arguments' in outer && outer.callee === node) {
    return { kind: 'call', args: outer.arguments, isErrorHandled: isErrorHandled(outer, around.slice(0, -1)) };
  }
  if (outer?.type === 'AssignmentExpression' && outer.left === node) return { kind: 'write', value: outer.right };
  return { kind: 'read' };
}

function destructured(file: SourceFile, finder: ClassFinder): Use[] {
  return placesOf(file.places, 'VariableDeclarator').flatMap(({ node, around }) => {
    const { id, init } = node;
    if (id.type !== 'ObjectPattern' || !init) return [];
    const className = finder.classOf({ node: init, around });
    if (!className) return [];
    return id.properties.flatMap((property): Use[] => {
      const name = keyOf(property);
      return name ? [{ member: `${className}.${name}`, kind: 'read', file: file.path, ...positionOf(property) }] : [];
    });
  });
}

function overrides(file: SourceFile, finder: ClassFinder): Use[] {
  return placesOf(file.places, 'ClassMethod', 'ClassProperty').flatMap(({ node, around }): Use[] => {
    const owner = around.at(-2);
    const name = keyOf(node);
    if (!owner || !name || node.static) return [];
    const member = `${finder.superclass({ node: owner, around: around.slice(0, -2) })}.${name}`;
    if (!isKnownMember(member, members)) return [];
    return [{ member, kind: 'override', file: file.path, ...positionOf(node.key) }];
  });
}

/** By `try`, by `.catch(…)` or by the second argument of `.then(…)`, in the innermost function. */
function isErrorHandled(call: Node, around: readonly Node[]): boolean {
  let inner = call;
  for (const node of [...around].reverse()) {
    if (node.type === 'TryStatement' && node.block === inner && node.handler?.param) return true;
    const method = propertyOf(node);
    const next = around[around.indexOf(node) - 1];
    if (method === 'catch') return true;
    if (method === 'then' && next && 'arguments' in next && next.arguments.length > 1) return true;
    if ('params' in node && 'body' in node) return false;
    inner = node;
  }
  return false;
}
