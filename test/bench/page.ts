import 'aurelia-polyfills';
import { initialize } from 'aurelia-pal-browser';
import { authorising, throughHttpClient } from './page/authorising.js';
import { burst } from './page/burst.js';
import { refreshes } from './page/refreshes.js';
import { leaveSession, start } from './page/start.js';

initialize();

const figures = { authorising, throughHttpClient, burst, leaveSession, start, refreshes };

declare global {
  var bench: typeof figures;
}
globalThis.bench = figures;
