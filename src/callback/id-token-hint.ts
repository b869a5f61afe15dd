/** Servers and proxies reject longer URLs: IIS allows 4,096 characters, nginx 8,192. */
const maxUrlLength = 4096;

/**
 * Removes `id_token_hint` from the parameters if the URL is too long with it. An id token with many groups can have 30,000
 * characters.
 */
export function removeLongHint(parameters: URLSearchParams, url: string): void {
  if (url.length > maxUrlLength) parameters.delete('id_token_hint');
}
