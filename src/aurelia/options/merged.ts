/** Merges a value into another. Plain objects are merged deeply into new objects; every other value replaces the current one. */
export function merged(current: unknown, incoming: unknown): unknown {
  if (!isPlain(current) || !isPlain(incoming)) return incoming;
  const result: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(incoming)) {
    if (value !== undefined && key !== '__proto__') result[key] = merged(result[key], value);
  }
  return result;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
