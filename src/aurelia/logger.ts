import { LogManager } from 'aurelia-framework';

/** The plugin's log. Never contains tokens. */
export const logger = LogManager.getLogger('aurelia-auth-refresh');

/** Logs why requests to a URL carry no token. */
export function warnOfUnprotected(url: string, why: string): void {
  logger.warn(`No token is sent to ${url}: ${why}.`);
}

/** Logs an error after which the plugin continues. */
export function logError(error: unknown): void {
  logger.warn('A non-fatal error occurred.', error);
}
