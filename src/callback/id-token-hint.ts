/** Servers and proxies reject longer URLs: IIS allows 4,096 characters, nginx 8,192. */
const maxUrlLength = 4096;

/** Removes `id_token_hint` from a URL that is too long with it. An id token with many groups can have 30,000 characters. */
export function withoutLongHint(url: URL): URL {
  if (url.href.length > maxUrlLength) url.searchParams.delete('id_token_hint');
  return url;
}
