/** Fields of a request body. A field set to `null` is left out, even one that the plugin sends by default. */
export type RequestFields = Readonly<Record<string, string | number | boolean | null>>;

/** Returns the fields with `undefined` instead of `null`, which leaves them out of a body. */
export function withoutNulls(fields: RequestFields = {}): Record<string, string | number | boolean | undefined> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? undefined]));
}
