import { writeFileSync } from 'node:fs';

/**
 * Writes the outcome of a suite to the file that `SPEC_COUNTS` names, if it is set.
 *
 * @param counts passed and failed as numbers, skipped as the titles of specs that did not run, failures as one line for each
 *   failed spec
 */
export function writeCounts({ passed, failed, skipped, failures, parts = [] }) {
  if (process.env.SPEC_COUNTS) {
    writeFileSync(process.env.SPEC_COUNTS, JSON.stringify({ passed, failed, skipped, failures, parts }));
  }
}

/** Describes a failed spec in one line: its name and the first line of what went wrong. */
export function failureLine(name, message = '') {
  return `${name}: ${message.trim().split('\n')[0]}`;
}
