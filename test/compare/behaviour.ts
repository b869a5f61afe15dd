import type { HostileServerOptions } from '../support/hostile-server.js';
import type { ContestantName } from './contestants.js';
import type { Stage } from './stage.js';

/** A testable expectation of a library that manages a session. */
export interface Behaviour {
  readonly title: string;
  /** Expected requests at the server, or expected responses in the page. */
  readonly right: string;
  readonly server?: HostileServerOptions;
  /** Clients to which the behaviour does not apply, with the reason. */
  readonly notFor?: Partial<Record<ContestantName, string>>;
  /** Minimum duration in seconds. The longest behaviours start first. */
  readonly seconds?: number;
  /** Runs alone: under load, some clients reach a timeout of their own. */
  readonly alone?: boolean;
  /** Observed deviation; `undefined` if the behaviour is right. */
  try(stage: Stage): Promise<string | undefined>;
}

export interface Theme {
  readonly title: string;
  readonly behaviours: readonly Behaviour[];
}
