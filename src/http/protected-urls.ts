import { attempt } from '../session/attempt.js';
import { isLoopback } from '../session/loopback.js';

/** Whether a request to a URL may carry the access token. The URL is a `Request.url`: parsed and normalized. */
export type ProtectedUrls = (url: string) => boolean;

/**
 * Protects the given URLs and everything below their paths. Scheme, host and port have to be equal. The scheme has to be
 * `https:`, or `http:` on this computer.
 *
 * @param urls absolute, or relative to `base`
 * @param onRejected called with each URL that cannot be protected, and the reason
 * @param plainHttp protects URLs that are written as `http://host`, on any host
 * @example
 * protectedUrls(['https://api.example.com', '/api'], document.baseURI)
 */
export function protectedUrls(
  urls: readonly string[],
  base: string,
  onRejected?: (url: string, why: string) => void,
  plainHttp = false,
): ProtectedUrls {
  const prefixes: string[] = [];
  for (const url of urls) {
    const prefix = prefixOf(url, base, plainHttp && /^http:/i.test(url.trim()));
    if (typeof prefix === 'string') prefixes.push(prefix);
    else onRejected?.(url, prefix.why);
  }
  return url => {
    for (const prefix of prefixes) if (isBelow(url, prefix)) return true;
    return false;
  };
}

function prefixOf(url: string, base: string, plainHttp: boolean): string | { readonly why: string } {
  const parsed = attempt(() => new URL(url, base), undefined);
  if (!parsed) return { why: 'it is not a URL' };
  const { protocol, hostname, origin, pathname } = parsed;
  const isSecure = protocol === 'https:' || (protocol === 'http:' && (plainHttp || isLoopback(hostname)));
  return isSecure ? origin + pathname.replace(/\/$/, '') : { why: 'tokens are sent over https: only' };
}

/** The URL parser wrote both strings: comparing them is exact, and takes less time than parsing again. */
function isBelow(url: string, prefix: string): boolean {
  if (!url.startsWith(prefix)) return false;
  const next = url[prefix.length];
  return next === undefined || next === '/' || next === '?' || next === '#';
}
