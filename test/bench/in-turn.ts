/**
 * Measures each of them round after round in turn, so that what else the machine does falls on all alike; another one begins each
 * round.
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

/** The items from another one on, the first ones at the end. */
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
