import { join } from 'node:path';
import type { Mutant } from './mutants.js';
import type { Position, Range, SpecRun } from './spec-page.js';

/**
 * Returns the names of the specs that execute the statement of a mutant, in groups to run one after the other. A statement that runs
 * while the module is loaded may concern any spec: the second group is the specs that execute no other statement of the file.
 */
export function coveringSpecs(
  { file: name, line, column }: Mutant,
  { coverage, statements, names }: SpecRun,
): readonly (readonly string[])[] {
  const file = join(import.meta.dirname, '../..', name);
  const ofFile = statements[file] ?? {};
  const around = Object.entries(ofFile).filter(([, range]) => contains(range, { line, column }));
  const [innermost] = around.sort(
    ([, one], [, other]) => compare(other.start, one.start) || compare(one.end, other.end),
  );
  const specs = innermost && coverage[`${file}:${innermost[0]}`];
  if (specs) return [specs];
  const isLoaded = around.length <= 1;
  if (!isLoaded) return [];
  const ofModule = new Set(Object.keys(ofFile).flatMap(id => coverage[`${file}:${id}`] ?? []));
  return [[...ofModule], names.filter(each => !ofModule.has(each))];
}

function contains({ start, end }: Range, position: Position): boolean {
  return compare(start, position) <= 0 && compare(position, end) < 0;
}

function compare(one: Position, other: Position): number {
  return one.line - other.line || one.column - other.column;
}
