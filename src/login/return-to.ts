/**
 * Returns `target` if the page may navigate there after login or logout: a URL of the page's own origin, or a configured one. Returns
 * `undefined` for any other URL, for example from a forged link. Never throws.
 *
 * @param target absolute, or relative to `page`
 * @param page URL of the page
 * @param configured URLs of other origins that are allowed, compared as whole strings
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.11
 */
export function returnTo(target: string, page: string, configured: readonly unknown[] = []): string | undefined {
  if (configured.includes(target)) return target;
  const url = parse(target, page);
  const here = parse(page, page);
  if (!url || !here) return undefined;
  const sameOrigin = url.protocol === here.protocol && url.host === here.host;
  return sameOrigin && url.username === '' && url.password === '' ? target : undefined;
}

function parse(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
