/** Whether a host, as the URL parser writes it, is this device. Its `http:` URLs are as trustworthy as `https:`. */
export function isLoopback(hostname: string): boolean {
  return /^((.*\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
