/** Parameters of a redirect from a provider: those of the query, followed by those of the fragment. */
export function callbackSearchParams(url: string): URLSearchParams {
  const { search, hash } = new URL(url);
  const parts = [search, hash].map(part => new URLSearchParams(part.replace(/^[?#]\/?\??/, '')));
  return new URLSearchParams(parts.flatMap(part => [...part]));
}

/** Parameters of a redirect from a provider by name. */
export type CallbackParameters = Readonly<Record<string, string>>;

/** Returns the parameters of a URL. The fragment overrides the query. Returns `undefined` if the URL has none. */
export function callbackParameters(url: string): CallbackParameters | undefined {
  const parameters = [...callbackSearchParams(url)];
  return parameters.length > 0 ? Object.assign(Object.create(null), Object.fromEntries(parameters)) : undefined;
}
