import type { ErrorRequestHandler, Response } from 'express';

const statusOf = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_token_type: 400,
  invalid_scope: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  access_denied: 403,
  slow_down: 429,
  temporarily_unavailable: 503,
} as const;

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
export type OAuthErrorCode = keyof typeof statusOf;

/** An error that already is the HTTP answer. Its message is sent to the client: it names no cause and shows no token. */
export class OAuthError extends Error {
  /** The `error` of the answer. */
  readonly code: OAuthErrorCode;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** Sent with the answer; Express's own error handler sends them too. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: OAuthErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'OAuthError';
    this.code = code;
    this.status = statusOf[code];
    this.headers = options.headers ?? {};
  }
}

/** Something the server depends on does not answer: nothing was decided, the client should keep what it has. */
export function unavailable(cause: unknown): OAuthError {
  return new OAuthError('temporarily_unavailable', 'Try again in a moment.', {
    cause,
    headers: { 'Retry-After': '1' },
  });
}

/** What was thrown, as an answer: whatever is not an {@link OAuthError} already is a fault of ours. */
export function oauthError(thrown: unknown): OAuthError {
  return thrown instanceof OAuthError ? thrown : unavailable(thrown);
}

/**
 * For answers that carry, or might have carried, a token. Not by `res.json()`, which would reckon an ETag for what no cache may
 * keep.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function sendUncached(res: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  res.writeHead(status, headers).end(text);
}

export function sendOAuthError(res: Response, error: OAuthError): void {
  if (res.headersSent) return;
  res.set(error.headers);
  sendUncached(res, error.status, { error: error.code, error_description: error.message });
}

/**
 * Answers the {@link OAuthError}s that routes of the application throw or pass to `next`, and leaves other errors alone.
 *
 * @example
 * ```ts
 * app.use(oauthErrorHandler());
 * ```
 */
export function oauthErrorHandler(): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (error instanceof OAuthError && !res.headersSent) sendOAuthError(res, error);
    else next(error);
  };
}
