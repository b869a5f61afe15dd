/** Merges headers into one record. Names are compared without case; later names and values replace earlier ones. */
export function mergedHeaders(...records: (HeadersInit | null | undefined)[]): Record<string, string> {
  const merged = new Map<string, readonly [name: string, value: string]>();
  for (const record of records) {
    const isIterable = record instanceof Headers || Array.isArray(record);
    for (const [name, value] of isIterable ? record : Object.entries(record ?? {}))
      merged.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(merged.values());
}
