/** Whether a host, as the URL parser writes it, is this device. Its `http:` URLs are as trustworthy as `https:`. */
export function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || `.${hostname}`.endsWith('.localhost') || /^127\.[\d.]+$/.test(hostname);
}
