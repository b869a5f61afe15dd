import type { HostileServerOptions } from '../support/hostile-server.js';
import type { ContestantName } from './contestants.js';
import type { Stage } from './stage.js';

/** What people may expect of a library that holds a session, as something that can be tried. */
export interface Behaviour {
  readonly title: string;
  /** What the server has to have received, or the page to have answered. */
  readonly right: string;
  readonly server?: HostileServerOptions;
  /** For whom there is nothing to try, and why. */
  readonly notFor?: Partial<Record<ContestantName, string>>;
  /** Seconds that it takes at least: those that take long begin first. */
  readonly seconds?: number;
  /** So much work that nobody else may have the machine meanwhile: some give up by a timeout of their own. */
  readonly alone?: boolean;
  /** What was seen instead of what is right; `undefined`: it was right. */
  try(stage: Stage): Promise<string | undefined>;
}

export interface Theme {
  readonly title: string;
  readonly behaviours: readonly Behaviour[];
}
