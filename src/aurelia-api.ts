export { configure } from './aurelia/aurelia-api/plugin.js';
