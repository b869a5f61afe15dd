/** Runs every check of the project. The last line counts passed and failed specs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './support/npm.mjs';
import { installPackages, installPrograms } from './support/set-up.mjs';

/** A check counts as one. A suite counts its specs, and runs once the tested folder exists. */
const steps = [
  { title: 'lint', script: 'lint' },
  { title: 'types', script: 'typecheck' },
  { title: 'build', script: 'build' },
  { title: 'browser suites', script: 'test:browser', countsSpecs: true, since: 'session' },
  { title: 'node specs', script: 'test:node', countsSpecs: true, since: 'server' },
  { title: 'journeys', script: 'test:journey', countsSpecs: true, since: 'journey' },
  { title: 'package', script: 'test:package', countsSpecs: true, since: '../src/index.ts' },
].filter(({ since = '' }) => existsSync(new URL(since, import.meta.url)));

const outcomes = [timed('set-up', setUp)];
if (outcomes[0].failed === 0) {
  outcomes.push(...steps.map(run));
}
report(outcomes);

function timed(title, step) {
  const startMs = performance.now();
  const outcome = step();
  return { title, ...outcome, seconds: (performance.now() - startMs) / 1000 };
}

function setUp() {
  try {
    installPackages();
    return { passed: 1, failed: 0, skipped: installPrograms() };
  } catch (error) {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function run({ title, script, countsSpecs }) {
  console.log(`\n── ${title}: npm run ${script}`);
  return timed(title, () => (countsSpecs ? runSuite(script) : runCheck(script)));
}

function runCheck(script) {
  const succeeded = npm(['run', '--silent', script]);
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: [] };
}

/** A suite that fails without a failed spec, runs no spec, or writes no counts, counts as one failure. */
function runSuite(script) {
  const folder = mkdtempSync(join(tmpdir(), 'spec-counts-'));
  const file = join(folder, 'counts.json');
  try {
    const succeeded = npm(['run', '--silent', script], { SPEC_COUNTS: file });
    if (!existsSync(file)) {
      console.error(`${script} ended without saying how many specs ran.`);
      return { passed: 0, failed: 1, skipped: [] };
    }
    const counts = JSON.parse(readFileSync(file, 'utf8'));
    if (counts.failed === 0 && (!succeeded || counts.passed === 0)) {
      console.error(counts.passed === 0 ? `${script} ran no spec.` : `${script} failed, though no spec did.`);
      return { ...counts, failed: 1 };
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(outcomes) {
  const total = {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: outcomes.flatMap(o => o.skipped),
    failures: outcomes.flatMap(({ failures = [] }) => failures),
  };
  console.log('\nstep             passed  failed  skipped  seconds');
  for (const { title, passed, failed, skipped, seconds, parts = [] } of outcomes) {
    console.log(
      counted({ title, passed, failed }) + String(skipped.length).padStart(9) + seconds.toFixed(1).padStart(9),
    );
    for (const part of parts) console.log(counted({ ...part, title: `  ${part.title}` }));
  }
  for (const name of total.skipped) {
    console.log(`did not run: ${name}`);
  }
  for (const failure of total.failures) {
    console.log(`failed: ${failure}`);
  }
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed > 0 ? 1 : 0;

  function counted({ title, passed, failed }) {
    return title.padEnd(16) + String(passed).padStart(7) + String(failed).padStart(8);
  }

  function sum(key) {
    return outcomes.reduce((count, outcome) => count + outcome[key], 0);
  }
}
