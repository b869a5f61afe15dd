/**
 * Returns URL parameters for the properties of an object: `name[]` for each item of an array, `name[key]` for a nested property.
 */
export function parameters(values: object | null | undefined): URLSearchParams {
  return new URLSearchParams(Object.entries(values ?? {}).flatMap(([name, value]) => pairs(name, value)));
}

/** Returns URL parameters for the properties of an object: `name` for each item of an array. */
export function repeatedParameters(values: object | null | undefined): URLSearchParams {
  const entries = Object.entries(values ?? {}).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter(item => item !== undefined && item !== null)
      .map(item => [name, String(item)]),
  );
  return new URLSearchParams(entries);
}

function pairs(name: string, value: unknown): string[][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, item]) => {
    const isListed = Array.isArray(value) && typeof item !== 'object';
    return pairs(`${name}[${isListed ? '' : key}]`, item);
  });
}
