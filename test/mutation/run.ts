/**
 * Changes the source, one place at a time, and runs the specs: a change that no spec notices is a survivor.
 *
 *     npm run mutation -- session http [--count 400] [--seed 1] [--file session.ts] [--all]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserSources } from '../support/bundle-specs.mjs';
import { coveringSpecs } from './covering-specs.js';
import { type Mutant, mutantsOf } from './mutants.js';
import { SpecBundle } from './spec-bundle.js';
import { SpecPage } from './spec-page.js';
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
const instrumented = await SpecBundle.create(folders, { instrumented: true });
const baseline = await page.run(await instrumented.script(), 120_000);
await instrumented.dispose();
if (baseline.failure !== undefined) throw new Error(`The specs fail without a change: ${baseline.failure}.`);
console.log(`${baseline.names.length} specs pass without a change`);

const bundle = await SpecBundle.create(folders);
const types = new TypeCheck();
const counts = { caught: 0, survived: 0, 'not covered': 0, 'type error': 0 };
const survivors: Mutant[] = [];
const started = performance.now();
for (const [index, mutant] of mutants.entries()) {
  const outcome = await outcomeOf(mutant);
  counts[outcome] += 1;
  if (outcome === 'survived' || outcome === 'not covered') survivors.push(mutant);
  if ((index + 1) % 50 === 0) console.log(`${index + 1} mutants, ${survivors.length} survivors`);
}
const seconds = (performance.now() - started) / 1000;
await bundle.dispose();
await page.close();
report();

async function outcomeOf(mutant: Mutant): Promise<keyof typeof counts> {
  const source = sources.get(mutant.file) ?? '';
  const changed = source.slice(0, mutant.start) + mutant.replacement + source.slice(mutant.end);
  const specs = coveringSpecs(mutant, baseline);
  if (specs.length > 0) {
    const script = await bundle.script(mutant.file, changed).catch(() => undefined);
    if (script === undefined) return 'type error';
    const { failure } = await page.run(script, 20_000, specs);
    if (failure !== undefined) return 'caught';
  }
  if (!types.accepts(mutant.file, changed)) return 'type error';
  return specs.length > 0 ? 'survived' : 'not covered';
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
