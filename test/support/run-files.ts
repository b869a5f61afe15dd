/** Runs each file of specs in a process of its own, several at a time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Counts, writeCounts } from './write-counts.mjs';

const jasmine = ['--import', 'tsx', 'node_modules/jasmine/bin/jasmine.js'];

/**
 * Runs the specs in a folder, and sets the exit code. Options and files on the command line are handed to Jasmine.
 *
 * @param folder relative to the repository
 * @param config Jasmine's configuration file
 * @param atOnce number of files that run at the same time
 */
export async function runFiles(folder: string, config: string, atOnce: number): Promise<void> {
  const options = [`--config=${config}`, ...process.argv.slice(2).filter(argument => argument.startsWith('-'))];
  const chosen = process.argv.slice(2).filter(argument => !argument.startsWith('-'));
  const specs = readdirSync(folder).filter(name => name.endsWith('.spec.ts'));
  const waiting = chosen.length > 0 ? chosen : specs.map(name => `${folder}/${name}`);
  const counts = mkdtempSync(join(tmpdir(), 'spec-counts-'));
  try {
    const runs = Array.from({ length: atOnce }, () => runAll(waiting, options, counts));
    report((await Promise.all(runs)).flat());
  } finally {
    rmSync(counts, { recursive: true });
  }
}

function report(outcomes: readonly Counts[]): void {
  const passed = sum('passed');
  const failed = sum('failed');
  const skipped = outcomes.flatMap(outcome => outcome.skipped);
  const failures = outcomes.flatMap(outcome => outcome.failures);
  const total = passed + failed + skipped.length;
  console.log(`${total} specs, ${failed} failed`);
  if (total === 0) console.error('No spec matches the filter.');
  writeCounts({ passed, failed, skipped, failures });
  process.exitCode = failed > 0 ? 1 : 0;

  function sum(key: 'passed' | 'failed'): number {
    return outcomes.reduce((count, outcome) => count + outcome[key], 0);
  }
}

/** Runs waiting files until there is none. */
async function runAll(waiting: string[], options: readonly string[], folder: string): Promise<Counts[]> {
  const outcomes: Counts[] = [];
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const outcome = await runFile(file, options, join(folder, `${basename(file)}.json`));
    if (outcome) outcomes.push(outcome);
  }
  return outcomes;
}

/** A process that fails without a failed spec, or writes no counts, counts as one failure. Undefined if a filter excludes all specs. */
async function runFile(file: string, options: readonly string[], countsFile: string): Promise<Counts | undefined> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...jasmine, ...options, file], {
    env: { ...process.env, SPEC_COUNTS: countsFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>(resolve => child.once('exit', resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  const outcome = read(countsFile) ?? { passed: 0, failed: 1, skipped: [], failures: [`${file}: ended early`] };
  if (outcome.passed + outcome.failed + outcome.skipped.length === 0) return undefined;
  console.log(`── ${file}: ${((performance.now() - startMs) / 1000).toFixed(1)} s\n${output}${errors}`);
  if (status === 0 || outcome.failed > 0) return outcome;
  return { ...outcome, failed: 1, failures: [`${file}: ended with ${status}`] };
}

function read(countsFile: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}
