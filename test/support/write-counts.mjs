import { writeFileSync } from 'node:fs';

/**
 * Leaves the outcome of a suite where `test/all.mjs` asked for it; without `SPEC_COUNTS` nobody asked.
 *
 * @param counts passed and failed as numbers, skipped as the names of what did not run, parts as the
 *   title and the numbers of each browser
 */
export function writeCounts({ passed, failed, skipped, parts = [] }) {
  if (process.env.SPEC_COUNTS) {
    writeFileSync(process.env.SPEC_COUNTS, JSON.stringify({ passed, failed, skipped, parts }));
  }
}
