/**
 * Changes the source, one place at a time, and runs the specs: a change that no spec notices is a survivor.
 *
 *     npm run mutation -- session http [--count 400] [--seed 1] [--file session.ts] [--all]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserSources, browserSpecs } from '../support/bundle-specs.mjs';
import { type Mutant, mutantsOf } from './mutants.js';
import { SpecPage } from './spec-page.js';
import { SpecSuite } from './spec-suite.js';
import { type AcceptedSurvivor, isAccepted } from './survivors.js';
import { TypeCheck } from './type-check.js';

const root = join(import.meta.dirname, '../..');
const required = 95;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
  },
});
const folders = positionals.length > 0 ? positionals : ['session', 'http'];
const accepted: readonly AcceptedSurvivor[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8'),
);

const files = browserSources().filter(
  file => folders.some(folder => file.startsWith(`src/${folder}/`)) && file.includes(values.file),
);
const sources = new Map(files.map(file => [file, readFileSync(join(root, file), 'utf8')]));
const all = files.flatMap(file => mutantsOf(file, sources.get(file) ?? ''));
const mutants = values.all ? all : sample(all, Number(values.count), Number(values.seed));
console.log(`${mutants.length} of ${all.length} mutants of ${files.length} files`);

const page = await SpecPage.open();
const others = specFolders().filter(folder => !folders.includes(folder));
const suites = [await SpecSuite.create(page, folders), await SpecSuite.create(page, others)];
const types = new TypeCheck();
const counts = { caught: 0, survived: 0, 'type error': 0 };
const survivors: Mutant[] = [];
const started = performance.now();
for (const [index, mutant] of mutants.entries()) {
  const outcome = await outcomeOf(mutant);
  counts[outcome] += 1;
  if (outcome === 'survived') survivors.push(mutant);
  if (outcome === 'survived') console.log(`${mutant.file}:${mutant.line}  ${mutant.change}`);
  if ((index + 1) % 20 === 0) console.log(`${index + 1} mutants, ${survivors.length} survivors`);
}
const seconds = (performance.now() - started) / 1000;
for (const suite of suites) await suite.dispose();
await page.close();
report();

/** Tries the specs of the folder first, then all others. */
async function outcomeOf(mutant: Mutant): Promise<keyof typeof counts> {
  const source = sources.get(mutant.file) ?? '';
  const changed = source.slice(0, mutant.start) + mutant.replacement + source.slice(mutant.end);
  if (!types.parses(mutant.file, changed)) return 'type error';
  for (const suite of suites) {
    if ((await suite.failureOf(mutant, changed)) !== undefined) return 'caught';
  }
  return types.accepts(mutant.file, changed) ? 'survived' : 'type error';
}

function specFolders(): string[] {
  return [...new Set(browserSpecs().map(spec => spec.split('/')[1] ?? ''))];
}

function report(): void {
  const listed = survivors.filter(mutant => isAccepted(mutant, accepted));
  const total = counts.caught + survivors.length;
  for (const mutant of survivors) {
    const reason = accepted.find(each => isAccepted(mutant, [each]))?.reason ?? 'NO REASON';
    console.log(`${mutant.file}:${mutant.line}\n  ${mutant.change}\n  ${reason}`);
  }
  const percent = (100 * counts.caught) / total;
  console.log(
    `\n${total} mutants in ${Math.round(seconds)} s: ${counts.caught} caught (${percent.toFixed(1)} %), ` +
      `${survivors.length} survived, ${listed.length} of them with a reason; ` +
      `${counts['type error']} more fail the type check`,
  );
  process.exitCode = percent >= required && listed.length === survivors.length ? 0 : 1;
}

/** Returns `count` items in a pseudo-random choice that depends on `seed` alone. */
function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  let state = seed;
  const random = () => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const keyed = items.map((item, index) => ({ item, index, key: random() }));
  const chosen = keyed.sort((one, other) => one.key - other.key).slice(0, count);
  return chosen.sort((one, other) => one.index - other.index).map(({ item }) => item);
}
