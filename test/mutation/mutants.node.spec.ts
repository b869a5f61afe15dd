import { coveringSpecs } from './covering-specs.js';
import { mutantsOf } from './mutants.js';

function changes(source: string): string[] {
  return mutantsOf('src/x.ts', source).map(({ change }) => change);
}

describe('the mutants of a source file', () => {
  it('change operators, conditions, literals and statements', () => {
    expect(changes('if (a && !b) c();')).toEqual([
      'a && !b → (true as boolean)',
      'a && !b → (false as boolean)',
      'a && !b → a || !b',
      '!b → b',
      'c(); → (removed)',
    ]);
    expect(changes('const d = e ?? 7;')).toEqual(['e ?? 7 → e', 'e ?? 7 → (7)', 'e ?? 7 → e ?? (2 * 7)']);
  });

  it('change no types, imports and messages of errors', () => {
    expect(changes("import { a } from 'b';\nconst c = d as 'e' | true;\nthrow new AuthError('no such c');")).toEqual(
      [],
    );
    expect(changes("const message = 'no such c';")).toEqual([]);
  });

  it('replace the text at their position', () => {
    const source = 'f(a.every(b));';
    const [mutant] = mutantsOf('src/x.ts', source).filter(({ replacement }) => replacement === 'some');
    expect(source.slice(mutant?.start, mutant?.end)).toBe('every');
    expect([mutant?.line, mutant?.column]).toEqual([1, 4]);
  });
});

describe('the specs of a mutant', () => {
  const range = (line: number, from: number, to: number) => ({
    start: { line, column: from },
    end: { line, column: to },
  });
  const file = `${process.cwd()}/src/x.ts`;
  const baseline = {
    failure: undefined,
    names: ['one', 'two', 'three'],
    statements: { [file]: { 0: range(1, 0, 40), 1: range(1, 10, 20), 2: range(1, 25, 30), 3: range(2, 0, 9) } },
    coverage: { [`${file}:0`]: ['one', 'two'], [`${file}:1`]: ['two'] },
  };
  const at = (line: number, column: number) => ({
    file: 'src/x.ts',
    start: 0,
    end: 1,
    replacement: '',
    line,
    column,
    change: '',
  });

  it('execute the innermost statement', () => {
    expect(coveringSpecs(at(1, 12), baseline)).toEqual([['two']]);
    expect(coveringSpecs(at(1, 5), baseline)).toEqual([['one', 'two']]);
    expect(coveringSpecs(at(1, 26), baseline)).toEqual([]);
  });

  it('are all specs for a statement that runs while the module is loaded, those of the file first', () => {
    expect(coveringSpecs(at(2, 3), baseline)).toEqual([['one', 'two'], ['three']]);
  });
});
