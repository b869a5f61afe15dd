import type { Application } from './application.js';

/** The circumstance that a row tries a member in. */
export type Given = 'usual' | 'absent' | 'null' | 'wrong type' | 'changed later' | 'subclassed' | 'called twice';

/** One way in which an application may use a member of aurelia-authentication. */
export interface Row {
  /** For example `AuthService.login`. */
  readonly member: string;
  readonly given: Given;
  /** The use, as code. Unique among the rows of a member. */
  readonly use: string;
  /** What an application can observe; compared between both libraries after {@link described}. */
  observe(app: Application): unknown;
}

type Listed = readonly [given: Given, use: string, observe: Row['observe']];

export function rowsOf(member: string, listed: readonly Listed[]): Row[] {
  return listed.map(([given, use, observe]) => ({ member, given, use, observe }));
}
