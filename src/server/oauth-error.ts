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
  unauthorized: 401,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
  insufficient_user_authentication: 401,
  access_denied: 403,
  slow_down: 429,
  temporarily_unavailable: 503,
} as const;

/**
 * The `error` of a response. `unauthorized` means that the request has no token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7.1
 * @see https://www.rfc-editor.org/rfc/rfc9470#section-3
 */
export type OAuthErrorCode = keyof typeof statusOf;

/**
 * An error that describes its HTTP response: `status`, `headers`, and `JSON.stringify(error)` as the body. The client receives the
 * message, so it must not contain causes or tokens.
 */
export class OAuthError extends Error {
  /** The `error` of the response. */
  readonly code: OAuthErrorCode;
  /** The HTTP status of the response. */
  readonly status: number;
  /** Headers of the response. Express's own error handler sends them too. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: OAuthErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'OAuthError';
    this.code = code;
    this.status = statusOf[code] ?? 400;
    this.headers = options.headers ?? {};
  }

  /** The JSON body of the response. */
  toJSON(): { readonly error: OAuthErrorCode; readonly error_description: string } {
    return { error: this.code, error_description: this.message };
  }
}

/** The error for a failed dependency. Nothing was decided, and the client keeps its tokens. */
export function unavailable(cause: unknown): OAuthError {
  return new OAuthError('temporarily_unavailable', 'The server is temporarily unavailable. Retry later.', {
    cause,
    headers: { 'Retry-After': '1' },
  });
}

/** Converts a thrown value to an {@link OAuthError}. Everything else becomes `503 temporarily_unavailable`. */
export function oauthError(thrown: unknown): OAuthError {
  return thrown instanceof OAuthError ? thrown : unavailable(thrown);
}
