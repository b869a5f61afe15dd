/**
 * Copies a request, with the properties that interceptors set on it. The original keeps its headers; a body moves to the copy,
 * as with `fetch`.
 */
export function copyOf(request: Request, redirect = request.redirect): Request {
  const copy = isSafe(request) && redirect === request.redirect ? request.clone() : moved(request, redirect);
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(request));
}

/** Whether the method is one without a body. `Request.body` would tell, but in WebKit the request can then not be sent. */
export function isSafe({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether a body is a `ReadableStream`. jsdom has no such class. */
export function isStream(body: unknown): boolean {
  return Boolean((body as Partial<ReadableStream> | null | undefined)?.getReader);
}

/** The constructor resets the referrer when it gets options, and in Firefox `keepalive` in any case. */
function moved(request: Request, redirect: RequestRedirect): Request {
  const { keepalive, referrer, referrerPolicy } = request;
  return new Request(request, { redirect, keepalive, referrer, referrerPolicy });
}
