import { logger } from './logger.js';

/** Logs findings about the configuration: each at once, or several as one entry. */
export class FindingLog {
  private gathered: string[] | undefined;

  /** Logs a finding, or adds it to the entry that is being gathered. */
  add(finding: string): void {
    if (this.gathered) this.gathered.push(finding);
    else logger.warn(finding);
  }

  /** Logs all findings that are added during `work` as one entry. */
  gather(work: () => void): void {
    const gathered: string[] = [];
    this.gathered = gathered;
    try {
      work();
    } finally {
      this.gathered = undefined;
    }
    if (gathered.length > 0) logger.warn(['The configuration needs attention:', ...gathered].join('\n- '));
  }
}
