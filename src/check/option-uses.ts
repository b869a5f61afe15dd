import type { Node } from '@babel/types';
import type { Application } from './application.js';
import { ClassFinder, isPluginCall } from './class-finder.js';
import type { SourceFile } from './source-file.js';
import { bare, keyOf, nameOf, type Place, placesOf, propertyOf } from './syntax.js';
import { positionOf, type Use } from './use.js';

/** The options of an application, and places whose options could not be found. */
export interface OptionUses {
  readonly uses: readonly Use[];
  readonly unknown: readonly Pick<Use, 'file' | 'line' | 'column'>[];
}

/** An expression that is given as options. */
interface Given {
  readonly file: SourceFile;
  readonly place: Place;
}

const maxSteps = 20;

/** Finds the options that are given to the plugin, to `configure()` or to a `BaseConfig`, also in other source files. */
export function optionUses(app: Application): OptionUses {
  const given = [...app.sources.values()].flatMap(file => givenOptions(file, new ClassFinder(app, file)));
  const objects = new Map<Node, SourceFile>();
  const unknown = given.filter(one => !collect(app, one, objects, maxSteps));
  const uses = [...objects].flatMap(([node, file]) => usesIn(node, file));
  return {
    uses,
    unknown: unknown.map(({ file, place }) => ({ file: file.path, ...positionOf(place.node) })),
  };
}

function givenOptions(file: SourceFile, finder: ClassFinder): Given[] {
  const passed = placesOf(file.places, 'CallExpression', 'OptionalCallExpression').flatMap(({ node, around }) => {
    const isConfigure = propertyOf(node.callee) === 'configure' && 'object' in node.callee;
    const object = isConfigure && 'object' in node.callee ? (node.callee.object as Node) : undefined;
    if (object && finder.classOf({ node: object, around }) === 'BaseConfig')
      return [{ node: node.arguments[0], around }];
    const isPlugin = isPluginCall(file, { node, around });
    return isPlugin && !isFunction(node.arguments[1]) ? [{ node: node.arguments[1], around }] : [];
  });
  const typed = placesOf(file.places, 'TSAsExpression', 'TSTypeAssertion').filter(({ node, around }) => {
    const type = 'typeName' in node.typeAnnotation ? (node.typeAnnotation.typeName as Node) : undefined;
    return type && finder.namedClass(type, around) === 'BaseConfig' && node.expression.type === 'ObjectExpression';
  });
  return [...passed, ...typed].flatMap(({ node, around }) => (node ? [{ file, place: { node, around } }] : []));
}

/** Collects the object literals that an expression consists of. Returns whether there was any. */
function collect(app: Application, { file, place }: Given, objects: Map<Node, SourceFile>, steps: number): boolean {
  const node = bare(place.node);
  const inside = (inner: Node) =>
    collect(app, { file, place: { node: inner, around: place.around } }, objects, steps - 1);
  if (steps === 0) return false;
  if (node.type === 'ObjectExpression') {
    objects.set(node, file);
    const spread = node.properties.flatMap(property => (property.type === 'SpreadElement' ? [property.argument] : []));
    return spread.map(inside).every(Boolean);
  }
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate].map(inside).some(Boolean);
  if (
    node.type === 'CallExpression' &&
    ['assign', 'freeze', 'extend'].includes(propertyOf(node.callee) ?? nameOf(node.callee) ?? '')
  ) {
    return node.arguments.map(inside).some(Boolean);
  }
  const next = followed(app, file, { node, around: place.around });
  return next ? collect(app, next, objects, steps - 1) : false;
}

/** The value behind a name, or behind a property of a module. */
function followed(app: Application, file: SourceFile, { node, around }: Place): Given | undefined {
  const property = propertyOf(node);
  const name = nameOf(property !== undefined && 'object' in node ? (node.object as Node) : node);
  const binding = name === undefined ? undefined : file.scopes.find(name, around);
  if (!binding) return undefined;
  if (binding.imported) return app.exported(file, binding.imported.module, property ?? binding.imported.name);
  return binding.value && property === undefined && binding.property === undefined
    ? { file, place: binding.value }
    : undefined;
}

function usesIn(node: Node, { path }: SourceFile): Use[] {
  if (node.type !== 'ObjectExpression') return [];
  return node.properties.flatMap((property): Use[] => {
    const name = keyOf(property);
    if (name === undefined) return [];
    const value = property.type === 'ObjectProperty' ? { value: property.value } : {};
    return [{ member: `BaseConfig.${name}`, kind: 'option', file: path, ...positionOf(property), ...value }];
  });
}

function isFunction(node: Node | undefined): boolean {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';
}
