import { attempt } from '../session/attempt.js';
import { isLoopback } from '../session/loopback.js';

/** Whether a request to this URL may carry the access token. The URL must be a `Request.url`: parsed and normalised. */
export type ProtectedUrls = (url: string) => boolean;

/**
 * Protects what lies under the given URLs: same scheme, host and port, and a path that starts with the given one at a segment
 * boundary. `http:` counts on loopback hosts only, and nothing but `http(s):` ever does.
 *
 * Both sides are strings that the URL parser wrote, so comparing them is exact, and cheap enough for every request.
 *
 * @param urls absolute, or relative to `base`
 * @param onRejected told of each URL that cannot be protected, with the reason
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
    for (const prefix of prefixes) if (isUnder(url, prefix)) return true;
    return false;
  };
}

function prefixOf(url: string, base: string, plainHttp: boolean): string | { readonly why: string } {
  const parsed = attempt(() => new URL(url, base), undefined);
  if (!parsed) return { why: 'it is not a URL' };
  const why = whyNot(parsed, plainHttp);
  return why === undefined ? parsed.origin + parsed.pathname.replace(/\/$/, '') : { why };
}

function isUnder(url: string, prefix: string): boolean {
  if (!url.startsWith(prefix)) return false;
  const next = url[prefix.length];
  return next === undefined || next === '/' || next === '?' || next === '#';
}

function whyNot(url: URL, plainHttp: boolean): string | undefined {
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `tokens do not travel over ${url.protocol}`;
  return plainHttp || isLoopback(url.hostname)
    ? undefined
    : 'tokens travel over http: to this machine only; use https:';
}
