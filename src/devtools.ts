export { AuthDevtools, defineAuthDevtools } from './devtools/auth-devtools.js';
export type { DevtoolsServer } from './devtools/devtools-actions.js';
