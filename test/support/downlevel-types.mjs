import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * Writes declaration files that TypeScript 3.9 reads: without `type` modifiers on names (4.5), labels of tuple members (4.0) and
 * template literal types (4.1).
 *
 * @param {string} from folder of the declaration files
 * @param {string} to folder to write to
 */
export function downlevelTypes(from, to) {
  const files = readdirSync(from, { recursive: true }).filter(name => name.endsWith('.d.ts'));
  for (const name of files) {
    const file = join(to, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, downlevelled(readFileSync(join(from, name), 'utf8')));
  }
}

/** Edits go from the end to the start, so that positions stay right. */
function downlevelled(text) {
  const source = ts.createSourceFile('x.d.ts', text, ts.ScriptTarget.Latest, true);
  const edits = [];
  visit(source);
  return edits
    .sort((one, other) => other.from - one.from)
    .reduce((edited, { from, to, by }) => edited.slice(0, from) + by + edited.slice(to), text);

  function visit(node) {
    const edit = editOf(node);
    if (edit) edits.push({ from: node.getStart(source), to: node.getEnd(), by: edit });
    else ts.forEachChild(node, visit);
  }

  function editOf(node) {
    if ((ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) && node.isTypeOnly) {
      return node.getText(source).replace(/^type\s+/, '');
    }
    if (ts.isNamedTupleMember(node)) {
      const type = downlevelled(`type T = ${node.type.getText(source)};`).slice('type T = '.length, -1);
      return `${node.dotDotDotToken ? '...' : ''}${type}${node.questionToken ? '?' : ''}`;
    }
    return ts.isTemplateLiteralTypeNode(node) ? 'string' : undefined;
  }
}
