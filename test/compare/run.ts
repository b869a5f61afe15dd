/**
 * Compares this library with others in the behaviours that users choose by, and writes doc/comparison.md. Fails if
 * this library deviates or a trial breaks. With a part of a title as argument, runs only matching behaviours and
 * writes nothing.
 */
import { writeFileSync } from 'node:fs';
import { themes } from './behaviours/all.js';
import { compare } from './compare.js';
import { contestantTitles } from './contestants.js';
import { defects, markdown, type Run, terminalTable } from './report.js';

const [part] = process.argv.slice(2);
const chosen = themes
  .map(({ title, behaviours }) => ({
    title,
    behaviours: behaviours.filter(behaviour => part === undefined || behaviour.title.includes(part)),
  }))
  .filter(({ behaviours }) => behaviours.length > 0);
const started = performance.now();
const compared = await compare(
  chosen.flatMap(({ behaviours }) => behaviours),
  ({ behaviour, contestant }, verdict) => {
    const detail = verdict.kind === 'wrong' ? `: ${verdict.seen}` : '';
    const at = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
    console.error(`${at} s  ${verdict.kind.padEnd(6)}  ${contestantTitles[contestant]}: ${behaviour.title}${detail}`);
  },
);
const run: Run = { themes: chosen, ...compared };
console.log(terminalTable(run));
const wrong = defects(run);
for (const defect of wrong) console.log(`\n${defect}`);
if (part === undefined && wrong.length === 0) {
  writeFileSync(new URL('../../doc/comparison.md', import.meta.url), markdown(run));
}
process.exitCode = wrong.length > 0 ? 1 : 0;
