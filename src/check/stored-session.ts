import type { Finding } from './finding.js';
import { type Place, placesOf, propertyOf, textOf } from './syntax.js';
import { positionOf } from './use.js';
import { shownDifference } from './verdicts.js';

/**
 * Finds where the application reads, writes or removes the stored session itself.
 *
 * @param keys the default of `storageKey`, and what the application sets
 */
export function storedSession(file: string, places: readonly Place[], keys: ReadonlySet<string>): Finding[] {
  return placesOf(places, 'CallExpression', 'OptionalCallExpression').flatMap(({ node }): Finding[] => {
    const method = propertyOf(node.callee);
    if (!method || !['getItem', 'setItem', 'removeItem'].includes(method)) return [];
    if (!keys.has(textOf(node.arguments[0]) ?? '')) return [];
    const differences = method === 'getItem' ? [shownDifference('stored-record')] : [];
    const verdict = method === 'getItem' ? 'look' : 'stays';
    return [{ file, ...positionOf(node), verdict, use: `${method} of the stored session`, differences }];
  });
}
