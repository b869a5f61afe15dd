import type { Size } from '../package/support/sizes.js';
import type { ClientName } from '../peers/client-titles.js';
import type { Samples } from './page/authorising.js';
import type { Burst } from './page/burst.js';
import type { Leftovers } from './page/refreshes.js';
import type { Start } from './page/start.js';
import type { TabsReport } from './tabs.js';

/** All figures that one run measured. */
export interface Figures {
  readonly browser: string;
  readonly authorising: Samples;
  readonly throughHttpClient: Samples;
  readonly bursts: Readonly<Record<number, ReadonlyMap<ClientName, readonly Burst[]>>>;
  readonly tabs: ReadonlyMap<ClientName, { readonly strict: TabsReport; readonly lenient: TabsReport }>;
  readonly starts: ReadonlyMap<ClientName, readonly Start[]>;
  readonly pageLoads: ReadonlyMap<ClientName, readonly number[]>;
  readonly leftovers: ReadonlyMap<ClientName, Leftovers>;
  readonly sizes: ReadonlyMap<string, Size>;
}
