import { LogManager } from 'aurelia-framework';

/** Where the plugin tells what it noticed. Never a token. */
export const logger = LogManager.getLogger('aurelia-auth-refresh');
