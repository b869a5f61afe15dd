import { type Difference, type DifferenceEntry, differences } from './differences.js';
import type { Finding, ShownDifference } from './finding.js';
import { members } from './members.js';
import { differencesOf } from './occasions.js';
import { isKnownMember } from './predecessor.js';
import type { Use } from './use.js';

/**
 * What is to be done about a use of a member or an option. A difference with advice needs a look.
 *
 * @param ruledOut differences that cannot occur in the application
 */
export function verdictOn(use: Use, ruledOut: ReadonlySet<Difference> = new Set()): Finding {
  const { file, line, column, member, kind } = use;
  const name = kind === 'option' ? `option ${member.replace('BaseConfig.', '')}` : member;
  const place = { file, line, column, use: kind === 'override' ? `override of ${member}` : name };
  if (!isKnownMember(member, members)) return { ...place, verdict: 'look', differences: [unknownMember(name)] };
  const shown = differencesOf(use)
    .filter(id => !ruledOut.has(id))
    .map(shownDifference);
  return { ...place, verdict: shown.some(({ write }) => write) ? 'look' : 'stays', differences: shown };
}

/** The texts of a difference. */
export function shownDifference(id: Difference): ShownDifference {
  const entry: DifferenceEntry = differences[id];
  return { id, ...entry };
}

function unknownMember(name: string): ShownDifference {
  return {
    there: `aurelia-authentication 3.8.3 has no ${name}.`,
    here: 'It counts as unknown. Unknown options are logged at the start.',
    write: 'Look for a misspelt name.',
  };
}
