import ts from 'typescript';

/** One change to a source file. */
export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** 1-based line of the change. */
  readonly line: number;
  /** 0-based column of the change. */
  readonly column: number;
  /** The change in one line. Together with the file, it names the mutant in the list of survivors. */
  readonly change: string;
}

interface Edit {
  readonly node: ts.Node;
  readonly replacement: string;
}

const operators: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.AmpersandAmpersandToken, ['||']],
  [ts.SyntaxKind.BarBarToken, ['&&']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.LessThanToken, ['<=', '>=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [ts.SyntaxKind.MinusToken, ['+']],
  [ts.SyntaxKind.AsteriskToken, ['/']],
  [ts.SyntaxKind.SlashToken, ['*']],
]);

const methods: Readonly<Record<string, string>> = { every: 'some', some: 'every', min: 'max', max: 'min' };

/** Returns all mutants of a source file. Types, imports and error messages are left alone. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const mutants: Mutant[] = [];
  visit(tree);
  return mutants;

  function visit(node: ts.Node): void {
    if (isIgnored(node)) return;
    for (const edit of editsOf(node, tree)) mutants.push(mutant(edit));
    ts.forEachChild(node, visit);
  }

  function mutant({ node, replacement }: Edit): Mutant {
    const start = node.getStart(tree);
    const { line, character } = tree.getLineAndCharacterOfPosition(start);
    const parent = ts.isToken(node) ? node.parent : node;
    const before = parent.getText(tree);
    const offset = start - parent.getStart(tree);
    const after = before.slice(0, offset) + replacement + before.slice(offset + node.getText(tree).length);
    const change = `${oneLine(before)} → ${oneLine(after) || '(removed)'}`;
    return { file, start, end: node.getEnd(), replacement, line: line + 1, column: character, change };
  }
}

/** Whether a node has no effect at run time, or only on the text of a message. */
function isIgnored(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isSourceFile(node)) return false;
  const { parent } = node;
  const isThrown = ts.isNewExpression(parent) && /(?:Error|Exception)$/.test(parent.expression.getText());
  const isNamed = ts.isVariableDeclaration(parent) && parent.name.getText() === 'message';
  return (isThrown || isNamed) && isMessage(node);
}

function isMessage(node: ts.Node): boolean {
  return ts.isTemplateExpression(node) || (ts.isStringLiteralLike(node) && node.text.includes(' '));
}

function editsOf(node: ts.Node, tree: ts.SourceFile): readonly Edit[] {
  const text = (of: ts.Node) => of.getText(tree);
  if (ts.isBinaryExpression(node)) return binaryEdits(node, tree);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ node, replacement: text(node.operand) }];
  if (ts.isConditionalExpression(node)) return bothWays(node.condition);
  if (ts.isIfStatement(node)) return bothWays(node.expression);
  if (ts.isWhileStatement(node)) return [{ node: node.expression, replacement: 'false' }];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, replacement: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, replacement: 'true' }];
  if (ts.isNumericLiteral(node)) return [{ node, replacement: node.text === '0' ? '1' : `(2 * ${text(node)})` }];
  if (ts.isStringLiteral(node)) return stringEdits(node);
  if (ts.isExpressionStatement(node)) return statementEdits(node);
  if (ts.isReturnStatement(node) && !node.expression) return [{ node, replacement: ';' }];
  if (ts.isSpreadAssignment(node)) return [{ node, replacement: '...{}' }];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && text(node.body) !== 'undefined')
    return [{ node: node.body, replacement: '(undefined as never)' }];
  if (ts.isPropertyAccessExpression(node)) return accessEdits(node);
  return [];
}

function binaryEdits(node: ts.BinaryExpression, tree: ts.SourceFile): readonly Edit[] {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [
      { node, replacement: left.getText(tree) },
      { node, replacement: `(${right.getText(tree)})` },
    ];
  if (operatorToken.kind === ts.SyntaxKind.PlusToken)
    return [left, right].some(isText) ? [] : [{ node: operatorToken, replacement: '-' }];
  return (operators.get(operatorToken.kind) ?? []).map(replacement => ({ node: operatorToken, replacement }));
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function bothWays(node: ts.Expression): readonly Edit[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return [];
  return [
    { node, replacement: '(true as boolean)' },
    { node, replacement: '(false as boolean)' },
  ];
}

function stringEdits(node: ts.StringLiteral): readonly Edit[] {
  const { parent } = node;
  const isName = ts.isPropertyAssignment(parent) && parent.name === node;
  const isMember = ts.isElementAccessExpression(parent);
  const isPunctuation = !/\w/.test(node.text);
  return isName || isMember || isPunctuation || ts.isPropertySignature(parent)
    ? []
    : [{ node, replacement: `'mutated'` }];
}

function statementEdits(node: ts.ExpressionStatement): readonly Edit[] {
  const { expression } = node;
  const isSuper = ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword;
  return isSuper ? [] : [{ node, replacement: ';' }];
}

function accessEdits(node: ts.PropertyAccessExpression): readonly Edit[] {
  const { name, questionDotToken, parent } = node;
  const swapped = ts.isCallExpression(parent) && parent.expression === node ? methods[name.text] : undefined;
  return [
    ...(questionDotToken ? [{ node: questionDotToken, replacement: '.' }] : []),
    ...(swapped !== undefined ? [{ node: name, replacement: swapped }] : []),
  ];
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === ';' ? '' : line;
}
