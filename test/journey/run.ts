/**
 * Runs each file of journeys in a process of its own, two at a time: journeys mostly wait for tokens to expire. Options and files
 * on the command line are handed to Jasmine.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildDemo } from '../../doc/demo/build-demo.js';
import { type Counts, writeCounts } from '../support/write-counts.mjs';

const atOnce = 2;
const jasmine = [
  '--import',
  'tsx',
  'node_modules/jasmine/bin/jasmine.js',
  '--config=test/support/jasmine.journey.json',
];
const options = process.argv.slice(2).filter(argument => argument.startsWith('-'));
const chosen = process.argv.slice(2).filter(argument => !argument.startsWith('-'));
const specs = readdirSync(import.meta.dirname).filter(name => name.endsWith('.spec.ts'));
const files = chosen.length > 0 ? chosen : specs.map(name => `test/journey/${name}`);
const outcomes: Counts[] = [];
const folder = mkdtempSync(join(tmpdir(), 'journey-counts-'));

try {
  // Before the others start, which find package and demos up to date and build none of them.
  await buildDemo('aurelia');
  await buildDemo('aurelia2');
  const waiting = [...files];
  await Promise.all(Array.from({ length: atOnce }, () => runAll(waiting)));
} finally {
  rmSync(folder, { recursive: true });
}
const passed = sum('passed');
const failed = sum('failed');
const skipped = outcomes.flatMap(outcome => outcome.skipped);
const failures = outcomes.flatMap(outcome => outcome.failures ?? []);
console.log(`${passed + failed + skipped.length} journeys, ${failed} failed`);
if (passed + failed + skipped.length === 0) console.error('No journey matches the filter.');
writeCounts({ passed, failed, skipped, failures });
process.exitCode = failed > 0 ? 1 : 0;

async function runAll(waiting: string[]): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file);
}

/** A process that fails without a failed spec, or writes no counts, counts as one failure. One whose specs a filter excludes does not. */
async function runFile(file: string): Promise<void> {
  const countsFile = join(folder, `${basename(file)}.json`);
  const startMs = performance.now();
  const child = spawn(process.execPath, [...jasmine, ...options, file], {
    env: { ...process.env, SPEC_COUNTS: countsFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>(resolve => child.once('exit', resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  const outcome = read(countsFile);
  if (outcome.passed + outcome.failed + outcome.skipped.length === 0) return;
  console.log(`── ${file}: ${((performance.now() - startMs) / 1000).toFixed(1)} s\n${output}${errors}`);
  outcomes.push(status === 0 ? outcome : { ...outcome, failed: Math.max(outcome.failed, 1) });
}

function read(countsFile: string): Counts {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8')) as Counts;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function sum(key: 'passed' | 'failed'): number {
  return outcomes.reduce((count, outcome) => count + outcome[key], 0);
}
