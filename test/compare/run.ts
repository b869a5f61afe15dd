/**
 * Compares this library with others in the behaviours that users choose by, and writes doc/comparison.md. Fails if
 * this library deviates or a trial breaks: `npm run compare`.
 *
 * - `-- 'part of a title'`: only the matching behaviours
 * - `--engine=chromium,firefox,webkit`: only these engines
 * - `--client=core,auth0SpaJs`: only these clients, in all chosen engines
 *
 * With any of them, it writes nothing. Without, peers are tried in Chromium, and the entry points of this package in all engines.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installApart } from '../peers/apart.js';
import { type Engine, engines } from '../support/engines.js';
import { themes } from './behaviours/all.js';
import { compare, type EngineRun, type Trial } from './compare.js';
import { contestants, contestantTitles, ours } from './contestants.js';
import { defects, markdown, type Run, terminalTable } from './report.js';
import { clientSizes } from './sizes.js';

const { values, positionals } = parseArgs({
  options: { engine: { type: 'string' }, client: { type: 'string' } },
  allowPositionals: true,
});
const [part] = positionals;
installApart();
const chosen = themes
  .map(({ title, behaviours }) => ({
    title,
    behaviours: behaviours.filter(behaviour => part === undefined || behaviour.title.includes(part)),
  }))
  .filter(({ behaviours }) => behaviours.length > 0);
const started = performance.now();
const run: Run = { themes: chosen, engines: await runs() };
console.log(terminalTable(run));
const wrong = defects(run);
for (const defect of wrong) console.log(`\n${defect}`);
const isWhole = part === undefined && values.engine === undefined && values.client === undefined;
if (isWhole && wrong.length === 0) {
  writeFileSync(new URL('../../doc/comparison.md', import.meta.url), markdown(run, await clientSizes()));
}
process.exitCode = wrong.length > 0 ? 1 : 0;

async function runs(): Promise<Map<Engine, EngineRun>> {
  const tried = new Map<Engine, EngineRun>();
  for (const engine of engines.filter(name => values.engine?.split(',').includes(name) ?? true)) {
    const trials = trialsIn(engine);
    if (trials.length === 0) continue;
    const compared = await compare(engine, trials, ({ behaviour, contestant }, verdict) => {
      const detail = verdict.kind === 'wrong' ? `: ${verdict.seen}` : '';
      const at = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
      const who = `${engine}, ${contestantTitles[contestant]}`;
      console.error(`${at} s  ${verdict.kind.padEnd(6)}  ${who}: ${behaviour.title}${detail}`);
    });
    tried.set(engine, compared);
  }
  return tried;
}

function trialsIn(engine: Engine): Trial[] {
  const named = values.client?.split(',');
  return chosen
    .flatMap(({ behaviours }) => behaviours)
    .filter(behaviour => behaviour.engine === undefined || behaviour.engine === engine)
    .flatMap(behaviour =>
      contestants
        .filter(name => named?.includes(name) ?? (ours.includes(name) || engine === (behaviour.engine ?? 'chromium')))
        .map(contestant => ({ behaviour, contestant })),
    );
}
