import { after } from '../session/browser-ports.js';

const maxMs = 1000;

/**
 * Ends a response whose body is not needed. The body of a `keepalive` request counts against the browser's limit until its
 * response has ended, and in WebKit cancelling does not end it at once: so the response is read for up to a second.
 */
export async function discard({ body }: Response, { keepalive }: Request): Promise<void> {
  if (!body || body.locked) return;
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  if (!keepalive) return cancel();
  const stopTimer = after(maxMs, cancel);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The connection broke: the response has ended.
  }
  stopTimer();
  // Chromium counts the body until its next task.
  await new Promise<void>(resolve => void after(0, resolve));
}
