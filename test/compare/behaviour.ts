import type { Engine } from '../support/engines.js';
import type { ContestantName } from './contestants.js';
import type { Stage, StageOptions } from './stage.js';

/** A testable expectation of a library that manages a session. */
export interface Behaviour extends StageOptions {
  readonly title: string;
  /** Expected requests at the server, or expected responses in the page. */
  readonly right: string;
  /** Clients to which the behaviour does not apply, with the reason. */
  readonly notFor?: Partial<Record<ContestantName, string>>;
  /** A matter of choice: this library may deviate by default. */
  readonly isChoice?: boolean;
  /** Minimum duration in seconds. The longest behaviours start first. */
  readonly seconds?: number;
  /** Runs alone: under load, some clients reach a timeout of their own. */
  readonly alone?: boolean;
  /** The only engine in which it can happen. If unset, peers are tried in Chromium, and this library in all engines. */
  readonly engine?: Engine;
  /** Observed deviation; `undefined` if the behaviour is right. */
  try(stage: Stage): Promise<string | undefined>;
}

export interface Theme {
  readonly title: string;
  readonly behaviours: readonly Behaviour[];
}
