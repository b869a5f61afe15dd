import type { Difference } from './differences.js';

/**
 * What the owner of the application does about a use: `change` the line, `look` whether the application relies on a behaviour
 * that differs, or nothing, because the use `stays`.
 */
export type Verdict = 'change' | 'look' | 'stays';

/** One use of aurelia-authentication in an application. */
export interface Finding {
  /** Path in the folder of the application, with `/`. */
  readonly file: string;
  /** The first line is 1. */
  readonly line: number;
  /** The first column is 1. */
  readonly column: number;
  readonly verdict: Verdict;
  /** The member, option, import or dependency. */
  readonly use: string;
  /** How the use behaves otherwise. Empty if it does not. */
  readonly differences: readonly ShownDifference[];
  /** What to write in the line instead. */
  readonly write?: string;
}

/** A way in which a use behaves otherwise. */
export interface ShownDifference {
  readonly id?: Difference;
  readonly there: string;
  readonly here: string;
  readonly write?: string;
}
