import { logger } from '../logger.js';

/** Tells that a member of aurelia-authentication has no more to do. */
export function deprecated(member: string, instead: string): void {
  logger.warn(`${member} is deprecated and does what it did no longer. ${instead}`);
}
