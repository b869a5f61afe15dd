/** Merges headers into one record. Names are compared without case; later values replace earlier ones. */
export function mergedHeaders(...records: (HeadersInit | undefined)[]): Record<string, string> {
  const merged = new Headers();
  for (const record of records) {
    const isIterable = record instanceof Headers || Array.isArray(record);
    for (const [name, value] of isIterable ? record : Object.entries(record ?? {})) merged.set(name, value);
  }
  return Object.fromEntries(merged);
}
