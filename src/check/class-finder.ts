import type { Class, Node } from '@babel/types';
import type { Application } from './application.js';
import { Injections } from './injections.js';
import { classOfMember, exportedNames, isPredecessor } from './predecessor.js';
import { type Binding, nameOfType, typeName } from './scopes.js';
import type { SourceFile } from './source-file.js';
import { bare, calledName, keyOf, nameOf, type Place, placesOf, propertyOf, textOf } from './syntax.js';

/** Values are followed through this many names. */
const maxSteps = 20;

/** Finds which class of the package a value in a source file has, by imports, types, injection and assignments. */
export class ClassFinder {
  private readonly injections: Injections;
  private readonly properties = new Map<Node, Map<string, Binding>>();

  constructor(
    private readonly app: Application,
    private readonly file: SourceFile,
  ) {
    this.injections = new Injections(file);
    this.collectProperties();
  }

  /** The class of a value, such as `AuthService`. Undefined if it is none of the package. */
  classOf({ node, around }: Place, steps = maxSteps): string | undefined {
    const value = bare(node);
    const asserted =
      'typeAnnotation' in node && 'expression' in node && this.typedClass(nameOfType(node.typeAnnotation as Node));
    if (asserted) return asserted;
    if (steps === 0) return undefined;
    if (value.type === 'Identifier') return this.classOfBinding(this.file.scopes.find(value.name, around), steps);
    if (value.type === 'ThisExpression' || value.type === 'Super') return this.superclass(enclosingClass(around));
    if (value.type === 'NewExpression') return this.namedClass(value.callee, around);
    const property = propertyOf(value);
    if (property !== undefined && 'object' in value) {
      return this.classOfProperty({ node: value.object as Node, around }, property, steps);
    }
    const [argument] = 'arguments' in value ? value.arguments : [];
    const isLookUp = ['get', 'resolve', 'inject'].includes(calledName(value) ?? '');
    return isLookUp && argument ? this.namedClass(argument, around) : undefined;
  }

  /** The class of the package that a name means, or that the class of the name extends. */
  namedClass(node: Node, around: readonly Node[]): string | undefined {
    const property = propertyOf(node);
    const name = nameOf(property !== undefined && 'object' in node ? (node.object as Node) : node);
    const binding = name === undefined ? undefined : this.file.scopes.find(name, around);
    if (binding?.declares) return this.superclass(binding.declares);
    if (!binding?.imported) return undefined;
    const { module, name: exported } = binding.imported;
    const imported = property ?? exported;
    if (isPredecessor(module)) return exportedNames.has(imported) ? imported : undefined;
    const other = this.app.exported(this.file, module, imported);
    if (!other) return undefined;
    const finder = new ClassFinder(this.app, other.file);
    return 'superClass' in other.place.node
      ? finder.superclass(other.place)
      : finder.namedClass(other.place.node, other.place.around);
  }

  /** The class of the package that a class extends. */
  superclass(place: Place | undefined): string | undefined {
    if (!place || !('superClass' in place.node) || !place.node.superClass) return undefined;
    return this.namedClass(place.node.superClass, place.around);
  }

  /** Names of properties that hold an object of the package, with its class. */
  *heldByProperties(): Generator<[property: string, className: string]> {
    for (const bindings of this.properties.values()) {
      for (const [property, binding] of bindings) {
        const className = this.classOfBinding(binding, maxSteps);
        if (className) yield [property, className];
      }
    }
  }

  private classOfProperty(object: Place, property: string, steps: number): string | undefined {
    const owner = enclosingClass(object.around)?.node ?? object.around[0];
    const own = object.node.type === 'ThisExpression' && owner ? this.properties.get(owner)?.get(property) : undefined;
    if (own) return this.classOfBinding(own, steps - 1);
    const className = this.classOf(object, steps - 1);
    return className && classOfMember(className, property);
  }

  private classOfBinding(binding: Binding | undefined, steps: number): string | undefined {
    if (!binding) return undefined;
    const { type, value, property, parameter } = binding;
    const program = this.file.places[0]?.node;
    const typed =
      type !== undefined && program && this.namedClass({ type: 'Identifier', name: type } as Node, [program]);
    if (typed) return typed;
    if (value && property !== undefined) return this.classOfProperty(value, property, steps);
    if (value) return this.classOf(value, steps - 1);
    return parameter && this.classOfParameter(parameter);
  }

  private typedClass(type: string | undefined): string | undefined {
    const program = this.file.places[0]?.node;
    if (type === undefined || !program) return undefined;
    return this.namedClass({ type: 'Identifier', name: type } as Node, [program]);
  }

  private classOfParameter({ of, index }: NonNullable<Binding['parameter']>): string | undefined {
    if (index === 0 && isPluginCallback(this.file, of)) return 'BaseConfig';
    const isConstructor = of.node.type === 'ClassMethod' && of.node.kind === 'constructor';
    const injected = isConstructor ? this.injections.of(enclosingClass(of.around)?.node)?.[index] : undefined;
    return injected && this.namedClass(injected.node, injected.around);
  }

  private collectProperties(): void {
    for (const { node, around } of placesOf(this.file.places, 'ClassProperty', 'ClassAccessorProperty')) {
      const value = node.value ? { node: node.value, around } : undefined;
      this.addProperty(around, keyOf(node), { type: typeName(node), value });
    }
    for (const { node, around } of placesOf(this.file.places, 'TSParameterProperty')) {
      const parameter = node.parameter.type === 'AssignmentPattern' ? node.parameter.left : node.parameter;
      this.addProperty(around, nameOf(parameter), { value: { node: parameter, around } });
    }
    for (const { node, around } of placesOf(this.file.places, 'AssignmentExpression')) {
      const { left, right } = node;
      const isOwn = 'object' in left && left.object.type === 'ThisExpression';
      if (isOwn) this.addProperty(around, propertyOf(left), { value: { node: right, around } });
    }
  }

  /** The first value that has a class decides. */
  private addProperty(around: readonly Node[], name: string | undefined, binding: Binding): void {
    const owner = enclosingClass(around)?.node ?? around[0];
    if (!owner || name === undefined) return;
    const known = this.properties.get(owner) ?? new Map<string, Binding>();
    this.properties.set(owner, known);
    if (!this.classOfBinding(known.get(name), maxSteps)) known.set(name, binding);
  }
}

/** The innermost class around a node. */
export function enclosingClass(around: readonly Node[]): Place<Class> | undefined {
  const index = around.map(node => 'superClass' in node).lastIndexOf(true);
  const node = around[index];
  return node && 'superClass' in node ? { node, around: around.slice(0, index) } : undefined;
}

/** Whether a call registers the package as a plugin. */
export function isPluginCall(file: SourceFile, { node, around }: Place): boolean {
  if (calledName(node) !== 'plugin' || !('arguments' in node)) return false;
  const [plugin] = node.arguments;
  const binding = file.scopes.find(nameOf(plugin) ?? '', around);
  const module = binding?.imported?.module ?? moduleName(binding?.value?.node ?? plugin);
  return module !== undefined && isPredecessor(module);
}

/** The text of `'…'` and of `PLATFORM.moduleName('…')`. */
function moduleName(node: Node | undefined): string | undefined {
  return textOf(node && 'arguments' in node ? node.arguments[0] : node);
}

function isPluginCallback(file: SourceFile, { node, around }: Place): boolean {
  const call = around.at(-1);
  if (!call || !('arguments' in call) || call.arguments[1] !== node) return false;
  return isPluginCall(file, { node: call, around: around.slice(0, -1) });
}
