export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Titles of specs that did not run. */
  readonly skipped: readonly string[];
  /** One line for each failed spec. */
  readonly failures: readonly string[];
}

export function writeCounts(counts: Counts): void;
