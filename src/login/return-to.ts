/**
 * Where a browser may be sent after login or logout: somewhere on the page's own origin, or one of the addresses the
 * application itself configured. Anything else, such as an address somebody smuggled into a link, is absent. Never throws.
 *
 * @param target absolute, or relative to `page`
 * @param page the address of the current page
 * @param configured addresses that are allowed on other origins, compared as whole strings
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
