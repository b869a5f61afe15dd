import type { Theme } from '../behaviour.js';
import { clocks } from './clocks.js';
import { failingRefresh } from './failing-refresh.js';
import { injectedScripts } from './injected-scripts.js';
import { pages } from './pages.js';
import { requests } from './requests.js';
import { responses } from './responses.js';
import { signingOut } from './signing-out.js';
import { storage } from './storage.js';
import { tabs } from './tabs.js';
import { whereTokensGo } from './where-tokens-go.js';

export const themes: readonly Theme[] = [
  signingOut,
  failingRefresh,
  requests,
  tabs,
  pages,
  whereTokensGo,
  injectedScripts,
  responses,
  storage,
  clocks,
];
