/**
 * Stable code of an {@link AuthError}, to branch on.
 *
 * - `invalid_configuration`: an option is missing, invalid or contradicts another one.
 * - `invalid_token_response`: the server's response contains no usable tokens. The session is unchanged.
 * - `no_session`: no user is signed in.
 * - `no_refresh_token`: a user is signed in, but the session cannot be refreshed.
 * - `refresh_refused`: the server refused the refresh. The session has ended.
 * - `refresh_unclear`: three refresh responses in a row may have meant a refused refresh token. The session has ended.
 * - `refresh_postponed`: the refresh failed temporarily. The session is kept and the refresh is retried.
 * - `refresh_discarded`: the refresh response arrived after the session was ended, replaced or refreshed elsewhere.
 * - `session_ended`: the session ended while a caller was waiting for it.
 * - `session_changed`: another user signed in while a caller was waiting.
 * - `step_up_required`: an API requires a stronger authentication or more scopes. See `StepUpError`.
 * - `subject_mismatch`: a refresh returned the tokens of another user. The session has ended.
 * - `disposed`: the session object was disposed.
 * - `login_failed`: the provider responded to a sign-in or sign-out with an error. `oauthError` contains its code.
 * - `login_required`: the provider requires user interaction. `oauthError` names the kind: sign-in, consent or account selection.
 * - `login_timed_out`: the provider did not respond in time.
 * - `silent_login_blocked`: the browser blocks the provider's cookies in a hidden iframe. A visible sign-in is required.
 * - `popup_blocked`: the browser blocked the popup. Open it while handling a click or a key press.
 * - `popup_closed`: the popup was closed before the provider responded.
 * - `unknown_state`: the authorization response belongs to no pending sign-in of this browser, or to one that expired.
 * - `untrusted_response`: the provider's response failed a validation and was discarded.
 * - `clock_skew`: the id token is not valid at the time of this machine's clock, which may be wrong.
 * - `provider_unreachable`: the provider could not be reached.
 * - `insecure_context`: the page is not a secure context, so the browser provides no cryptography.
 */
export type AuthErrorCode =
  | 'invalid_configuration'
  | 'invalid_token_response'
  | 'no_session'
  | 'no_refresh_token'
  | 'refresh_refused'
  | 'refresh_unclear'
  | 'refresh_postponed'
  | 'refresh_discarded'
  | 'session_ended'
  | 'session_changed'
  | 'step_up_required'
  | 'subject_mismatch'
  | 'disposed'
  | 'login_failed'
  | 'login_required'
  | 'login_timed_out'
  | 'silent_login_blocked'
  | 'popup_blocked'
  | 'popup_closed'
  | 'unknown_state'
  | 'untrusted_response'
  | 'clock_skew'
  | 'provider_unreachable'
  | 'insecure_context';

/** Details of an {@link AuthError} besides its code and message. */
export interface AuthErrorDetails {
  /** Underlying error. Never contains a token. */
  readonly cause?: unknown;
  /** HTTP status of the response; `undefined` if there was no response. */
  readonly status?: number | undefined;
  /** OAuth error code of the response (RFC 6749 §5.2). */
  readonly oauthError?: string | undefined;
  /** Epoch ms of the next attempt, for `refresh_postponed`. */
  readonly retryAt?: number | undefined;
  /** Whether the call can succeed later without a new sign-in. */
  readonly retryable?: boolean | undefined;
  /** URL that the user wanted, for a sign-in by redirect that failed. Pass it to the next attempt. */
  readonly returnTo?: string | undefined;
}

/**
 * The one error class of the browser side. Branch on {@link AuthError.code}; the message is for people.
 *
 * @example
 * try {
 *   await authService.updateToken();
 * } catch (error) {
 *   if (error instanceof AuthError && error.retryable) showBanner('Connection trouble, trying again …');
 * }
 */
export class AuthError extends Error {
  /** What went wrong, as a stable word. */
  readonly code: AuthErrorCode;
  /** Underlying error; `undefined` if there is none. Never contains a token. */
  override readonly cause: unknown;
  /** HTTP status of the response; `undefined` if there was no response. */
  readonly status: number | undefined;
  /** OAuth error code of the response (RFC 6749 §5.2). */
  readonly oauthError: string | undefined;
  /** Epoch ms of the next attempt, for `refresh_postponed`; `undefined` if unknown. */
  readonly retryAt: number | undefined;
  /** Whether the call can succeed later without a new sign-in. */
  readonly retryable: boolean;
  /** URL that the user wanted, for a sign-in by redirect that failed. Pass it to the next attempt. */
  readonly returnTo: string | undefined;

  constructor(code: AuthErrorCode, message: string, details: AuthErrorDetails = {}) {
    super(message);
    this.name = 'AuthError';
    this.code = code;
    this.cause = details.cause;
    this.status = details.status;
    this.oauthError = details.oauthError;
    this.retryAt = details.retryAt;
    this.retryable = details.retryable ?? false;
    this.returnTo = details.returnTo;
  }
}
