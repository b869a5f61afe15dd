/**
 * Measures the items in turn, round after round, so that noise of the machine affects all of them. Each round begins
 * with a different item.
 */
export async function inTurn<Name, T>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<T>,
): Promise<Map<Name, T[]>> {
  const measured = new Map<Name, T[]>(names.map(name => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of rotated(names, round)) measured.get(name)?.push(await measure(name));
  }
  return measured;
}

/** The items in rotated order: from index `start` to the end, then the first ones. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

export async function oneByOne<Name, T>(
  names: readonly Name[],
  measure: (name: Name) => Promise<T>,
): Promise<Map<Name, T>> {
  const measured = new Map<Name, T>();
  for (const name of names) measured.set(name, await measure(name));
  return measured;
}
