import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../../..');

/** A use of a feature of the browser or of the language. */
export interface FeatureUse {
  /** An API by the names of TypeScript's declarations: `AbortSignal.reason`, `fetch`. Or one of {@link syntax}. */
  readonly feature: string;
  /** The file and its line. */
  readonly place: string;
}

/** Finds the features that an entry point uses, in its own files and in the files that they import. */
export class UsedFeatures {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  private readonly byFile = new Map<string, readonly FeatureUse[]>();

  /** @param added files that are not on disk, by their path from the root */
  constructor(added: ReadonlyMap<string, string> = new Map()) {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(root, 'tsconfig.json'),
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    const { fileNames = [], options = {} } = config ?? {};
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    const fromRoot = (file: string) => relative(root, file).replaceAll('\\', '/');
    host.readFile = file => added.get(fromRoot(file)) ?? readFile(file);
    host.fileExists = file => added.has(fromRoot(file)) || fileExists(file);
    const addedFiles = [...added.keys()].map(file => join(root, file));
    this.program = ts.createProgram([...fileNames, ...addedFiles], options, host);
    this.checker = this.program.getTypeChecker();
  }

  /** @param entryPoint path of its file, from the root */
  of(entryPoint: string): FeatureUse[] {
    const files = new Set<string>();
    const add = (file: string): void => {
      if (files.has(file)) return;
      files.add(file);
      for (const imported of this.importsOf(file)) add(imported);
    };
    add(join(root, entryPoint));
    return [...files].flatMap(file => this.inFile(file));
  }

  /** Files of `src` that a file loads. Imports of types load nothing. */
  private importsOf(file: string): string[] {
    const statements = this.program.getSourceFile(file)?.statements ?? [];
    return statements.flatMap(statement => {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
      const isType = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
      const { moduleSpecifier } = statement;
      if (isType || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || !moduleSpecifier.text.startsWith('.'))
        return [];
      return [join(file, '..', moduleSpecifier.text.replace(/\.js$/, '.ts'))];
    });
  }

  private inFile(file: string): readonly FeatureUse[] {
    const source = this.program.getSourceFile(file);
    const known = this.byFile.get(file);
    if (known || !source) return known ?? [];
    const uses: FeatureUse[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const features = ts.isIdentifier(node) ? this.featuresOf(node) : syntaxOf(node);
      for (const feature of features) uses.push({ feature, place: `${relative(root, file)}:${line + 1}` });
      ts.forEachChild(node, visit);
    };
    visit(source);
    this.byFile.set(file, uses);
    return uses;
  }

  private featuresOf(node: ts.Identifier): string[] {
    // The compiler has no declaration of it.
    if (node.text === 'globalThis') return ['globalThis'];
    const symbol = this.symbolOf(node);
    const declaration = symbol?.declarations?.find(({ parent }) => parent);
    if (!symbol || !declaration || !this.isOfPlatform(declaration)) return [];
    return [featureOf(symbol.name, declaration)];
  }

  /** The property that destructuring reads; otherwise what the name stands for. */
  private symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    const { parent } = node;
    const isRead = ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === node;
    if (!isRead || !ts.isObjectBindingPattern(parent.parent)) return this.checker.getSymbolAtLocation(node);
    return this.checker.getTypeAtLocation(parent.parent).getProperty(node.text);
  }

  private isOfPlatform(declaration: ts.Declaration): boolean {
    return this.program.isSourceFileDefaultLibrary(declaration.getSourceFile());
  }
}

/** The data of MDN distinguishes static members of browser APIs. */
function featureOf(name: string, { parent }: ts.Declaration): string {
  if (ts.isInterfaceDeclaration(parent)) return `${parent.name.text}.${name}`;
  if (ts.isModuleBlock(parent)) return `${parent.parent.name.text}.${name}`;
  // `declare var Response: { json(…): Response }`
  const isStatic = ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(parent.parent);
  return isStatic ? `${parent.parent.name.getText()}.${name}_static` : name;
}

/** Syntax that the compiler leaves as it is, by its pattern in a regular expression. */
const regularExpressions: Readonly<Record<string, RegExp>> = {
  'regular_expressions.lookbehind_assertion': /\(\?<[=!]/,
  'regular_expressions.named_capturing_group': /\(\?<[^=!]/,
  'regular_expressions.unicode_character_class_escape': /\\[pP]\{/,
};

function syntaxOf(node: ts.Node): string[] {
  if (ts.isRegularExpressionLiteral(node))
    return Object.keys(regularExpressions).filter(name => regularExpressions[name]?.test(node.text));
  if (ts.isCatchClause(node) && !node.variableDeclaration) return ['statements.try_catch.optional_catch_binding'];
  return ts.isSpreadAssignment(node) ? ['operators.spread.spread_in_object_literals'] : [];
}
