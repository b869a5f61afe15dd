/** What a provider appended to the address that it sent the browser back to. */
export type CallbackParameters = Readonly<Record<string, string>>;

/** The parameters of an address, those behind `#` before those behind `?`; absent where it has none. */
export function callbackParameters(address: string): CallbackParameters | undefined {
  const { search, hash } = new URL(address);
  const result: Record<string, string> = Object.create(null);
  for (const part of [search, hash]) {
    for (const [name, value] of new URLSearchParams(part.replace(/^[?#]\/?\??/, ''))) result[name] = value;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}
