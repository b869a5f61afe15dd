import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.js';
import type { OwnManifest } from './manifest.js';
import { plainText, report } from './report.js';

const usage = `Usage: npx aurelia-auth-refresh check [folder] [--json]

Reads an application that uses aurelia-authentication, and reports every use: what stays, what changes and what to write.
Changes nothing. The exit status is 0 with a report, and 1 without one.
`;

/** What a command prints, and its exit status. */
export interface Outcome {
  readonly exitCode: 0 | 1;
  readonly output: string;
  /** Written to the standard error. */
  readonly error: string;
}

/** Runs `aurelia-auth-refresh` with its arguments. */
export function runCommand(args: readonly string[], own: OwnManifest): Outcome {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const [command, folder = '.', ...more] = positionals;
    if (values.help) return { exitCode: 0, output: usage, error: '' };
    if (command !== 'check' || more.length > 0) return failed(usage);
    return checked(resolve(folder), values.json ?? false, own);
  } catch (error) {
    return failed(`${(error as Error).message}\n\n${usage}`);
  }
}

function checked(folder: string, isJson: boolean, own: OwnManifest): Outcome {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return failed(`There is no folder ${folder}.\n`);
  const findings = check(folder, own);
  if (findings.length === 0) return failed(`No file in ${folder} uses aurelia-authentication.\n`);
  const found = report(folder, own.version, findings);
  return { exitCode: 0, output: isJson ? `${JSON.stringify(found, undefined, 2)}\n` : plainText(found), error: '' };
}

function failed(error: string): Outcome {
  return { exitCode: 1, output: '', error };
}
