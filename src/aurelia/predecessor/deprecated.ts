import { logger } from '../logger.js';

/** Logs that a member of aurelia-authentication has no effect. */
export function deprecated(member: string, instead: string): void {
  logger.warn(`${member} is deprecated and has no effect. ${instead}`);
}
