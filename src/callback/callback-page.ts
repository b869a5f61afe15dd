// The script of callback.html. The build bundles it into one classic script without imports.
import { relayCallback } from './browser-ports.js';

relayCallback();
