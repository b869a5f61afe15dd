import { writeFileSync } from 'node:fs';

/**
 * Writes the outcome of a suite to the file that `SPEC_COUNTS` names, if it is set.
 *
 * @param counts passed and failed as numbers, skipped as the titles of specs that did not run
 */
export function writeCounts({ passed, failed, skipped, parts = [] }) {
  if (process.env.SPEC_COUNTS) {
    writeFileSync(process.env.SPEC_COUNTS, JSON.stringify({ passed, failed, skipped, parts }));
  }
}
