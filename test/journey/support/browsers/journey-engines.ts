import type { JourneyEngine } from './app-page.js';
import { chromiumEngine } from './chromium-engine.js';
import { firefoxEngine } from './firefox-engine.js';
import { webkitEngine } from './webkit-engine.js';

/** Chromium first. */
export const journeyEngines: readonly JourneyEngine[] = [chromiumEngine, firefoxEngine, webkitEngine];
