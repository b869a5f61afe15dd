const maxBytes = 65_536;

/**
 * Ends a response whose body is not needed. The body of a `keepalive` request counts against the browser's limit until its
 * response has ended, and cancelling does not end it at once: so up to 64 KiB of the response are read.
 */
export async function discard({ body }: Response, { keepalive }: Request): Promise<void> {
  if (!body || body.locked) return;
  const reader = body.getReader();
  let bytes = 0;
  try {
    while (keepalive && bytes < maxBytes) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    reader.cancel().catch(() => undefined);
  } catch {
    // The connection broke: the response has ended.
  }
}
