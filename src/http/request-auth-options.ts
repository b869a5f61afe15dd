/** Options of one request, in addition to those of `fetch`. */
export interface RequestAuthOptions {
  /** `false`: sends the request without the token. @default true */
  readonly auth?: boolean | undefined;
  /** `false`: does not send the request again after a 401. @default true, unless the body is a stream */
  readonly replay?: boolean | undefined;
}

const optionsByRequest = new WeakMap<object, RequestAuthOptions>();
const none: RequestAuthOptions = {};

/**
 * Sets the options of a `Request` that reaches `Bearer.fetch` through an HTTP client. Returns the request.
 *
 * They apply to this object, not to its clones.
 *
 * @example
 * http.fetch(withAuthOptions(new Request('/api/public'), { auth: false }));
 */
export function withAuthOptions(request: Request, options: RequestAuthOptions): Request {
  optionsByRequest.set(request, options);
  return request;
}

/** Returns the options that {@link withAuthOptions} set. */
export function authOptionsOf(input: RequestInfo | URL): RequestAuthOptions {
  // A `Request` of a frame is no instance of this page's class. No string is a key.
  return optionsByRequest.get(input as object) || none;
}
