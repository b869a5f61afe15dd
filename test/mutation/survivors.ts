import type { Mutant } from './mutants.js';

/** A mutant that no spec can catch, and why. */
export interface AcceptedSurvivor {
  readonly file: string;
  readonly change: string;
  readonly reason: string;
}

export function isAccepted({ file, change }: Mutant, accepted: readonly AcceptedSurvivor[]): boolean {
  return accepted.some(each => each.file === file && each.change === change);
}
