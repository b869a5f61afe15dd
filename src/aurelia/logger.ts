import { LogManager } from 'aurelia-framework';

/** Where the plugin tells what it noticed. Never a token. */
export const logger = LogManager.getLogger('aurelia-auth-refresh');

/** Says of a URL why requests to it go without the token. */
export function warnOfUnprotected(url: string, why: string): void {
  logger.warn(`No token is sent to ${url}: ${why}.`);
}
